package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.WrittenRow;
import dhara.connectors.kafka.offsets.KafkaRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Rows that {@link KafkaSink} has written: JSON objects, each of which replaces earlier ones with
 * its record key.
 */
final class TopicResults implements ResultSet {

  /** The assumed size of a row, because only offsets are known. */
  private static final long BYTES_PER_ROW = 300;

  private final Endpoint endpoint;
  private final KafkaSpan span;
  private final NavigableSet<String> names;

  private TopicResults(Endpoint endpoint, KafkaSpan span, NavigableSet<String> names) {
    this.endpoint = endpoint;
    this.span = span;
    this.names = names;
  }

  static TopicResults of(Endpoint endpoint) {
    KafkaSpan span = KafkaSpan.of(endpoint).upToNow();
    String topic = span.consumers().address().topic();
    NavigableSet<String> names = new TreeSet<>();
    var topics = span.topics();
    if (!topics.contains(topic)) {
      List<KafkaRange> unused = span.ranges(); // says whether it does not exist or is not shown
    }
    names.add("");
    topics.stream()
        .filter(other -> other.startsWith(topic + "-"))
        .map(other -> other.substring(topic.length() + 1))
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return new TopicResults(endpoint, span, names);
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public NavigableSet<String> names() {
    return names;
  }

  /** False, because unrelated topics may begin with this one's name. */
  @Override
  public boolean namesOutputs() {
    return false;
  }

  @Override
  public boolean textual(Iterable<String> names) {
    return false;
  }

  @Override
  public long bytes(Iterable<String> names) {
    long offsets = 0;
    for (String name : names) {
      for (KafkaRange range : named(name).ranges()) {
        offsets += range.until() - range.from();
      }
    }
    return offsets * BYTES_PER_ROW;
  }

  private KafkaSpan named(String name) {
    String topic = span.consumers().address().topic();
    return name.isEmpty() ? span : span.of(topic + "-" + name);
  }

  @Override
  public <T> PCollection<T> read(
      Pipeline pipeline,
      String step,
      Map<String, String> names,
      WrittenRow.Reader<T> reader,
      Coder<T> coder) {
    List<PCollection<T>> all = new ArrayList<>();
    names.forEach(
        (name, called) -> {
          KafkaSpan topic = named(name);
          String prefix = step + "." + called;
          all.add(
              pipeline
                  .apply(
                      prefix + ".Ranges",
                      Create.of(topic.cut()).withCoder(new KafkaRange.RangeCoder()))
                  .apply(prefix + ".Spread", Reshuffle.viaRandomKey())
                  .apply(
                      prefix + ".Read", ParDo.of(new ReadFn<>(topic.consumers(), called, reader)))
                  .setCoder(coder));
        });
    return PCollectionList.of(all).apply(step, Flatten.pCollections()).setCoder(coder);
  }

  /** Reads ranges of a topic and converts the rows. */
  static final class ReadFn<T> extends DoFn<KafkaRange, T> {

    private final KafkaConsumers consumers;
    private final String name;
    private final WrittenRow.Reader<T> reader;
    private final Counter read = Metrics.counter("dhara", "read");
    private transient @Nullable KafkaRangeReader ranges;

    ReadFn(KafkaConsumers consumers, String name, WrittenRow.Reader<T> reader) {
      this.consumers = consumers;
      this.name = name;
      this.reader = reader;
    }

    @Setup
    public void open() {
      ranges = KafkaRangeReader.open(consumers);
    }

    @ProcessElement
    public void process(@Element KafkaRange range, OutputReceiver<T> out) {
      ranges.read(
          range,
          record -> {
            read.inc();
            T value = reader.read(TopicRow.of(consumers.address(), name, record));
            if (value != null) {
              out.output(value);
            }
          });
    }

    @Teardown
    public void close() {
      if (ranges != null) {
        ranges.close();
      }
    }
  }
}
