package dhara.pipelines.media;

import dhara.options.Durations;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** What a heartbeat of a player stands for. */
public interface HeartbeatOptions extends PipelineOptions {

  @Description(
      "A heartbeat that does not say how long was played since the one before stands for this"
          + " long, e.g. --heartbeat=PT10S")
  @Default.InstanceFactory(Durations.TenSeconds.class)
  Duration getHeartbeat();

  void setHeartbeat(Duration value);
}
