package dhara.serving;

import dhara.options.AboveZero;
import dhara.options.Durations;
import dhara.serving.api.AccessOptions;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code serve}. */
public interface ServeOptions extends AccessOptions {

  @Description(
      "A view of the answers at any places, as NAME=URI,URI…: history from a folder and live from a"
          + " topic, settled by revision. A NAME such as order-metrics.metrics tells the types of the"
          + " columns, otherwise they are found by the first rows. Repeat it for more views, e.g."
          + " --view=order-metrics.metrics=files:/data/out/metrics,kafka://localhost:9092/metrics")
  @Nullable List<String> getView();

  void setView(@Nullable List<String> value);

  @Description(
      "An analysis to run in the process of the server, with its options: its answers go straight"
          + " into the store, without --answers. A stream runs until Ctrl-C, which stops it before"
          + " the server. Repeat it for more runs, e.g."
          + " --run='order-metrics --events=kafka://localhost:9092/orders --early=PT1S'")
  @Nullable List<String> getRun();

  void setRun(@Nullable List<String> value);

  @Description(
      "A local folder for the store, which goes on with what it holds when the server starts again."
          + " Without it, everything is read anew each time, e.g. --data=/var/lib/dhara")
  @Nullable String getData();

  void setData(@Nullable String value);

  @Description("The most memory that the store takes beside the heap of Java, e.g. --memory=1GB")
  @Default.String("1GB")
  String getMemory();

  void setMemory(String value);

  @Description(
      "How long rows are kept as they are, in event time before the newest window of their view;"
          + " older ones are rolled up, or dropped. Without it they are kept for ever, e.g. --keep=P7D")
  @AboveZero
  @Nullable Duration getKeep();

  void setKeep(@Nullable Duration value);

  @Description(
      "What rows older than --keep are rolled up into, as WIDTH:AGE: one row for each key and window"
          + " of this width, kept until this age, e.g. --rollUp=PT1H:P90D,P1D:P3650D")
  @Nullable List<String> getRollUp();

  void setRollUp(@Nullable List<String> value);

  @Description(
      "How columns are rolled up, as VIEW=COLUMN:HOW,…, where HOW is sum, min, max, first, last, or A/B for"
          + " the sum of A divided by that of B. Columns that are not named are empty in rolled up"
          + " rows. Repeat it for more views; without it, views of which Dhara knows how are rolled"
          + " up, and others dropped, e.g."
          + " --rolled=order-metrics.metrics=orders:sum,average_order_minor:gmv_minor/orders")
  @Nullable List<String> getRolled();

  void setRolled(@Nullable List<String> value);

  @Description(
      "How long, on the wall clock, replaced and withdrawn rows are kept, so that asKnownAt=INSTANT"
          + " finds them; PT0S keeps none, e.g. --known=P1D")
  @Default.InstanceFactory(Durations.OneDay.class)
  Duration getKnown();

  void setKnown(Duration value);
}
