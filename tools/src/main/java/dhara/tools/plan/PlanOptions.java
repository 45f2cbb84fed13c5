package dhara.tools.plan;

import dhara.options.AboveZero;
import dhara.options.AtLeast;
import dhara.options.Durations;
import dhara.options.Share;
import dhara.tools.calibrate.Assumed;
import dhara.tools.calibrate.CalibrationOptions;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code plan}, in addition to those of the analysis. */
public interface PlanOptions extends CalibrationOptions {

  @Description(
      "How many events a second the stream must bear, over all inputs; by default the highest rate"
          + " that --counts forecasts, e.g. --rate=100000")
  @AboveZero
  @Nullable Double getRate();

  void setRate(@Nullable Double value);

  @Description(
      "A CSV file of past counts, lines TIME,COUNT with times such as 2026-10-01T00:00:00Z, for a"
          + " forecast and a scaling schedule of the next week, e.g. --counts=/tmp/counts.csv")
  @Nullable String getCounts();

  void setCounts(@Nullable String value);

  @Description(
      "The part of past hours that the forecast's headroom would have covered, e.g."
          + " --headroom=0.95")
  @Default.Double(0.95)
  @Share
  double getHeadroom();

  void setHeadroom(double value);

  @Description(
      "How far the rate within an hour exceeds the mean of the hour, for --counts, e.g."
          + " --peakToMean=1.5")
  @Default.Double(1.5)
  @AboveZero
  double getPeakToMean();

  void setPeakToMean(double value);

  @Description(
      "Events a second that one core works off in a backfill; by default what --events measures,"
          + " e.g. --perCore=60000")
  @AboveZero
  @Nullable Double getPerCore();

  void setPerCore(@Nullable Double value);

  @Description(
      "How many events a core works off in a stream from Kafka, relative to a backfill, e.g."
          + " --streamShare=0.6")
  @Default.Double(Assumed.STREAM_SHARE)
  @AboveZero
  double getStreamShare();

  void setStreamShare(double value);

  @Description(
      "Bytes of an event in its topic; by default what --events measures, e.g."
          + " --bytesPerEvent=250")
  @AboveZero
  @Nullable Double getBytesPerEvent();

  void setBytesPerEvent(@Nullable Double value);

  @Description(
      "The part of the capacity that the rate may use; the rest is for bursts, e.g."
          + " --utilisation=0.7")
  @Default.Double(Assumed.UTILISATION)
  @Share
  double getUtilisation();

  void setUtilisation(double value);

  @Description("The longest outage to catch up after, e.g. --outage=PT10M")
  @Default.InstanceFactory(Durations.TenMinutes.class)
  Duration getOutage();

  void setOutage(Duration value);

  @Description("How long catching up may take after that outage, e.g. --catchUp=PT30M")
  @Default.InstanceFactory(HalfAnHour.class)
  @AboveZero
  Duration getCatchUp();

  void setCatchUp(Duration value);

  @Description("Bytes that a partition should carry in a second, e.g. --partitionBytes=10000000")
  @Default.Double(10_000_000)
  @AboveZero
  double getPartitionBytes();

  void setPartitionBytes(double value);

  @Description("Cores of a machine, e.g. --machineCores=4")
  @Default.Integer(4)
  @AtLeast(1)
  int getMachineCores();

  void setMachineCores(int value);

  @Description("How often the stream takes a checkpoint, e.g. --checkpointEvery=PT10S")
  @Default.InstanceFactory(Durations.TenSeconds.class)
  @AboveZero
  Duration getCheckpointEvery();

  void setCheckpointEvery(Duration value);

  @Description(
      "What a core costs in an hour, in any currency; without it no cost is printed, e.g."
          + " --pricePerCoreHour=0.05")
  @AboveZero
  @Nullable Double getPricePerCoreHour();

  void setPricePerCoreHour(@Nullable Double value);

  @Description(
      "What a GiB of checkpoints costs in a month; without it their cost is not printed, e.g."
          + " --pricePerGibMonth=0.02")
  @AboveZero
  @Nullable Double getPricePerGibMonth();

  void setPricePerGibMonth(@Nullable Double value);

  @Description(
      "A past to compute again at the same rate: how long a batch takes, and a replay through the"
          + " stream, e.g. --past=P21D")
  @AboveZero
  @Nullable Duration getPast();

  void setPast(@Nullable Duration value);

  /** Thirty minutes. */
  final class HalfAnHour implements DefaultValueFactory<Duration> {
    @Override
    public Duration create(PipelineOptions options) {
      return Duration.ofMinutes(30);
    }
  }
}
