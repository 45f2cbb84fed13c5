package dhara.ledger;

import dhara.connectors.Counts;
import dhara.connectors.LeaveLines;
import dhara.connectors.RunFolder;
import dhara.formats.RecordFields;
import dhara.metrics.MeteredStep;
import dhara.records.RecordCoder;
import dhara.transforms.revision.Epochs;
import dhara.transforms.revision.Revision;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.unique.Unique;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The bookkeeping of a pipeline: counts events as elements of the pipeline, and adds them up to a
 * {@link Ledger} of each input. Counts are committed together with the events that they count, so a
 * retry, a restart or a recomputation cannot count twice, as metrics would.
 */
public final class Books {

  private static final String LEDGER = "ledger";
  private static final Coder<KV<String, Ledger>> ENTRIES =
      KvCoder.of(StringUtf8Coder.of(), RecordCoder.of(Ledger.class));

  private final List<PCollection<KV<String, Ledger>>> entries = new ArrayList<>();
  private final List<PCollection<KV<String, Ledger>>> followed = new ArrayList<>();
  private final Set<String> inputs = new LinkedHashSet<>();

  /** Counts elements of an input, each for all of the entries. */
  public <T> void count(String input, String step, List<Ledger.Entry> as, PCollection<T> elements) {
    add(
        input,
        step,
        elements.apply(step + ".Count", CountPerBundle.ofElements()),
        count -> entered(input, as, count));
  }

  private static Ledger entered(String input, List<Ledger.Entry> as, long count) {
    return as.stream()
        .map(entry -> Ledger.of(input, entry, count))
        .reduce(Ledger.ZERO, Ledger::plus);
  }

  /**
   * Takes the counts of a source of an input.
   *
   * @param each the entries of an event that is not late; empty if a range of time must still be
   *     applied
   */
  public void source(
      String input, String step, PCollection<Counts> counts, List<Ledger.Entry> each) {
    boolean sorted = !each.isEmpty();
    add(
        input,
        step,
        counts,
        of ->
            Ledger.of(input, Ledger.Entry.READ, of.read())
                .plus(Ledger.of(input, Ledger.Entry.DEAD_LETTERED, of.deadLettered()))
                .plus(Ledger.of(input, Ledger.Entry.PARSED, of.events() + of.late()))
                .plus(Ledger.of(input, Ledger.Entry.LATE, sorted ? of.late() : 0))
                .plus(entered(input, each, of.events())));
  }

  /** Takes the counts of {@link Unique} for an input. */
  public void unique(String input, String step, PCollection<Unique.Counts> counts) {
    add(
        input,
        step,
        counts,
        of ->
            Ledger.of(input, Ledger.Entry.AGGREGATED, of.unique())
                .plus(Ledger.of(input, Ledger.Entry.DUPLICATE, of.duplicates())));
  }

  private <C> void add(
      String input, String step, PCollection<C> parts, SerializableFunction<C, Ledger> ledger) {
    inputs.add(input);
    entries.add(
        parts.apply(step + ".Entry", ParDo.of(new EntryFn<>(input, ledger))).setCoder(ENTRIES));
  }

  /**
   * Follows answers of a stream, so that the watermark in the ledger is behind them too, and not
   * only behind events.
   */
  public <T> void follow(String output, PCollection<T> answers) {
    followed.add(answers.apply(output + ".Followed", OnlyWatermark.of(ENTRIES)));
  }

  /** The ledgers of a bounded pipeline, at its end. */
  public PCollection<Ledger> bounded() {
    return ledgers(
        PCollectionList.of(entries).apply("Ledger", Flatten.pCollections()), new RevisionFn());
  }

  /**
   * The ledgers of a stream so far: each replaces the one before of the same input.
   *
   * @param every how often, wall clock; the counts do not depend on it
   * @param limit of dead letters: a ledger beyond it ends the stream
   * @param lateness that the stream allows
   */
  public PCollection<Ledger> soFar(
      Duration every, Optional<DeadLetterLimit> limit, Duration lateness) {
    PCollection<KV<String, Ledger>> counts =
        PCollectionList.of(entries).apply("Ledger.Entries", Flatten.pCollections());
    PCollection<KV<String, Ledger>> readTo =
        counts.apply("Ledger.ReadTo", ParDo.of(new WatermarkFn(Ledger::readTo))).setCoder(ENTRIES);
    PCollection<KV<String, Ledger>> answeredTo =
        PCollectionList.of(counts)
            .and(followed)
            .apply("Ledger.Followed", Flatten.pCollections())
            .apply("Ledger.AnsweredTo", ParDo.of(new WatermarkFn(Ledger::answeredTo)))
            .setCoder(ENTRIES);
    PCollection<Ledger> soFar =
        ledgers(
            PCollectionList.of(counts)
                .and(readTo)
                .and(answeredTo)
                .apply("Ledger", Flatten.pCollections())
                .apply("Ledger.SoFar", SoFar.every(every)),
            new SoFarFn(limit.orElse(null), lateness));
    for (String input : inputs) {
      soFar.apply(input + ".Ledger", LedgerGauges.of(input));
    }
    return soFar;
  }

