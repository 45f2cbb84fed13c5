package dhara.pipelines.commerce.inventory;

import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** How often the view of the stock is updated. */
public interface StockViewOptions extends PipelineOptions {

  @Description(
      "In a stream, how long after a change the view of the stock has it at the latest, e.g."
          + " --viewEvery=PT5S")
  @Default.InstanceFactory(FiveSeconds.class)
  Duration getViewEvery();

  void setViewEvery(Duration value);

  /** Five seconds. */
  final class FiveSeconds implements DefaultValueFactory<Duration> {
    @Override
    public Duration create(PipelineOptions options) {
      return Duration.ofSeconds(5);
    }
  }
}
