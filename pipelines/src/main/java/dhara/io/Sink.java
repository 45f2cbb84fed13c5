package dhara.io;

import dhara.events.DeadLetter;
import dhara.events.LateEvent;
import dhara.metrics.Delays;
import dhara.metrics.Delays.Due;
import dhara.metrics.Latency;
import dhara.pipelines.Ledger;
import dhara.pipelines.Output;
import dhara.records.RecordCoder;
import dhara.transforms.Answer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Set;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where answers or dead letters go: the endpoint that the user named, checked before anything runs.
 *
 * @param <T> what is written
 */
public final class Sink<T> {

  private final Endpoint endpoint;
  private final PTransform<PCollection<T>, PDone> write;
  private final Runnable check;
  private final Runnable create;
  private final boolean over;

  private Sink(
      Endpoint endpoint,
      PTransform<PCollection<T>, PDone> write,
      Runnable check,
      Runnable create,
      boolean over) {
    this.endpoint = endpoint;
    this.write = write;
    this.check = check;
    this.create = create;
    this.over = over;
  }

  /**
   * Where an output's answers go: to {@code DIR/NAME}, to the topic (that of a further output ends
   * in its name), or to the console.
   *
   * @param first whether it is the analysis' first output
   * @param due when a stream's answer is due, whose delay metrics then show; null for a run that
   *     ends by itself
   * @param folder where a run that ends keeps what the console will show
   * @param options of the pipeline: what connectors ask their services with
   */
  public static <K extends Record, V extends Record> Sink<Answer<K, V>> answers(
      Endpoint endpoint,
      Output<K, V> output,
      boolean first,
      @Nullable Due<Answer<K, V>> due,
      RunFolder folder,
      PipelineOptions options) {
    return of(
        endpoint,
        new Kind(output.name(), first ? "" : "-" + output.name(), true, false),
        RowFormat.answers(output.key(), output.value()),
        due == null,
        due,
        folder,
        options);
  }

  /**
   * Where dead letters go, to {@code DIR/dead-letters} or a topic.
   *
   * @param besideAnswers whether the endpoint is that of the answers: its topic gets a suffix
   */
  public static Sink<DeadLetter> deadLetters(
      Endpoint endpoint,
      boolean besideAnswers,
      boolean bounded,
      RunFolder folder,
      PipelineOptions options) {
    return of(
        endpoint,
        Kind.beside(DEAD_LETTERS, besideAnswers, false),
        RowFormat.deadLetters(),
        bounded,
        null,
        folder,
        options);
  }

  /** Where the late events of a stream go, to {@code DIR/late} or a topic. */
  public static Sink<LateEvent> late(
      Endpoint endpoint, boolean besideAnswers, RunFolder folder, PipelineOptions options) {
    return of(
        endpoint,
        Kind.beside(LATE, besideAnswers, false),
        RowFormat.late(),
        false,
        null,
        folder,
        options);
  }

  /** Where the ledger goes, to {@code DIR/ledger} or a topic: an upsert for each input. */
  public static Sink<Ledger> ledger(
      Endpoint endpoint,
      boolean besideAnswers,
      boolean bounded,
      RunFolder folder,
      PipelineOptions options) {
    return of(
        endpoint,
        Kind.beside(LEDGER, besideAnswers, true),
        RowFormat.ledger(),
        bounded,
        null,
        folder,
        options);
  }

  /** What dead letters are called: a folder, a topic's suffix, a table. */
  public static final String DEAD_LETTERS = "dead-letters";

  /** What late events are called. */
  public static final String LATE = "late";

  /** What the ledger is called. */
  public static final String LEDGER = "ledger";

  /**
   * What is written.
   *
   * @param name its folder
   * @param suffix of its topic
   * @param upserts whether a later one replaces an earlier one
   * @param aside whether a stream prints it on standard error
   */
  private record Kind(String name, String suffix, boolean upserts, boolean aside) {

    static Kind beside(String name, boolean besideAnswers, boolean upserts) {
      return new Kind(name, besideAnswers ? "-" + name : "", upserts, true);
    }
  }

  private static <T> Sink<T> of(
      Endpoint endpoint,
      Kind kind,
      RowFormat<T> rows,
      boolean bounded,
      @Nullable Due<T> due,
      RunFolder folder,
      PipelineOptions options) {
    switch (endpoint.scheme()) {
      case "files" -> {
        FilesSink<T> files = FilesSink.of(endpoint, kind.name, rows);
        return new Sink<>(
            endpoint, shown(files, due), bounded ? files::checkEmpty : () -> {}, () -> {}, false);
      }
      case "kafka" -> {
        KafkaSink kafka = kind.upserts ? KafkaSink.upserts(endpoint) : KafkaSink.appends(endpoint);
        KafkaSink suffixed = kafka.withSuffix(kind.suffix);
        return new Sink<>(
            endpoint, new ToKafka<>(rows, suffixed, due), suffixed::check, suffixed::create, true);
      }
      case "console" -> {
        checkConsole(endpoint, bounded);
        return new Sink<>(
            endpoint,
            bounded
                ? FilesSink.of(folder.endpoint(endpoint.option()), kind.name, rows)
                : shown(new ToConsole<>(rows, kind.aside), due),
            () -> {},
            () -> {},
            false);
      }
      default -> {
        Connector.Target<T> target =
            Connector.of(endpoint)
                .target(endpoint, new Connector.Rows<>(kind.suffix, rows), options);
        return new Sink<>(
            endpoint, shown(target.write(), due), target.check(), target.create(), true);
      }
    }
  }

