package dhara.tools.run;

import dhara.cli.Failure;
import dhara.engine.EngineSettings;
import dhara.engine.Job;
import dhara.lint.GraphFinding;
import dhara.lint.GraphLint;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;

/**
 * A job in the form that it would run in, and what is wrong with its graph on this engine.
 *
 * @param job to be closed by whoever asked for it
 * @param findings in the order of the steps
 */
public record Prepared(Job job, List<GraphFinding> findings) {

  /** Makes a job under the options that the user gave and those that Dhara sets. */
  @FunctionalInterface
  public interface Maker {

    /**
     * A job, ready to run.
     *
     * @param byDhara options of the engine, as Beam's arguments
     */
    Job job(List<String> byDhara);
  }

  /** A job to run: a stream is built twice, a backfill, which nothing restores, once. */
  static Prepared toRun(Maker maker, EngineSettings settings) {
    return prepared(maker, settings, false);
  }

  /** A job to look at: always built twice, so that its names are known to stay. */
  public static Prepared toInspect(Maker maker, EngineSettings settings) {
    return prepared(maker, settings, true);
  }

  private static Prepared prepared(Maker maker, EngineSettings settings, boolean twice) {
    GraphLint lint = GraphLint.of(settings.engine().name(), settings.engine().unsupported());
    List<GraphFinding> findings = new ArrayList<>();
    List<String> byDhara = new ArrayList<>(settings.arguments(false));
    Job job;
    try {
      job = maker.job(byDhara);
      if (twice || !job.bounded()) {
        // Only a built pipeline says whether it streams, and it reads its options while it is
        // built: so it is built again.
        if (!job.bounded()) {
          byDhara.addAll(settings.arguments(true));
        }
        Pipeline first = job.pipeline();
        job.close();
        job = maker.job(byDhara);
        findings.addAll(lint.compare(first, job.pipeline()));
      }
    } catch (RuntimeException e) {
      throw Failure.badOption(e).map(RuntimeException.class::cast).orElse(e);
    }
    try {
      findings.addAll(lint.check(job.pipeline(), job.bounded()));
    } catch (RuntimeException e) {
      job.close();
      throw e;
    }
    return new Prepared(job, List.copyOf(findings));
  }
}
