package dhara.assembly;

import dhara.connectors.Aside;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.ResultSet;
import dhara.connectors.RunFolder;
import dhara.events.DeadLetter;
import dhara.events.LateEvent;
import dhara.ledger.Ledger;
import dhara.ledger.ShedLedger;
import dhara.metrics.DeadLetterReasons;
import dhara.metrics.Delays.Due;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.EarlyOptions;
import dhara.options.ProvisionalOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.effect.Incident;
import dhara.transforms.effect.OncePerIncident;
import dhara.transforms.revision.NumberRevisions;
import dhara.transforms.revision.Revision;
import dhara.transforms.windows.InGlobalWindow;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.POutput;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes the answers of an analysis, and everything else that a run writes. Answers get the
 * revisions that their store needs, effects fire once for each incident, and rows are counted.
 *
 * <pre>
 *   answers ─▶ in the range ─┬▶ withdrawals of what is there ─┬▶ revisions ─▶ write
 *                            └────────────────────────────────┘
 * </pre>
 */
final class Sinks {

  private final Analysis<?> analysis;
  private final DharaOptions options;
  private final TimeRange range;
  private final Sources sources;
  private final RunFolder folder;
  private final Plan plan;
  private final Shedding shedding;
  private final Map<String, List<Endpoint>> endpoints;
  private final Set<String> named;
  private final Written counted = new Written();
  private final List<Sink<?>> written = new ArrayList<>();
  private final Set<Output<?, ?>> answered = new HashSet<>();
  private final List<Output<?, ?>> heldBack = new ArrayList<>();
  private final List<Output<?, ?>> kept = new ArrayList<>();
  private final List<PCollection<DeadLetter>> replaced = new ArrayList<>();
  private final Instant started = Instant.now();

  /**
   * The sinks at the endpoints that the user named.
   *
   * @throws BadOption if one is malformed, or belongs to no output
   */
  Sinks(
      Analysis<?> analysis,
      DharaOptions options,
      TimeRange range,
      Sources sources,
      RunFolder folder,
      Plan plan,
      Shedding shedding) {
    this.analysis = analysis;
    this.options = options;
    this.range = range;
    this.sources = sources;
    this.folder = folder;
    this.plan = plan;
    this.shedding = shedding;
    List<String> outputs = analysis.outputs().stream().map(Output::name).toList();
    Endpoints answers = Endpoints.of("--answers", outputs);
    this.endpoints = answers.read(options.getAnswers(), outputs);
    this.named = answers.read(options.getAnswers(), List.of()).keySet();
    outputs.forEach(
        name -> endpoints.computeIfAbsent(name, n -> List.of(Endpoint.of("--answers", "console"))));
  }

  /** The endpoint of an output's answers. */
  Endpoint endpoint(Output<?, ?> output) {
    return endpoints.get(output.name()).get(0);
  }

  /** Whether the user has named an output, and not only all of them. */
  boolean wants(Output<?, ?> output) {
    return named.contains(output.name());
  }

  /** All sinks. */
  List<Sink<?>> written() {
    return written;
  }

  /** Outputs whose answers a bounded run keeps in its folder. */
  List<Output<?, ?>> kept() {
    return List.copyOf(kept);
  }

  /** Outputs whose answers a backfill holds back, because they have effects. */
  List<Output<?, ?>> heldBack() {
    return List.copyOf(heldBack);
  }

  /** Dead letters that replace answers that are too long for their store. */
  List<PCollection<DeadLetter>> replaced() {
    return replaced;
  }

  /** All places that are written to. */
  List<Place> places() {
    return written.stream().map(Sink::destination).toList();
  }

  /**
   * The inputs that outputs of a stream may be written to. A backfill would replace what it reads.
   */
  Map<String, String> feeds() {
    return sources.bounded()
        ? Map.of()
        : analysis.outputs().stream()
            .filter(output -> output.feeds() != null)
            .collect(Collectors.toMap(Output::name, Output::feeds));
  }