  /** The same with its delays counted beside it; what goes to Kafka counts as it encodes. */
  private static <T> PTransform<PCollection<T>, PDone> shown(
      PTransform<PCollection<T>, PDone> write, @Nullable Due<T> due) {
    return due == null ? write : new WithLatency<>(write, due);
  }

  private static final Set<String> CONSOLE_PARAMETERS = Set.of("format", "rows");

  /** What may follow {@code console?}: {@code format=table|jsonl}, {@code rows=20}. */
  private static void checkConsole(Endpoint endpoint, boolean bounded) {
    endpoint.allow(CONSOLE_PARAMETERS);
    String format = endpoint.parameter("format", "jsonl");
    if (!format.equals("jsonl") && !format.equals("table")) {
      throw endpoint.bad("format=" + format + " is not known; it is table or jsonl");
    }
    String rows = endpoint.parameter("rows", "0");
    if (!rows.matches("\\d{1,9}")) {
      throw endpoint.bad("rows=" + rows + " is not a number of rows, e.g. rows=20; 0 shows all");
    }
    if (!bounded && (format.equals("table") || endpoint.parameters().containsKey("rows"))) {
      throw endpoint.bad("a stream prints JSON lines as they come; leave out format and rows");
    }
  }

  /** Where it goes. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Whether its rows take the place of those that are there, key by key. */
  public boolean over() {
    return over;
  }

  /**
   * Refuses, before anything runs, what cannot be written to; changes nothing.
   *
   * @throws dhara.options.BadOption naming the option, the value and the fix
   */
  public void check() {
    check.run();
  }

  /**
   * Makes what is written to, where it is not there: to be called once, before the pipeline runs.
   *
   * @throws dhara.options.BadOption where it cannot be made
   */
  public void create() {
    create.run();
  }

  /** The step that writes. */
  public PTransform<PCollection<T>, PDone> write() {
    return write;
  }

  private static final class WithLatency<T> extends PTransform<PCollection<T>, PDone> {

    private static final long serialVersionUID = 1L;

    private final PTransform<PCollection<T>, PDone> write;
    private final Due<T> due;

    WithLatency(PTransform<PCollection<T>, PDone> write, Due<T> due) {
      this.write = write;
      this.due = due;
    }

    @Override
    public PDone expand(PCollection<T> elements) {
      PDone unused = elements.apply("Delays", Latency.of(due));
      return write.expand(elements);
    }
  }

  /** Rows as records of a topic: the key says what a record replaces. */
  private static final class ToKafka<T> extends PTransform<PCollection<T>, PDone> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final KafkaSink kafka;
    private final @Nullable Due<T> due;

    ToKafka(RowFormat<T> rows, KafkaSink kafka, @Nullable Due<T> due) {
      this.rows = rows;
      this.kafka = kafka;
      this.due = due;
    }

    @Override
    public PDone expand(PCollection<T> elements) {
      TupleTag<KV<byte[], byte[]>> records = new TupleTag<>("records") {};
      TupleTag<Delays> delays = new TupleTag<>("delays") {};
      PCollectionTuple encoded =
          elements.apply(
              "Encode",
              ParDo.of(new EncodeFn<>(rows, due, delays))
                  .withOutputTags(
                      records, due == null ? TupleTagList.empty() : TupleTagList.of(delays)));
      if (due != null) {
        encoded.get(delays).setCoder(RecordCoder.of(Delays.class)).apply(Latency.shown());
      }
      return encoded
          .get(records)
          .setCoder(KvCoder.of(ByteArrayCoder.of(), ByteArrayCoder.of()))
          .apply("Kafka", kafka);
    }
  }

  private static final class EncodeFn<T> extends DoFn<T, KV<byte[], byte[]>> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final @Nullable Due<T> due;
    private final TupleTag<Delays> delays;
    private transient Delays.@Nullable Counting counting;
    private transient @Nullable BoundedWindow last;

    EncodeFn(RowFormat<T> rows, @Nullable Due<T> due, TupleTag<Delays> delays) {
      this.rows = rows;
      this.due = due;
      this.delays = delays;
    }

    @StartBundle
    public void start() {
      counting = new Delays.Counting();
      last = null;
    }

    @ProcessElement
    public void process(
        @Element T element, BoundedWindow window, OutputReceiver<KV<byte[], byte[]>> out)
        throws IOException {
      if (due != null) {
        counting.given(due.millis(element));
        last = window;
      }
      out.output(KV.of(rows.jsonKey(element), rows.json(element)));
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (last != null) {
        context.output(
            delays, counting.until(System.currentTimeMillis()), last.maxTimestamp(), last);
      }
    }
  }

  /** Rows of a stream, as they come: JSON lines on standard output, dead letters on error. */
  private static final class ToConsole<T> extends PTransform<PCollection<T>, PDone> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final boolean errors;

    ToConsole(RowFormat<T> rows, boolean errors) {
      this.rows = rows;
      this.errors = errors;
    }

    @Override
    public PDone expand(PCollection<T> elements) {
      elements.apply("Print", ParDo.of(new PrintFn<>(rows, errors)));
      return PDone.in(elements.getPipeline());
    }
  }

  private static final class PrintFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final boolean errors;

    PrintFn(RowFormat<T> rows, boolean errors) {
      this.rows = rows;
      this.errors = errors;
    }

    @ProcessElement
    public void process(@Element T element) throws IOException {
      byte[] json = rows.json(element);
      byte[] line = Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      PrintStream out = errors ? System.err : System.out;
      // One call, so that no other thread's line comes between; bytes, because JSON is UTF-8
      // whatever this process's locale is.
      out.write(line, 0, line.length);
      out.flush();
    }
  }
}
