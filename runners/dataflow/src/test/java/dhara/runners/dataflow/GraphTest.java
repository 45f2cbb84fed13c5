package dhara.runners.dataflow;

import dhara.options.DharaOptions;
import dhara.testkit.GraphParity;
import org.apache.beam.sdk.testing.CrashingRunner;

class GraphTest extends GraphParity {

  /** Dataflow's own runner asks for a project, and for its service. */
  @Override
  protected void set(DharaOptions options) {
    options.setRunner(CrashingRunner.class);
  }
}