  /** Writes the answers of an output for windows in the range. */
  <K extends Record, V extends Record> void answers(
      Output<K, V> output, PCollection<Answer<K, V>> covered) {
    answered.add(output);
    boolean first = isFirst(output);
    OncePerIncident<K, V> effect = output.effect();
    if (effect == null) {
      write(
          output,
          options.getOverwrite()
              ? overwriting(output, covered, first)
              : shedding.written(output, covered),
          answers(output));
    } else if (sources.bounded() && !options.getEffects()) {
      heldBack.add(output);
      plan.holdsBack(output.name());
    } else {
      write(
          output,
          shedding.effects(output, covered.apply(output.name() + ".Incidents", effect)),
          effects(output));
    }
  }

  private boolean isFirst(Output<?, ?> output) {
    return analysis.outputs().indexOf(output) == 0;
  }

  /**
   * Whether the rows of an output go to the topic that its endpoint names. Those of a reference
   * must, because whoever reads the reference reads that topic.
   */
  private boolean asNamed(Output<?, ?> output) {
    return isFirst(output) || (output.feeds() != null && wants(output));
  }

  private <K extends Record, V extends Record> Sink<Answer<K, V>> answers(Output<K, V> output) {
    return Sink.answers(
        endpoint(output), output, asNamed(output), sources.bounded() ? null : due(options), run());
  }

  private <K extends Record, V extends Record> Sink<Answer<Incident<K>, V>> effects(
      Output<K, V> output) {
    return Sink.effects(endpoint(output), output, asNamed(output), run());
  }

  /** Notes where the answers of an output would go. The store is asked nothing. */
  <K extends Record, V extends Record> void unwritten(Output<K, V> output) {
    answered.add(output);
    checkRevision(options.getRevision());
    if (output.effect() == null) {
      if (options.getOverwrite()) {
        checkOverwrite(endpoint(output));
      }
      written.add(answers(output));
    } else if (sources.bounded() && !options.getEffects()) {
      heldBack.add(output);
    } else {
      written.add(effects(output));
    }
  }

  /** Notes where everything but the answers would go. */
  void unwrittenAsides() {
    written.add(deadLetters());
    if (sources.bounded()) {
      refuseLate();
    } else {
      written.add(late());
    }
    written.add(ledger());
    if (sheds()) {
      written.add(shed());
    }
  }

  /** Refuses {@code --late} in a backfill. */
  void refuseLate() {
    if (options.getLate() != null) {
      throw new BadOption(
          "--late",
          options.getLate(),
          "is for streams: in a backfill nothing is late; leave it out");
    }
  }

  /** The sink of dead letters. */
  Sink<DeadLetter> deadLetters() {
    String given = options.getDeadLetters();
    return Sink.deadLetters(aside("--deadLetters", given), given == null, run());
  }

  /** The sink of a stream's late events. */
  Sink<LateEvent> late() {
    String given = options.getLate();
    return Sink.late(aside("--late", given), given == null, run());
  }

  /** The sink of the ledger. */
  Sink<Ledger> ledger() {
    String given = options.getLedger();
    return Sink.ledger(aside("--ledger", given), given == null, run());
  }

  /** Whether it may shed one of the outputs that were given. */
  boolean sheds() {
    return shedding.sheds(answered);
  }

  /** The sink of what is shed, beside the ledger. */
  Sink<ShedLedger> shed() {
    return Sink.shed(aside("--ledger", options.getLedger()), run());
  }

  /** The endpoint of an option, or else that of the first output. */
  private Endpoint aside(String option, @Nullable String given) {
    return given == null ? endpoint(analysis.outputs().get(0)) : Endpoint.of(option, given);
  }

