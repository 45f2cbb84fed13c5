package dhara.assembly;

import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.RunFolder;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.ledger.Books;
import dhara.ledger.DeadLetterLimit;
import dhara.ledger.Ledger;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.LatenessOptions;
import dhara.options.UriText;
import dhara.pipelines.Analysis;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.reconcile.AnswerRow;
import dhara.reconcile.Comparison;
import dhara.reconcile.Report;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The whole pipeline around an analysis, written once for all of them.
 *
 * <pre>
 *   source ─▶ parse, stamp ─▶ range ─▶ unique by id ─▶ the analysis ─▶ answers
 *                  │            │           │               │
 *      dead letters, late    filtered   duplicates      aggregated  ─▶ ledger
 * </pre>
 */
public final class Assembly implements Flow, AutoCloseable {

  private static final String CHANGES = "changes";

  private final Analysis<?> analysis;
  private final DharaOptions options;
  private final Pipeline pipeline;
  private final TimeRange range;
  private final Mapping mapping;
  private final Tokenising tokenising;
  private final RunFolder folder = RunFolder.create();
  private final Books books = new Books();
  private final Plan plan = new Plan();
  private final Sources sources;
  private final Shedding shedding;
  private final Sinks sinks;
  private final Optional<DeadLetterLimit> limit;
  private final @Nullable Comparison existing;
  private final List<PCollection<AnswerRow>> compared = new ArrayList<>();

  private Assembly(Analysis<?> analysis, DharaOptions options, Pipeline pipeline) {
    this.analysis = analysis;
    this.options = options;
    this.pipeline = pipeline;
    InputOptions.check(analysis, options);
    this.range = TimeRange.of(options);
    this.mapping = InputOptions.mapping(options.getMap());
    this.tokenising = Tokenising.of(options, analysis.inputs());
    this.sources =
        new Sources(analysis, options, pipeline, range, mapping, tokenising, books, plan);
    this.shedding = Shedding.of(analysis, options);
    shedding.tell(options);
    this.sinks = new Sinks(analysis, options, range, sources, folder, plan, shedding);
    this.existing = comparison();
    this.limit = DeadLetterLimit.of(options.getMaxDeadLetters());
  }

  /**
   * Builds the pipeline of an analysis, and checks every endpoint.
   *
   * @throws BadOption if the options cannot be obeyed; then nothing has run
   */
  public static <O extends DharaOptions> Assembly of(Analysis<O> analysis, O options) {
    Assembly assembly = new Assembly(analysis, options, Pipeline.create(options));
    boolean built = false;
    try {
      analysis.build(assembly, options);
      assembly.finish();
      built = true;
    } finally {
      if (!built) {
        assembly.close();
      }
    }
    return assembly;
  }

  /** The complete pipeline. */
  public Pipeline pipeline() {
    return pipeline;
  }

  /** Whether it ends by itself: every source is bounded. */
  public boolean bounded() {
    return sources.bounded();
  }

  /**
   * Creates missing topics that it writes to; call it before the pipeline runs.
   *
   * @throws BadOption if one cannot be created
   */
  public void prepare() {
    sinks.written().forEach(Sink::create);
  }

  /** The folder of rows for the console. */
  public RunFolder folder() {
    return folder;
  }

  /** Deletes the rows kept for the console, and releases the folders that it writes to. */
  @Override
  public void close() {
    try {
      for (Sink<?> sink : sinks.written()) {
        sink.release();
      }
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete temporary files: " + e.getMessage(), e);
    }
  }

  /** The endpoint of an output's answers. */
  public Endpoint sink(Output<?, ?> output) {
    return sinks.endpoint(output);
  }

  /** Where the answers of the first output go, for a person. */
  public String answersTo() {
    return sink(analysis.outputs().get(0)).toString();
  }

  /** Outputs whose answers the run keeps in its folder, for the command to show. */
  public List<Output<?, ?>> kept() {
    return sinks.kept();
  }

  /** Outputs whose answers a backfill holds back, because they have effects. */
  public List<Output<?, ?>> heldBack() {
    return sinks.heldBack();
  }

  /**
   * The ledger of each input, after a bounded run.
   *
   * @throws IllegalStateException if there is none, because the engine wrote it on another machine
   */
  public List<Ledger> ledgers() throws IOException {
    return Books.left(folder);
  }

  /** How many bytes it will read in total; negative if unknown. */
  public long bytes() {
    return plan.bytes();
  }

  /** What it reads, creates and writes, as lines for a person. */
  public List<String> plan() {
    return plan.lines(mapping.toString(), tokenising.line(), range);
  }

