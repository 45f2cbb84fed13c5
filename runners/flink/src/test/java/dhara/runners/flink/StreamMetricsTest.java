package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.engine.Vitals;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

/** The metrics of a real Flink, which collects them only after it was asked. */
class StreamMetricsTest {

  /** How many records the job may still count; it waits where there are none. */
  private static final Semaphore MAY_COUNT = new Semaphore(0);

  private static final Semaphore COUNTED = new Semaphore(0);

  @Test
  void theFirstLookInALongTimeShowsWhatIsCountedNow() throws Exception {
    Configuration settings = new Configuration();
    settings.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, 1L);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .withRandomPorts()
                .build());
    try {
      cluster.start();
      URI address = cluster.getRestAddress().get();
      JobID job = cluster.submitJob(graph()).get().getJobID();
      StreamMetrics metrics =
          new StreamMetrics(
              new Rest(address.getAuthority()),
              "/jobs/" + job,
              Duration.ZERO,
              Duration.ofSeconds(5));
      count(1_000);
      assertThat(metrics.now(Optional.empty()).map(Vitals::read), is(Optional.of(1_000L)));
      count(500);
      assertThat(metrics.now(Optional.empty()).map(Vitals::read), is(Optional.of(1_500L)));
    } finally {
      cluster.close();
    }
  }

  private static void count(int records) throws InterruptedException {
    MAY_COUNT.release(records);
    COUNTED.acquire(records);
  }

  private static JobGraph graph() {
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment();
    flink
        .fromSequence(1, Long.MAX_VALUE)
        .setParallelism(1)
        .map(new Counting())
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .setParallelism(1);
    return flink.getStreamGraph().getJobGraph();
  }

  private static final class Counting extends RichMapFunction<Long, Long> {

    private static final long serialVersionUID = 1L;

    private transient Counter read;

    @Override
    public void open(OpenContext context) {
      read = getRuntimeContext().getMetricGroup().addGroup("Count").counter("dhara_read");
    }

    @Override
    public Long map(Long record) throws InterruptedException {
      MAY_COUNT.acquire();
      read.inc();
      COUNTED.release();
      return record;
    }
  }
}
