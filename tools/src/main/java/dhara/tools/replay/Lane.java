package dhara.tools.replay;

import dhara.connectors.Endpoint;
import dhara.connectors.kafka.TopicWriter;
import dhara.events.Event;
import dhara.pipelines.Input;
import dhara.tools.generate.LineWriter;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Function;

/**
 * One input of a replay, from its events to its topic. It reads only as far as its next record, so
 * that several lanes can be merged in event-time order.
 */
final class Lane<T extends Record & Event> implements Closeable {

  /**
   * The places of one input.
   *
   * @param to its topic
   * @param key the component that is the key of its records
   */
  record Places(String to, String key) {}

  private final Input<T> input;
  private final TopicWriter topic;
  private final ReplayTruth truth;
  private final ReplayPlan<T> plan;
  private final Queue<ReplayRecord> ready = new ArrayDeque<>();
  private final Upstream upstream;
  private boolean ended;
  private long clock = ReplayPlan.START;

  private Lane(
      Input<T> input,
      ReplayLines lines,
      RecordKey<T> keys,
      ReplayFaults faults,
      TopicWriter topic,
      Function<ReplayPlan<T>, Upstream> upstream) {
    ReplayPartitions partitions = new ReplayPartitions(topic.partitions(), faults);
    this.input = input;
    this.topic = topic;
    this.truth = new ReplayTruth(faults, partitions);
    this.plan = new ReplayPlan<>(faults, partitions, lines, keys, ready::add);
    this.upstream = upstream.apply(plan);
  }

  /**
   * Opens archive and topic.
   *
   * @param archive the archive of the input
   * @param shift moves its events
   * @throws dhara.options.BadOption if one cannot be used
   */
  static <T extends Record & Event> Lane<T> ofArchive(
      LaneArchive<T> archive,
      Places places,
      ReplayFaults faults,
      ReplayOptions options,
      TimeShift shift) {
    return open(
        archive.input(),
        archive.lines(),
        places,
        faults,
        options,
        plan -> ArchiveUpstream.of(archive.archive(), archive.lines(), shift, plan));
  }

  /**
   * Opens the topic of made-up events.
   *
   * @throws dhara.options.BadOption if it cannot be used
   */
  static <T extends Record & Event> Lane<T> ofScenario(
      Input<T> input,
      ScenarioUpstream scenario,
      Places places,
      ReplayFaults faults,
      ReplayOptions options,
      LineWriter writer) {
    Lane<T> lane =
        open(input, ReplayLines.ofMadeUp(writer), places, faults, options, plan -> scenario);
    scenario.add(lane);
    return lane;
  }

  private static <T extends Record & Event> Lane<T> open(
      Input<T> input,
      ReplayLines lines,
      Places places,
      ReplayFaults faults,
      ReplayOptions options,
      Function<ReplayPlan<T>, Upstream> upstream) {
    RecordKey<T> keys = RecordKey.of(input.type(), places.key);
    TopicWriter topic =
        TopicWriter.open(
            Endpoint.of("--to", places.to),
            faults.leastPartitions(),
            faults.whyPartitions(),
            options.getMaxEventBytes());
    return new Lane<>(input, lines, keys, faults, topic, upstream);
  }

  String input() {
    return input.name();
  }

  TopicWriter topic() {
    return topic;
  }

  ReplayTruth truth() {
    return truth;
  }

  /**
   * Whether it has a record that may be the next. Made-up events come as far as the next record of
   * any lane, so a lane without one may have one later.
   */
  boolean hasNext() throws IOException {
    if (!ready() && !ended) {
      upstream.fill(this);
    }
    return ready();
  }

  /** Whether a record is at hand. */
  boolean ready() {
    return !ready.isEmpty();
  }

  /** Takes an event of its input. */
  void take(Record event) throws IOException {
    plan.event(input.type().cast(event), new byte[0]);
  }

  /** Notes that no event comes that is earlier than this. */
  void passed(Instant at) throws IOException {
    plan.passed(at);
  }

  /** Notes that no more events come. */
  void end() throws IOException {
    if (!ended) {
      ended = true;
      plan.end();
    }
  }

  /**
   * When the next record is sent, on the event-time clock. An event that was held back has an
   * earlier arrival, and is sent together with the record before it.
   */
  long due() {
    return Math.max(clock, ready.element().arrival());
  }

  /** The next record, which is sent now. */
  ReplayRecord next() {
    clock = due();
    return ready.remove();
  }

  /** Sends a record. */
  void send(ReplayRecord record) throws IOException {
    topic.send(record.partition(), record.key(), record.bytes());
    truth.sent(record);
  }

  /** The time of the newest event so far. */
  long frontier() {
    return plan.frontier();
  }

  /** Called when all lanes have ended: the closing records come next. */
  void endAt(long newest) throws IOException {
    plan.close(newest);
  }

  @Override
  public void close() throws IOException {
    upstream.close();
    truth.close();
    topic.close();
  }
}
