package dhara.testkit;

import dhara.connectors.Connector;
import dhara.connectors.Connector.Ability;
import dhara.connectors.Connector.Rows;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFormat;
import dhara.connectors.RunFolder;
import dhara.connectors.TooLong;
import dhara.events.DeadLetter;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.effect.Incident;
import dhara.transforms.effect.IncidentCoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;

/**
 * Rows of an effect for an endpoint that delivers them, in a backfill or a stream on the direct
 * runner: row {@code n} has the incident {@code shop-n}.
 */
public final class SentRows implements AutoCloseable {

  /** What an alert is about. */
  public record Shop(String shop) {}

  /** An alert. */
  public record Alert(String severity, int number, String text) {}

  private static final String OUTPUT = "alerts";
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  private static final java.time.Duration PATIENCE = java.time.Duration.ofMinutes(2);

  /** What runs in this process share with their steps, by their ids. */
  private static final Map<String, SentRows> RUNS = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();
  private final List<Integer> rows = new CopyOnWriteArrayList<>();
  private final List<DeadLetter> undelivered = new ArrayList<>();
  private @Nullable PipelineResult running;

  private SentRows() {
    RUNS.put(id, this);
  }

  /** Sends the rows from 1 to a number in a backfill, and returns those that were not delivered. */
  public static List<DeadLetter> backfill(String uri, int last) {
    try (SentRows run = new SentRows()) {
      Pipeline pipeline = Pipeline.create(options());
      run.write(
          uri,
          true,
          pipeline.apply(
              Create.of(IntStream.rangeClosed(1, last).boxed().toList())
                  .withCoder(VarIntCoder.of())));
      pipeline.run().waitUntilFinish();
      return run.undelivered();
    }
  }

  /** Starts a stream, which has no rows yet. */
  public static SentRows stream(String uri) {
    SentRows run = new SentRows();
    Pipeline pipeline = Pipeline.create(options());
    run.write(
        uri,
        false,
        pipeline
            .apply(Create.of(run.id).withCoder(StringUtf8Coder.of()))
            .apply("Feed", ParDo.of(new FeedFn()))
            .setCoder(VarIntCoder.of()));
    run.running = pipeline.run();
    return run;
  }

  private static PipelineOptions options() {
    return PipelineOptionsFactory.fromArgs(
            "--runner=DirectRunner", "--targetParallelism=2", "--blockOnRun=false")
        .create();
  }

  /** The graph of a stream to an endpoint, which does not run. */
  public static Pipeline graph(String uri) {
    try (SentRows run = new SentRows()) {
      Pipeline pipeline = Pipeline.create(options());
      run.write(
          uri,
          false,
          pipeline
              .apply(Create.of(run.id).withCoder(StringUtf8Coder.of()))
              .apply("Feed", ParDo.of(new FeedFn()))
              .setCoder(VarIntCoder.of()));
      return pipeline;
    }
  }

  private void write(String uri, boolean bounded, PCollection<Integer> numbers) {
    Endpoint endpoint = Endpoint.of("--answers", uri);
    Connector.Target<Answer<Incident<Shop>, Alert>> target =
        Connector.of(endpoint, Ability.UPSERT, Ability.APPEND)
            .target(
                endpoint,
                rowsOf(OUTPUT),
                new Connector.Run(bounded, RunFolder.create(), numbers.getPipeline().getOptions()));
    target.check().run();
    POutput written =
        numbers
            .apply(
                "Alert",
                MapElements.into(new TypeDescriptor<Answer<Incident<Shop>, Alert>>() {})
                    .via(SentRows::alert))
            .setCoder(
                AnswerCoder.of(
                    IncidentCoder.of(RecordCoder.of(Shop.class)), RecordCoder.of(Alert.class)))
            .apply(OUTPUT + ".Write", target.write());
    if (written instanceof PCollectionTuple tuple) {
      tuple.get(TooLong.REPLACED).apply("Gather", ParDo.of(new GatherFn(id)));
    }
  }

  private static Rows<Answer<Incident<Shop>, Alert>> rowsOf(String output) {
    return new Rows<>(
        output,
        "",
        true,
        false,
        RowFormat.effects(Shop.class, Alert.class),
        TooLong.answers(output),
        null);
  }

  private static Answer<Incident<Shop>, Alert> alert(int number) {
    return new Answer<>(
        new Incident<>(name(number), new Shop("shop \"" + number + "\"")),
        START,
        START.plusSeconds(60),
        0,
        new Alert(number % 2 == 0 ? "high" : "low", number, "number\n" + number));
  }

  /** The name of a row. */
  public static String name(int number) {
    return "shop-" + number;
  }

  /** The names of the rows from 1 to a number, sorted. */
  public static List<String> names(int last) {
    return IntStream.rangeClosed(1, last).mapToObj(SentRows::name).sorted().toList();
  }

  /** A row, as JSON. */
  public static String row(int number) {
    try {
      return new String(rowsOf(OUTPUT).format().json(alert(number)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds rows to a stream. */
  public void add(int first, int last) {
    IntStream.rangeClosed(first, last).forEach(rows::add);
  }

  /** The dead letters so far. */
  public synchronized List<DeadLetter> undelivered() {
    return List.copyOf(undelivered);
  }

  /**
   * Waits for a number of dead letters.
   *
   * @throws IllegalStateException if they take too long
   */
  public synchronized List<DeadLetter> undelivered(int count) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (undelivered.size() < count) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new IllegalStateException("dead letters: " + undelivered);
      }
      wait(left);
    }
    return List.copyOf(undelivered);
  }

  private synchronized void add(DeadLetter letter) {
    undelivered.add(letter);
    notifyAll();
  }

  /** Cancels a stream. */
  @Override
  public void close() {
    RUNS.remove(id);
    if (running != null) {
      try {
        PipelineResult.State unused = running.cancel();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The rows of a stream, as they are added, until it is closed. */
  @DoFn.UnboundedPerElement
  static final class FeedFn extends DoFn<String, Integer> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public ProcessContinuation process(
        @Element String run,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<Integer> out) {
      SentRows rows = RUNS.get(run);
      long at = tracker.currentRestriction().getFrom();
      while (rows != null && at < rows.rows.size()) {
        if (!tracker.tryClaim(at)) {
          return ProcessContinuation.stop();
        }
        out.output(rows.rows.get((int) at));
        at++;
      }
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(20));
    }

    @GetInitialRestriction
    public OffsetRange all() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }
  }

  private static final class GatherFn extends DoFn<DeadLetter, Void> {

    private static final long serialVersionUID = 1L;

    private final String run;

    GatherFn(String run) {
      this.run = run;
    }

    @ProcessElement
    public void process(@Element DeadLetter letter) {
      RUNS.get(run).add(letter);
    }
  }
}
