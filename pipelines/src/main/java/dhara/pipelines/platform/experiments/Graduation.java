package dhara.pipelines.platform.experiments;

import dhara.pipelines.platform.experiments.ExperimentSetup.Variant;
import java.time.Instant;
import java.util.List;

/**
 * What is in force of an experiment once it has a winner: all users are assigned to it. With the
 * experiment's name it has the fields of an {@link ExperimentSetup}, and is read as one.
 *
 * <p>The other variants stay, with weight 0. So the first is still the control, and a client that
 * goes on showing another variant names one that is known.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param variants all variants, the control first; the winner has weight 1, and the others 0
 */
public record Graduation(String id, Instant at, List<Variant> variants) {

  public Graduation {
    variants = List.copyOf(variants);
  }

  /** The graduation of an experiment to one of its variants, from a time on. */
  static Graduation of(String experiment, Instant at, List<String> variants, String winner) {
    return new Graduation(
        experiment + "@" + at,
        at,
        variants.stream().map(name -> new Variant(name, name.equals(winner) ? 1 : 0)).toList());
  }
}
