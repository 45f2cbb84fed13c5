package dhara.pipelines.commerce.inventory;

import dhara.options.Durations;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** How often the view of the stock is updated. */
public interface StockViewOptions extends PipelineOptions {

  @Description(
      "In a stream, how long after a change the view of the stock has it at the latest, e.g."
          + " --viewEvery=PT5S")
  @Default.InstanceFactory(Durations.FiveSeconds.class)
  Duration getViewEvery();

  void setViewEvery(Duration value);
}
