package dhara.runners.spark;

import dhara.testkit.SequencesOnEngine;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

class SparkSequencesTest extends SequencesOnEngine {

  @Override
  protected Pipeline pipeline(boolean streaming) {
    SparkPipelineOptions options = PipelineOptionsFactory.as(SparkPipelineOptions.class);
    options.setRunner(SparkRunner.class);
    options.setSparkMaster("local[2]");
    return Pipeline.create(options);
  }

  @Override
  protected boolean streams() {
    return false;
  }
}