  /** What a bounded run has written, a line for each output that is not the console. */
  public List<String> wrote() throws IOException {
    return sinks.wrote();
  }

  /** How many rows of a bounded run a system such as a webhook did not take. */
  public long undelivered() throws IOException {
    return sinks.undelivered();
  }

  /**
   * Why the results of a bounded run are not valid although its ledger balances; empty if they are.
   */
  public List<String> objections(List<Ledger> ledgers) {
    List<String> objections = new ArrayList<>();
    for (Ledger ledger : ledgers) {
      limit.flatMap(most -> most.exceeded(ledger)).ifPresent(objections::add);
      if (ledger.unused() && !options.getAllowUnused()) {
        objections.add(
            ledger.input() + ": none of its events was used; with --allowUnused=true that is fine");
      }
    }
    return objections;
  }

  /** Marks the folders that it wrote as complete; call it when its results are valid. */
  public void succeed(List<Ledger> ledgers) {
    sinks.written().forEach(sink -> sink.succeed(ledgers));
  }

  @Override
  public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
    return sources.events(input, windows);
  }

  @Override
  public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
    return sources.reference(input, windows);
  }

  @Override
  public boolean reads(Input<?> input) {
    return sources.reads(input);
  }

  @Override
  public boolean wants(Output<?, ?> output) {
    return sinks.wants(output);
  }

  @Override
  public <K extends Record, V extends Record> void answers(
      Output<K, V> output, PCollection<Answer<K, V>> answers) {
    PCollection<Answer<K, V>> covered =
        range.equals(TimeRange.ALL)
            ? answers
            : answers.apply(output.name() + ".Whole", Filter.by(range::covers));
    if (existing != null && !output.acts()) {
      compared.add(existing.rows(output, covered));
    }
    if (!bounded()) {
      books.follow(output.name(), covered);
    }
    sinks.answers(output, covered);
  }

  private Duration lateness() {
    return options instanceof LatenessOptions late ? late.getLateness() : Duration.ZERO;
  }

  private @Nullable Comparison comparison() {
    if (options.getCompareTo() == null) {
      return null;
    }
    return Comparison.with(
        Endpoint.of("--compareTo", options.getCompareTo()),
        new Comparison.Asked(
            analysis, options.getFrom(), options.getUntil(), 0, "none", "none", mapping, false));
  }

  /** What this backfill has changed compared with the earlier answers, after it has run. */
  public Optional<Report> changes() throws IOException {
    if (existing == null) {
      return Optional.empty();
    }
    if (!folder.holds(CHANGES)) {
      throw new IllegalStateException(
          "no comparison came back to "
              + folder.path(CHANGES)
              + ": the engine runs on another machine; compare afterwards, with reconcile");
    }
    return Optional.of(
        new Report(
            "this backfill",
            UriText.shown(options.getCompareTo()),
            existing.causes(),
            existing.lacking(),
            Report.parse(folder.lines(CHANGES))));
  }

  static BadOption noEndToCompareAt(DharaOptions options) {
    return new BadOption(
        "--compareTo",
        options.getCompareTo(),
        "is for backfills; a stream has no end to compare at");
  }

  private void finish() {
    shedding.checkStreams(bounded());
    if (existing != null && !bounded()) {
      throw noEndToCompareAt(options);
    } else if (existing != null) {
      existing
          .findings(PCollectionList.of(compared))
          .apply("Changes", Report.keptIn(folder.path(CHANGES)));
    }
    List<PCollection<DeadLetter>> deadLetters = new ArrayList<>(sources.deadLetters());
    deadLetters.addAll(sinks.replaced());
    sinks.deadLetters(deadLetters, sinks.deadLetters());
    if (bounded()) {
      sinks.refuseLate();
    }
    if (!sources.lateEvents().isEmpty()) {
      sinks.write("Late", sources.lateEvents(), sinks.late());
    }
    Sink<Ledger> ledger = sinks.ledger();
    PCollection<Ledger> ledgers =
        bounded() ? books.bounded() : books.soFar(ledger.pace(), limit, lateness());
    if (bounded()) {
      Books.leave(ledgers, folder);
    }
    if (!ledger.kept()) { // what the run keeps, the command shows
      sinks.write("LedgerOut", List.of(Books.revised(ledgers, sinks.first(ledger))), ledger);
    }
    if (sinks.sheds()) {
      sinks.write("ShedOut", List.of(shedding.ledgers(ledger.pace())), sinks.shed());
    }
    sinks.finish();
    Place.check(sources.places(), sinks.places(), sinks.feeds());
  }
}