  /** The answers, plus withdrawals of those in the store that are not among them. */
  private <K extends Record, V extends Record> PCollection<Answer<K, V>> overwriting(
      Output<K, V> output, PCollection<Answer<K, V>> answers, boolean first) {
    Endpoint endpoint = endpoint(output);
    checkOverwrite(endpoint);
    ResultSet store = ResultSet.of(endpoint);
    String name = first && !store.namesOutputs() ? "" : output.name();
    if (!store.names().contains(name)) {
      return answers;
    }
    String step = output.name() + ".Overwrite";
    PCollection<Answer<K, V>> withdrawn =
        answers.apply(step, Overwrite.of(store, output, name, range));
    counted.count(withdrawals(output.name()), withdrawn);
    return PCollectionList.of(answers.apply(step + ".Answers", InGlobalWindow.into()))
        .and(withdrawn)
        .apply(step + ".All", Flatten.pCollections());
  }

  private void checkOverwrite(Endpoint endpoint) {
    if (!sources.bounded()) {
      throw new BadOption(
          "--overwrite", true, "is for backfills; a stream withdraws its own answers by itself");
    }
    Set<Connector.Ability> can =
        Connector.of(endpoint, Connector.Ability.UPSERT, Connector.Ability.APPEND).abilities();
    if (!can.containsAll(Overwrite.NEEDS)) {
      throw new BadOption(
          "--overwrite",
          true,
          "is for answers in a store whose rows can be read back and replaced, as those of a topic"
              + " can, and --answers="
              + endpoint
              + " is none; leave --overwrite out");
    }
  }

  /** The name of an output's withdrawals in {@link Written}. */
  private static String withdrawals(String output) {
    return output + ".Withdrawn";
  }

  private <K, V> void write(
      Output<?, ?> output, PCollection<Answer<K, V>> answers, Sink<Answer<K, V>> sink) {
    checked(sink);
    plan.writes(output.name(), sink.named());
    if (sink.kept()) {
      kept.add(output);
    } else if (sources.bounded()) {
      counted.count(output.name(), answers);
    }
    POutput writing = revised(output, answers, sink).apply(output.name() + ".Write", sink.write());
    Sink.replaced(writing)
        .ifPresent(
            letters -> {
              replaced.add(letters);
              if (!sources.bounded()) {
                letters.apply(output.name() + ".DeadLetters", DeadLetterReasons.shown());
              }
            });
  }

  /**
   * When an answer of a stream is due: at the end of its window. A revision depends on when its
   * late event came, so it tells nothing about the stream's latency and is not counted. But with
   * early answers, the one at the end of the window is a revision too and is counted. Of answers at
   * arrival none is known to be the first; those of count 0 are counted, and corrections are not.
   */
  static <K, V> Due<Answer<K, V>> due(DharaOptions options) {
    boolean early =
        options instanceof EarlyOptions windows
            && windows.getEarly() != null
            && !windows.getEarly().isZero();
    boolean provisional =
        options instanceof ProvisionalOptions arrivals && arrivals.getProvisional();
    return answer ->
        early || answer.first() || (provisional && answer.revision() % Revision.COUNTS == 0)
            ? answer.end().toEpochMilli()
            : Due.NEVER;
  }

  /**
   * Numbers revisions so that later answers replace earlier ones: those of a stream restored from a
   * checkpoint replace its answers since then, and those of a backfill replace the stream's.
   */
  private <K, V> PCollection<Answer<K, V>> revised(
      Output<?, ?> output, PCollection<Answer<K, V>> answers, Sink<Answer<K, V>> sink) {
    Long given = options.getRevision();
    checkRevision(given);
    PCollection<Answer<K, V>> taken =
        sink.deletes() || sources.bounded()
            ? answers
            : answers.apply(output.name() + ".Given", Filter.by(answer -> !answer.isWithdrawn()));
    long first = given != null ? given : first(sink);
    return sources.bounded() && first == 0
        ? taken
        : taken.apply(
            output.name() + ".Revision",
            NumberRevisions.<K, V>from(first)
                .atOnce(ProvisionalOptions.provisional(options, analysis.options())));
  }

