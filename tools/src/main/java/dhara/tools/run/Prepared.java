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
 * A job as it would run, and the problems of its graph on this engine.
 *
 * @param job to be closed by the caller
 * @param findings in the order of the steps
 */
public record Prepared(Job job, List<GraphFinding> findings) {

  /** Makes a job with the options of the user and those that Dhara sets. */
  @FunctionalInterface
  public interface Maker {

    /**
     * A job, ready to run.
     *
     * @param byDhara options of the engine, as Beam's arguments
     */
    Job job(List<String> byDhara);
  }

  /**
   * A job to run. A stream is built twice to compare the names of its steps; a backfill, which is
   * never restored, once.
   */
  static Prepared toRun(Maker maker, EngineSettings settings) {
    return prepared(maker, settings, false);
  }

  /** A job to inspect: always built twice, to check that the names of its steps stay the same. */
  public static Prepared toInspect(Maker maker, EngineSettings settings) {
    return prepared(maker, settings, true);
  }

  private static Prepared prepared(Maker maker, EngineSettings settings, boolean twice) {
    GraphLint lint = GraphLint.of(settings.engine().name(), settings.engine().unsupported());
    List<GraphFinding> findings = new ArrayList<>();
    Job job;
    try {
      job = maker.job(settings.arguments(false));
      if (twice || !job.bounded()) {
        // Only a built pipeline tells whether it streams, and it reads its options while it is
        // built, so it is built again.
        Pipeline first = job.pipeline();
        boolean streams = !job.bounded();
        job.close();
        job = maker.job(settings.arguments(streams));
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
