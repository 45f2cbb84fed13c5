package dhara.options;

import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** What a stream leaves undone when it cannot keep up with its topics. */
public interface OverloadOptions extends PipelineOptions {

  @Description(
      "Let a stream of Kafka do less when it falls behind: first fewer early answers, then none of"
          + " the outputs of --shed, at last only the first output and effects. What it sheds is"
          + " counted beside the ledger (DIR/shed, TOPIC-shed), and a backfill repairs it, e.g."
          + " --overload=true")
  @Default.Boolean(false)
  boolean getOverload();

  void setOverload(boolean value);

  @Description(
      "Outputs that --overload may shed before others, not the first one and no effects. Repeat it"
          + " for more, e.g. --shed=top")
  List<String> getShed();

  void setShed(List<String> value);

  @Description(
      "Effects that may wait while --overload sheds the outputs of --shed. Repeat it for more, e.g."
          + " --delay=alerts")
  List<String> getDelay();

  void setDelay(List<String> value);

  @Description("How long the effects of --delay wait at most, e.g. --delayAtMost=PT10M")
  @Default.InstanceFactory(Durations.TenMinutes.class)
  @AboveZero
  Duration getDelayAtMost();

  void setDelayAtMost(Duration value);

  @Description(
      "The capacity of --overload: the load is how long the records that a worker reads have waited"
          + " in their topic, as a share of this, e.g. --lagCapacity=PT30S")
  @Default.InstanceFactory(Durations.ThirtySeconds.class)
  @AboveZero
  Duration getLagCapacity();

  void setLagCapacity(Duration value);

  @Description(
      "The load, as a share of --lagCapacity, from which on open windows give no early answers,"
          + " e.g. --reducedAt=0.8")
  @Default.Double(0.8)
  @AboveZero
  double getReducedAt();

  void setReducedAt(double value);

  @Description("The load from which on the outputs of --shed are shed, e.g. --essentialAt=0.9")
  @Default.Double(0.9)
  @AboveZero
  double getEssentialAt();

  void setEssentialAt(double value);

  @Description(
      "The load from which on all outputs but the first are shed, except effects, e.g."
          + " --emergencyAt=0.95")
  @Default.Double(0.95)
  @AboveZero
  double getEmergencyAt();

  void setEmergencyAt(double value);
}