  private void checkRevision(@Nullable Long given) {
    if (given != null && given < 0) {
      throw new BadOption("--revision", given, "is below zero, e.g. --revision=1");
    }
    if (given != null && !sources.bounded()) {
      throw new BadOption(
          "--revision", given, "is for backfills; a stream's revisions are by the clock");
    }
  }

  /**
   * The first revision for a sink; in a backfill it is higher than those that a stream has written.
   */
  long first(Sink<?> sink) {
    if (!sources.bounded() || !sink.over()) {
      return 0;
    }
    // A server runs a backfill again at each start: above its earlier runs, and below what a stream
    // has answered.
    return sink.inFolder() ? started.getEpochSecond() : Revision.at(started).number();
  }

  /** The description of the run for connectors. */
  Connector.Run run() {
    return new Connector.Run(sources.bounded(), folder, options);
  }

  private <T> void checked(Sink<T> sink) {
    sink.check();
    written.add(sink);
  }

  /** Writes rows other than answers: dead letters, late events, the ledger. */
  <T> void write(String step, List<PCollection<T>> parts, Sink<T> sink) {
    checked(sink);
    plan.writes(words(step), sink.named());
    PCollection<T> rows = Sources.flattened(step, parts);
    if (sources.bounded() && !sink.kept()) {
      counted.count(sink.name(), rows);
    }
    rows.apply(step + ".Write", sink.write());
  }

  /** Writes dead letters, and counts those of a bounded run by their reasons. */
  void deadLetters(List<PCollection<DeadLetter>> parts, Sink<DeadLetter> sink) {
    write("DeadLetters", parts, sink);
    // Those that the run keeps are counted when they are shown. But among them may be rows that a
    // system did not take, of which the run must know the number.
    if (sources.bounded() && (!sink.kept() || !replaced.isEmpty())) {
      counted.reasons(Sources.flattened("DeadLetters.Reasons", parts));
    }
  }

  /** {@code DeadLetters} → {@code dead letters}, {@code LedgerOut} → {@code ledger}. */
  private static String words(String step) {
    return step.replaceFirst("Out$", "")
        .replaceAll("(?<=\\p{Ll})(?=\\p{Lu})", " ")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * Completes the sinks when everything is connected.
   *
   * @throws IllegalStateException if the analysis has given no answers for an output
   * @throws BadOption if the user has named an output that this run does not have
   */
  void finish() {
    for (Output<?, ?> output : analysis.outputs()) {
      if (!answered.contains(output) && output.optional() && wants(output)) {
        throw new BadOption(
            "--answers",
            output.name() + "=" + endpoint(output),
            "is an output that this run does not have, because an input or an option that it comes"
                + " from is left out; leave it out too, or give that");
      } else if (!answered.contains(output) && !output.optional()) {
        throw new IllegalStateException(analysis.name() + " gave no answers for " + output.name());
      }
    }
    counted.leave(folder);
  }

  /** How many rows of a bounded run a system did not take. */
  long undelivered() throws IOException {
    return Written.undelivered(Written.left(folder));
  }

  /** What a bounded run has written, a line for each output that is not the console. */
  List<String> wrote() throws IOException {
    Map<String, Long> counts = Written.left(folder);
    List<String> lines = new ArrayList<>();
    for (Sink<?> sink : written) {
      if (!sink.kept()) {
        long rows = counts.getOrDefault(sink.name(), 0L);
        long withdrawn = counts.getOrDefault(withdrawals(sink.name()), 0L);
        lines.add(
            "%s: %,d %s %s%s%s"
                .formatted(
                    sink.name(),
                    rows,
                    rows == 1 ? "row" : "rows",
                    sink.place(),
                    withdrawn == 0
                        ? ""
                        : "; %,d of them withdraw what this backfill does not have"
                            .formatted(withdrawn),
                    sink.name().equals(Aside.DEAD_LETTERS) ? Written.reasons(counts) : ""));
      }
    }
    return lines;
  }
}
