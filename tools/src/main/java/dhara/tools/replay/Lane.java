package dhara.tools.replay;

import dhara.assembly.InputOptions;
import dhara.connectors.Endpoint;
import dhara.connectors.TimeBounds;
import dhara.connectors.files.Archive;
import dhara.connectors.kafka.TopicWriter;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.pipelines.Input;
import dhara.tools.generate.LineWriter;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * One input of a replay, from its archive to its topic. It reads only as far as its next record, so
 * that several lanes can be merged in event-time order.
 */
final class Lane<T extends Record & Event> implements Closeable {

  /**
   * The places of one input.
   *
   * @param events its archive
   * @param to its topic
   * @param key the component that is the key of its records
   */
  record Places(String events, String to, String key) {}

  private final String input;
  private final TopicWriter topic;
  private final ReplayTruth truth;
  private final ReplayPlan<T> plan;
  private final Archive.Reading<T> archive;
  private final Queue<ReplayRecord> ready = new ArrayDeque<>();
  private boolean read;
  private long clock = ReplayPlan.START;

  private Lane(
      Input<T> input,
      Archive<T> archive,
      ReplayLines lines,
      RecordKey<T> keys,
      ReplayFaults faults,
      TopicWriter topic) {
    ReplayPartitions partitions = new ReplayPartitions(topic.partitions(), faults);
    this.input = input.name();
    this.topic = topic;
    this.truth = new ReplayTruth(faults, partitions);
    this.plan = new ReplayPlan<>(faults, partitions, lines, keys, ready::add);
    this.archive = archive.open(lines.mapping(), plan);
  }

  /**
   * Opens archive and topic.
   *
   * @param inputs all inputs of the analysis
   * @throws dhara.options.BadOption if one cannot be used
   */
  static <T extends Record & Event> Lane<T> open(
      Input<T> input,
      List<Input<?>> inputs,
      Places places,
      ReplayFaults faults,
      ReplayOptions options,
      LineWriter writer) {
    RecordKey<T> keys = RecordKey.of(input.type(), places.key);
    InputOptions.checkMaxEventBytes(options.getMaxEventBytes());
    Mapping mapping = InputOptions.ofInput(InputOptions.mapping(options.getMap()), input, inputs);
    Archive<T> archive =
        Archive.of(
            Endpoint.of("--events", places.events),
            input.type(),
            mapping,
            input.name(),
            new TimeBounds(options.getNotBefore(), options.getMaxSkew()),
            options.getMaxEventBytes());
    ReplayLines lines = ReplayLines.of(writer, options, mapping, archive.formats());
    TopicWriter topic =
        TopicWriter.open(
            Endpoint.of("--to", places.to),
            faults.leastPartitions(),
            faults.whyPartitions(),
            options.getMaxEventBytes());
    return new Lane<>(input, archive, lines, keys, faults, topic);
  }

  String input() {
    return input;
  }

  TopicWriter topic() {
    return topic;
  }

  ReplayTruth truth() {
    return truth;
  }

  /** Reads the next record; false if there is none. */
  boolean hasNext() throws IOException {
    while (ready.isEmpty() && !read) {
      if (!archive.next()) {
        read = true;
        plan.end();
      }
    }
    return !ready.isEmpty();
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
    archive.close();
    truth.close();
    topic.close();
  }
}