  private static PCollection<Ledger> ledgers(
      PCollection<KV<String, Ledger>> entries, DoFn<KV<String, Ledger>, Ledger> revision) {
    return entries
        .apply(
            "Ledger.Sum",
            Combine.perKey(
                TallyFn.of(Ledger.ZERO, ledger -> ledger, Ledger.class, ledger -> ledger)))
        .apply("Ledger.Revision", ParDo.of(revision))
        .setCoder(RecordCoder.of(Ledger.class));
  }

  /** Ledgers whose revisions begin at a given one, to replace earlier ones. */
  public static PCollection<Ledger> revised(PCollection<Ledger> ledgers, long first) {
    return first == 0
        ? ledgers
        : ledgers
            .apply(
                "Ledger.Over",
                MapElements.into(TypeDescriptor.of(Ledger.class))
                    .via(ledger -> ledger.withRevision(first + ledger.revision())))
            .setCoder(ledgers.getCoder());
  }

  /** Writes ledgers to the run's folder, where the command reads them at the end. */
  public static void leave(PCollection<Ledger> ledgers, RunFolder folder) {
    RecordFields<Ledger> fields = RecordFields.of(Ledger.class);
    ledgers
        .apply(
            "Ledger.Line",
            MapElements.into(TypeDescriptors.strings())
                .via(ledger -> new String(fields.json(ledger), StandardCharsets.UTF_8)))
        .apply("Ledger.Leave", LeaveLines.in(folder.path(LEDGER)));
  }

  /**
   * The ledgers that {@link #leave} wrote, by input.
   *
   * @throws IllegalStateException if there are none, because the engine wrote them on another
   *     machine
   */
  public static List<Ledger> left(RunFolder folder) throws IOException {
    if (!folder.holds(LEDGER)) {
      throw new IllegalStateException(
          "no ledger came back to "
              + folder.path(LEDGER)
              + ": the engine runs on another machine, so it is unknown here whether every event "
              + "was counted; --ledger=files:DIR or kafka:// writes it where you can read it");
    }
    List<Ledger> ledgers = new ArrayList<>();
    for (String line : folder.lines(LEDGER)) {
      ledgers.add(Ledger.read(line));
    }
    ledgers.sort(Comparator.comparing(Ledger::input));
    return ledgers;
  }

  /** Converts counts to ledgers, and shows them as metrics of the engine too. */
  static final class EntryFn<C> extends DoFn<C, KV<String, Ledger>> {

    private static final long serialVersionUID = 1L;

    private final String input;
    private final SerializableFunction<C, Ledger> ledger;
    private final EnumMap<Ledger.Entry, Counter> counters = new EnumMap<>(Ledger.Entry.class);

    EntryFn(String input, SerializableFunction<C, Ledger> ledger) {
      this.input = input;
      this.ledger = ledger;
      for (Ledger.Entry entry : Ledger.Entry.values()) {
        counters.put(entry, MeteredStep.counter(entry.label()));
      }
    }

    @Setup
    public void setup(PipelineOptions options) {
      MeteredStep.meter(options);
    }

    @ProcessElement
    public void process(@Element C counts, OutputReceiver<KV<String, Ledger>> out) {
      Ledger entered = ledger.apply(counts);
      counters.forEach(
          // Zeros too, because an alert rule needs every metric to exist.
          (entry, counter) -> counter.inc(entered.count(entry)));
      out.output(KV.of(input, entered));
    }
  }

  /** A backfill has one ledger, at its end. */
  private static final class RevisionFn extends DoFn<KV<String, Ledger>, Ledger> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<String, Ledger> ledger, OutputReceiver<Ledger> out) {
      out.output(ledger.getValue().withRevision(0));
    }
  }

  /** Each ledger of a stream replaces the one before. */
  static final class SoFarFn extends DoFn<KV<String, Ledger>, Ledger> {

    private static final long serialVersionUID = 1L;

    @StateId("epoch")
    private final StateSpec<ValueState<Long>> epochSpec = Epochs.state();

    private final @Nullable DeadLetterLimit limit;
    private final Duration lateness;
    private transient Epochs epochs;

    SoFarFn(@Nullable DeadLetterLimit limit, Duration lateness) {
      this.limit = limit;
      this.lateness = lateness;
    }

    @Setup
    public void setUp() {
      epochs = new Epochs(System::currentTimeMillis);
    }

    @ProcessElement
    public void process(
        @Element KV<String, Ledger> ledger,
        PaneInfo pane,
        @StateId("epoch") ValueState<Long> state,
        OutputReceiver<Ledger> out) {
      if (limit != null) {
        Optional<String> exceeded = limit.exceededSoFar(ledger.getValue());
        if (exceeded.isPresent()) {
          throw StreamStopped.because(exceeded.get());
        }
      }
      long epoch = epochs.of(ledger.getKey(), state);
      out.output(
          ledger
              .getValue()
              .settledBehind(lateness)
              .withRevision(new Revision(epoch, pane.getIndex()).number()));
    }
  }
}
