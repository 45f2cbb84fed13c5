package dhara.cli;

import dhara.lint.Finding;
import dhara.lint.GraphLint;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.ApplicationNameOptions;

/**
 * A job in the form that it would run in, and what is wrong with its graph on this engine.
 *
 * @param job to be closed by whoever asked for it
 * @param findings in the order of the steps
 */
record Prepared(Job job, List<Finding> findings) {

  /** A job to run: a stream is built twice, a backfill, which nothing restores, once. */
  static <O extends DharaOptions> Prepared toRun(
      JobFactory jobs,
      Analysis<O> analysis,
      Arguments known,
      Arguments.Given given,
      EngineSettings settings) {
    return prepared(jobs, analysis, known, given, settings, false);
  }

  /** A job to look at: always built twice, so that its names are known to stay. */
  static <O extends DharaOptions> Prepared toInspect(
      JobFactory jobs,
      Analysis<O> analysis,
      Arguments known,
      Arguments.Given given,
      EngineSettings settings) {
    return prepared(jobs, analysis, known, given, settings, true);
  }

  private static <O extends DharaOptions> Prepared prepared(
      JobFactory jobs,
      Analysis<O> analysis,
      Arguments known,
      Arguments.Given given,
      EngineSettings settings,
      boolean twice) {
    GraphLint lint = GraphLint.of(settings.engine().name(), settings.engine().unsupported());
    List<Finding> findings = new ArrayList<>();
    List<String> byDhara = new ArrayList<>(settings.arguments(false));
    Job job;
    try {
      job = job(jobs, analysis, known, given, byDhara);
      if (twice || !job.bounded()) {
        // Only a built pipeline says whether it streams, and it reads its options while it is
        // built: so it is built again.
        if (!job.bounded()) {
          byDhara.addAll(settings.arguments(true));
        }
        Pipeline first = job.pipeline();
        job.close();
        job = job(jobs, analysis, known, given, byDhara);
        findings.addAll(lint.compare(first, job.pipeline()));
      }
    } catch (RuntimeException e) {
      throw Failure.badOption(e).map(RuntimeException.class::cast).orElse(e);
    }
    findings.addAll(lint.check(job.pipeline(), job.bounded()));
    return new Prepared(job, List.copyOf(findings));
  }

  private static <O extends DharaOptions> Job job(
      JobFactory jobs,
      Analysis<O> analysis,
      Arguments known,
      Arguments.Given given,
      List<String> byDhara) {
    List<String> all = new ArrayList<>(known.beam(given));
    all.addAll(byDhara);
    O options = known.build(analysis.options(), given, all);
    if (!given.values().containsKey("appName")) {
      options.as(ApplicationNameOptions.class).setAppName(analysis.name());
    }
    return jobs.job(analysis, options);
  }
}
