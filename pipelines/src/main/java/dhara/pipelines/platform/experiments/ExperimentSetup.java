package dhara.pipelines.platform.experiments;

import dhara.events.Event;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How an experiment assigns users from a time on, until a later one of the same experiment replaces
 * it.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param experiment which
 * @param variants its variants; the first is the control
 * @param coverage the share of users that take part, from 0 to 1; null for all
 * @param seed of the hash; null for the experiment's name. Another seed assigns all users anew
 * @param ended whether the experiment is over: nobody is assigned any more
 */
public record ExperimentSetup(
    String id,
    Instant at,
    String experiment,
    List<Variant> variants,
    @Nullable Double coverage,
    @Nullable String seed,
    @Nullable Boolean ended)
    implements Event {

  private static final int MOST_VARIANTS = 20;

  /**
   * A variant.
   *
   * @param weight its share of the users that take part; 0 if nobody is assigned to it any more
   */
  public record Variant(String name, double weight) {

    public Variant {
      if (!(weight >= 0 && weight <= 1)) {
        throw new IllegalArgumentException(
            "the weight of %s is not from 0 to 1: %s".formatted(name, weight));
      }
    }
  }

  public ExperimentSetup {
    variants = List.copyOf(variants);
    if (variants.size() < 2 || variants.size() > MOST_VARIANTS) {
      throw new IllegalArgumentException(
          "an experiment has 2 to %d variants, and not %d"
              .formatted(MOST_VARIANTS, variants.size()));
    }
    Set<String> names = new HashSet<>();
    double sum = 0;
    for (Variant variant : variants) {
      if (!names.add(variant.name())) {
        throw new IllegalArgumentException("two variants are called " + variant.name());
      }
      sum += variant.weight();
    }
    // GrowthBook's tolerance; beyond it, it takes equal weights, which nobody has asked for.
    if (sum < 0.99 || sum > 1.01) {
      throw new IllegalArgumentException("the weights add up to " + sum + " and not to 1");
    }
    if (coverage != null && !(coverage >= 0 && coverage <= 1)) {
      throw new IllegalArgumentException("coverage is not within 0 and 1: " + coverage);
    }
  }

  /** Whether it is over. */
  boolean isOver() {
    return Boolean.TRUE.equals(ended);
  }

  /** The place of a variant of this name; -1 if there is none. */
  int indexOf(String name) {
    for (int i = 0; i < variants.size(); i++) {
      if (variants.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** The place of the variant that a user is assigned to; -1 if the user does not take part. */
  int assigned(String user, AssignBy by) {
    double hash = by.hash(seed == null ? experiment : seed, user);
    double start = 0;
    for (int i = 0; i < variants.size(); i++) {
      double weight = variants.get(i).weight();
      if (hash >= start && hash < start + (coverage == null ? 1 : coverage) * weight) {
        return i;
      }
      start += weight;
    }
    return -1;
  }
}
