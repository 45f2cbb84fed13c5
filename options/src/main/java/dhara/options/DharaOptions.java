package dhara.options;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The options of every analysis: where events come from, where answers go, which bytes are dead
 * letters, and when an event is late.
 */
public interface DharaOptions extends BackfillOptions, OverloadOptions {

  @Description(
      "Where events come from: a file, a folder, a glob, - for the standard input,"
          + " kafka://broker:9092/topic or pubsub://project/subscription. A bounded source makes a"
          + " backfill, an unbounded one a stream. Repeat it for more sources of the same events, and"
          + " as NAME=URI for further inputs, e.g. --events=test-data/order-metrics/orders.jsonl")
  List<String> getEvents();

  void setEvents(List<String> value);

  @Description(
      "Where answers go: console, files:DIR (?format=jsonl|csv|avro), kafka://broker:9092/topic,"
          + " bigquery://project/dataset/table or postgres://host:5432/database/table. Repeat it as NAME=URI to send one output elsewhere,"
          + " e.g. --answers=files:/data/out")
  @Default.InstanceFactory(Console.class)
  List<String> getAnswers();

  void setAnswers(List<String> value);

  @Description(
      "Where dead letters go, a URI as for --answers. By default beside the answers: DIR/dead-letters,"
          + " TOPIC-dead-letters, or the console's error stream")
  String getDeadLetters();

  void setDeadLetters(String value);

  @Description(
      "Where the late events of a stream go, a URI as for --answers. By default beside the answers:"
          + " DIR/late, TOPIC-late, or the console's error stream")
  String getLate();

  void setLate(String value);

  @Description(
      "Where the ledger goes, a URI as for --answers; a backfill also prints it. By default beside"
          + " the answers: DIR/ledger, TOPIC-ledger, or the console's error stream")
  String getLedger();

  void setLedger(String value);

  @Description(
      "Field mapping for other people's names and formats: COMPONENT=FIELD[:CONVERSION] pairs"
          + " separated by commas, or the path of a file of such lines, of which pairs replace those"
          + " for the same component. If there are several inputs, INPUT.COMPONENT=FIELD is for one"
          + " of them, e.g. --map=customer=user.id,at=ts:epochMillis")
  List<String> getMap();

  void setMap(List<String> value);

  @Description(
      "Fields that hold personal data, by the names of components. Each becomes a token when an event"
          + " is parsed, so that answers, late events, state and logs hold tokens only; what is no"
          + " event is kept sealed. If there are several inputs, one of them must have the field, e.g."
          + " --tokenise=payer,payee,device")
  List<String> getTokenise();

  void setTokenise(List<String> value);

  @Description(
      "The key of --tokenise by reference, env:NAME or file:/path, which each worker reads: at least"
          + " 32 bytes of text, e.g. --tokeniseKey=file:/etc/dhara/token.key")
  String getTokeniseKey();

  void setTokeniseKey(String value);

  @Description(
      "How many dead letters an input may have: a number, or a percentage of the records read. "
          + "Beyond it a backfill fails at its end, and a stream stops at its next ledger. In a "
          + "stream a percentage applies from 1,000 records on, e.g. --maxDeadLetters=100 or"
          + " --maxDeadLetters=1%")
  String getMaxDeadLetters();

  void setMaxDeadLetters(String value);

  @Description(
      "Count events with the same id once. Turn it off only if the source is known to hold no "
          + "duplicates, e.g. --unique=false")
  @Default.Boolean(true)
  boolean getUnique();

  void setUnique(boolean value);

  @Description(
      "The floor of event time: an event before it is a dead letter, e.g."
          + " --notBefore=2000-01-01T00:00:00Z")
  @Default.InstanceFactory(Year2000.class)
  Instant getNotBefore();

  void setNotBefore(Instant value);

  @Description(
      "How far the time of an event may be ahead of the time when it was logged (a Kafka "
          + "record's timestamp; for files, the start of the run). Beyond it the event is a dead "
          + "letter and does not move the watermark, e.g. --maxSkew=PT1H")
  @Default.InstanceFactory(Durations.OneDay.class)
  Duration getMaxSkew();

  void setMaxSkew(Duration value);

  @Description(
      "The longest event in bytes; a longer one is a dead letter that keeps its first bytes, e.g."
          + " --maxEventBytes=1048576")
  @Default.Integer(1 << 20)
  int getMaxEventBytes();

  void setMaxEventBytes(int value);

  @Description(
      "How far out of order a stream's events may arrive within a partition before they are late:"
          + " the watermark trails the newest event by this much, e.g. --disorder=PT10S")
  @Default.InstanceFactory(Durations.TenSeconds.class)
  Duration getDisorder();

  void setDisorder(Duration value);

  @Description(
      "How far a record of a reference topic may trail the events and still be applied: a "
          + "stream's events wait that long for it. A record that comes later is late, e.g."
          + " --referenceLateness=PT1M")
  @Default.InstanceFactory(Durations.Zero.class)
  Duration getReferenceLateness();

  void setReferenceLateness(Duration value);

  @Description(
      "How long a partition must be silent, with nothing left to read, before it stops holding the"
          + " watermark back, e.g. --idleAfter=PT30S")
  @Default.InstanceFactory(Durations.ThirtySeconds.class)
  Duration getIdleAfter();

  void setIdleAfter(Duration value);

  @Description(
      "For events that come as they happen: while a topic is silent for --idleAfter, event time goes"
          + " on as if an event of this age had come, so that windows close and alerts go out without"
          + " another event; else event time stands still meanwhile; for Kafka, e.g. --clockLag=PT10S")
  Duration getClockLag();

  void setClockLag(Duration value);

  @Description(
      "Whether the command keeps running until its job ends, and stops the job at Ctrl-C. With "
          + "--wait=false it ends as soon as the cluster has accepted the stream, e.g. "
          + "--wait=false")
  @Default.Boolean(true)
  boolean getWait();

  void setWait(boolean value);

  /** Answers go to the console unless the user says otherwise. */
  final class Console implements DefaultValueFactory<List<String>> {
    @Override
    public List<String> create(PipelineOptions options) {
      return List.of("console");
    }
  }

  /**
   * The start of the year 2000: before the events of any stream, after the time of an unset clock.
   */
  final class Year2000 implements DefaultValueFactory<Instant> {
    @Override
    public Instant create(PipelineOptions options) {
      return Instant.parse("2000-01-01T00:00:00Z");
    }
  }
}
