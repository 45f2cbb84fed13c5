package dhara.engine;

import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;

/** Builds the whole pipeline around an analysis. */
@FunctionalInterface
public interface JobFactory {

  /**
   * A job, ready to run.
   *
   * @throws dhara.options.BadOption if the options cannot be obeyed
   */
  <O extends DharaOptions> Job job(Analysis<O> analysis, O options);
}
