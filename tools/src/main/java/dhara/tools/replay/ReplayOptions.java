package dhara.tools.replay;

import dhara.options.DharaOptions;
import dhara.options.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code replay}; every fault is off by default. */
public interface ReplayOptions extends PipelineOptions {

  /** In place of an archive: events of the analysis' scenario. */
  String SCENARIO = "scenario:";

  @Description(
      "The archive: a file or a pattern; several files are read in the order of their names. For "
          + "several inputs NAME=FILES repeatedly; they are sent together in event-time order."
          + " --events=scenario: makes events up, as generate does, for all inputs that --to names,"
          + " e.g. --events=test-data/order-metrics/orders.jsonl")
  @Validation.Required
  List<String> getEvents();

  void setEvents(List<String> value);

  @Description(
      "The topic; partitions=4 applies if it must be created, and producer.NAME= sets a property "
          + "of Kafka's producer. For several inputs NAME=URI repeatedly, e.g."
          + " --to=kafka://localhost:9092/orders?partitions=4")
  @Validation.Required
  List<String> getTo();

  void setTo(List<String> value);

  @Description(
      "The input that values without a name are for; by default the first, e.g. --input=orders")
  String getInput();

  void setInput(String value);

  @Description(
      "The field mapping of the archive, as for an analysis. JSON lines are sent unchanged, so "
          + "the stream needs the same --map, e.g. --map=customer=CustomerID")
  List<String> getMap();

  void setMap(List<String> value);

  @Description(
      "Write JSON events with the names of their components as field names, so that the stream "
          + "needs no --map; CSV events are always written so, e.g. --canonical")
  @Default.Boolean(false)
  boolean getCanonical();

  void setCanonical(boolean value);

  @Description(
      "The component whose value is the record's key; events with the same key go to the same "
          + "partition. For several inputs NAME=COMPONENT repeatedly; by default id, e.g. "
          + "--key=customer")
  @Nullable List<String> getKey();

  void setKey(@Nullable List<String> value);

  @Description(
      "How many times faster than the wall clock event time passes; by default as fast as "
          + "possible, e.g. --speed=60")
  Double getSpeed();

  void setSpeed(Double value);

  @Description(
      "How many events to make up, over all inputs together; by default they go on until Ctrl-C,"
          + " e.g. --count=100000")
  @Nullable Long getCount();

  void setCount(@Nullable Long value);

  @Description(
      "Move all times in the events so that the replay starts at this time: an instant, or now; a"
          + " stream then sees them as if they happened, e.g. --startAt=now")
  @Nullable String getStartAt();

  void setStartAt(@Nullable String value);

  @Description(
      "How much of the events, by their times, is sent at once before the replay starts; the rest"
          + " follows at --speed, e.g. --history=PT30M")
  @Default.InstanceFactory(Durations.Zero.class)
  Duration getHistory();

  void setHistory(Duration value);

  @Description(
      "The seed of the faults and of made-up events; the same seed gives the same records, e.g."
          + " --seed=7")
  @Default.Long(1)
  long getSeed();

  void setSeed(long value);

  @Description(
      "How far out of order events arrive: each is delayed by less than this; PT0S keeps the "
          + "archive's order, e.g. --disorder=PT8S")
  @Default.InstanceFactory(Durations.Zero.class)
  Duration getDisorder();

  void setDisorder(Duration value);

  @Description(
      "How far out of order the archive itself may be, so that --disorder still holds: this much "
          + "event time is sorted in memory, e.g. --sortWithin=PT10S")
  @Default.InstanceFactory(Durations.TenSeconds.class)
  Duration getSortWithin();

  void setSortWithin(Duration value);

  @Description(
      "The share of events that are sent twice. The copy comes within --disorder or, without it, "
          + "within a second of event time, e.g. --duplicates=0.03")
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
  @Default.InstanceFactory(Durations.ThirtyMinutes.class)
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
      "Let one partition fall silent after a few events; its keys move to another, e.g."
          + " --idlePartition")
  @Default.Boolean(false)
  boolean getIdlePartition();

  void setIdlePartition(boolean value);

  @Description("Leave one partition without any record, e.g. --unwrittenPartition")
  @Default.Boolean(false)
  boolean getUnwrittenPartition();

  void setUnwrittenPartition(boolean value);

  @Description(
      "At the end, send one more event to each written partition, dated this much after the "
          + "newest; it closes the windows of all other events, e.g. --closing=PT1H")
  Duration getClosing();

  void setClosing(Duration value);

  @Description(
      "The JSON file that records what was sent for each input; - is the standard output, e.g."
          + " --truth=/tmp/truth.json")
  @Default.String("replay-truth.json")
  String getTruth();

  void setTruth(String value);

  @Description(
      "The stream's floor of event time, to know which events will be dead letters, e.g."
          + " --notBefore=2000-01-01T00:00:00Z")
  @Default.InstanceFactory(DharaOptions.Year2000.class)
  Instant getNotBefore();

  void setNotBefore(Instant value);

  @Description(
      "The stream's --maxSkew, to know which events will be dead letters, e.g. --maxSkew=PT1H")
  @Default.InstanceFactory(Durations.OneDay.class)
  Duration getMaxSkew();

  void setMaxSkew(Duration value);

  @Description(
      "The stream's longest event in bytes; a longer line is cut to one byte more, e.g."
          + " --maxEventBytes=1048576")
  @Default.Integer(1 << 20)
  int getMaxEventBytes();

  void setMaxEventBytes(int value);
}
