package dhara.tools.replay;

import dhara.options.DharaOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What a user may say to {@code replay}: every fault is off until it is asked for. */
public interface ReplayOptions extends PipelineOptions {

  @Description(
      "The archive: a file or a pattern; several files are read in the order of their names. Of"
          + " several inputs NAME=FILES repeatedly: they are sent in one order of event time, e.g."
          + " --events=test-data/orders/orders.jsonl")
  @Validation.Required
  List<String> getEvents();

  void setEvents(List<String> value);

  @Description(
      "The topic, with partitions=4 for one that is not there yet and producer.NAME= for what"
          + " Kafka's producer knows; of several inputs NAME=URI repeatedly, e.g."
          + " --to=kafka://localhost:9092/orders?partitions=4")
  @Validation.Required
  List<String> getTo();

  void setTo(List<String> value);

  @Description(
      "Which input a value without a name is of; by default the first, e.g. --input=orders")
  String getInput();

  void setInput(String value);

  @Description(
      "How the archive's fields become components, as an analysis takes it. Lines of JSON go out as"
          + " they are, so that the stream needs the same --map, e.g. --map=customer=CustomerID")
  List<String> getMap();

  void setMap(List<String> value);

  @Description(
      "Write events of JSON under the names of their components, so that the stream needs no --map;"
          + " events of CSV are always written so, e.g. --canonical")
  @Default.Boolean(false)
  boolean getCanonical();

  void setCanonical(boolean value);

  @Description(
      "The component whose value is the record's key: events of one key go to one partition. Of"
          + " several inputs NAME=COMPONENT repeatedly; by default id, e.g. --key=customer")
  @Nullable List<String> getKey();

  void setKey(@Nullable List<String> value);

  @Description(
      "How many times as fast as the wall clock event time goes by; by default as fast as it can,"
          + " e.g. --speed=60")
  Double getSpeed();

  void setSpeed(Double value);

  @Description("The seed of the faults: one seed, the same records, e.g. --seed=7")
  @Default.Long(1)
  long getSeed();

  void setSeed(long value);

  @Description(
      "How far out of order events arrive: each moves back by less than this; PT0S keeps the"
          + " archive's order, e.g. --disorder=PT8S")
  @Default.InstanceFactory(Zero.class)
  Duration getDisorder();

  void setDisorder(Duration value);

  @Description(
      "How far out of order the archive itself may be for --disorder to hold: so much event time is"
          + " sorted in memory, e.g. --sortWithin=PT10S")
  @Default.InstanceFactory(DharaOptions.TenSeconds.class)
  Duration getSortWithin();

  void setSortWithin(Duration value);

  @Description(
      "The share of events that are sent twice, the copy within the disorder or, without one, within"
          + " a second of event time, e.g. --duplicates=0.03")
  @Default.Double(0)
  double getDuplicates();

  void setDuplicates(double value);

  @Description("The share of events that are held back to be late, e.g. --late=0.02")
  @Default.Double(0)
  double getLate();

  void setLate(double value);

  @Description(
      "How late: an event is held back until its partition has seen one this much newer, e.g."
          + " --lateBy=PT30M")
  @Default.InstanceFactory(HalfAnHour.class)
  Duration getLateBy();

  void setLateBy(Duration value);

  @Description("How many lines of garbage to add, as a share of the events, e.g. --garbage=0.01")
  @Default.Double(0)
  double getGarbage();

  void setGarbage(double value);

  @Description(
      "How many copies of events dated centuries ahead to add, as a share of the events, e.g."
          + " --farFuture=0.005")
  @Default.Double(0)
  double getFarFuture();

  void setFarFuture(double value);

  @Description(
      "How many copies of events dated 1971 to add, as a share of the events, e.g."
          + " --farPast=0.005")
  @Default.Double(0)
  double getFarPast();

  void setFarPast(double value);

  @Description(
      "One partition gets a few events and then no more; its keys move to another, e.g."
          + " --idlePartition")
  @Default.Boolean(false)
  boolean getIdlePartition();

  void setIdlePartition(boolean value);

  @Description("One partition never gets a record, e.g. --unwrittenPartition")
  @Default.Boolean(false)
  boolean getUnwrittenPartition();

  void setUnwrittenPartition(boolean value);

  @Description(
      "At the end, send to each written partition one more event, dated this much after the newest:"
          + " it closes the windows of all others, e.g. --closing=PT1H")
  Duration getClosing();

  void setClosing(Duration value);

  @Description(
      "The file that says in JSON what was sent, of each input; - is the standard output, e.g."
          + " --truth=/tmp/truth.json")
  @Default.String("replay-truth.json")
  String getTruth();

  void setTruth(String value);

  @Description(
      "The stream's floor of event time: what counts as a dead letter, e.g."
          + " --notBefore=2000-01-01T00:00:00Z")
  @Default.InstanceFactory(DharaOptions.Year2000.class)
  Instant getNotBefore();

  void setNotBefore(Instant value);

  @Description(
      "How far in the future the stream lets an event lie: what counts as a dead letter, e.g."
          + " --maxSkew=PT1H")
  @Default.InstanceFactory(DharaOptions.OneDay.class)
  Duration getMaxSkew();

  void setMaxSkew(Duration value);

  @Description(
      "The stream's longest event in bytes; of a longer line one byte more than that is sent, e.g."
          + " --maxEventBytes=1048576")
  @Default.Integer(1 << 20)
  int getMaxEventBytes();

  void setMaxEventBytes(int value);

  /** No time at all. */
  final class Zero implements DefaultValueFactory<Duration> {
    @Override
    public Duration create(PipelineOptions options) {
      return Duration.ZERO;
    }
  }

  /** Thirty minutes: longer than the lateness that windows allow by default. */
  final class HalfAnHour implements DefaultValueFactory<Duration> {
    @Override
    public Duration create(PipelineOptions options) {
      return Duration.ofMinutes(30);
    }
  }
}
