package dhara.assembly;

import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.Place;
import dhara.connectors.Reading;
import dhara.connectors.RunFolder;
import dhara.connectors.TimeBounds;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.formats.mapping.Mapping;
import dhara.ledger.Books;
import dhara.ledger.DeadLetterLimit;
import dhara.ledger.Ledger;
import dhara.metrics.DeadLetterReasons;
import dhara.metrics.Delays.Due;
import dhara.options.BackfillOptions;
import dhara.options.BadOption;
import dhara.options.Bounds;
import dhara.options.DharaOptions;
import dhara.options.UriText;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.reconcile.AnswerRow;
import dhara.reconcile.Comparison;
import dhara.reconcile.Report;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.effect.OncePerIncident;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.Version;
import dhara.transforms.revision.NumberRevisions;
import dhara.transforms.revision.Revision;
import dhara.transforms.unique.Unique;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.POutput;
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

  /** What a version of a reference can miss: the moment from which it holds. */
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final Analysis<?> analysis;
  private final DharaOptions options;
  private final Pipeline pipeline;
  private final Map<String, List<Endpoint>> sources;
  private final Map<String, List<Endpoint>> sinks;
  private final TimeRange range;
  private final Mapping mapping;
  private final RunFolder folder = RunFolder.create();
  private final @Nullable Comparison existing;
  private final Optional<DeadLetterLimit> limit;
  private final List<PCollection<AnswerRow>> compared = new ArrayList<>();
  private final Books books = new Books();
  private final List<Place> placesRead = new ArrayList<>();
  private final Plan plan = new Plan();
  private final Written counted = new Written();
  private final List<Sink<?>> written = new ArrayList<>();
  private final Set<Output<?, ?>> answered = new HashSet<>();
  private final List<Output<?, ?>> heldBack = new ArrayList<>();
  private final List<Output<?, ?>> kept = new ArrayList<>();
  private final List<PCollection<DeadLetter>> deadLetters = new ArrayList<>();
  private final List<PCollection<LateEvent>> lateEvents = new ArrayList<>();
  private final Instant started = Instant.now();
  private boolean bounded = true;

  private Assembly(Analysis<?> analysis, DharaOptions options, Pipeline pipeline) {
    this.analysis = analysis;
    this.options = options;
    this.pipeline = pipeline;
    if (options.getEvents() == null) {
      throw new BadOption("--events", null, "is missing; name a file, a glob or a topic");
    }
    Bounds.check(options, analysis.options());
    InputOptions.checkMaxEventBytes(options.getMaxEventBytes());
    this.range = TimeRange.of(options);
    List<String> inputs = analysis.inputs().stream().map(Input::name).toList();
    List<String> outputs = analysis.outputs().stream().map(Output::name).toList();
    this.sources =
        Endpoints.of("--events", inputs).several().read(options.getEvents(), inputs.subList(0, 1));
    if (options.getCutover() != null
        && (sources.values().stream().noneMatch(s -> s.size() == 2)
            || sources.values().stream().anyMatch(s -> s.size() > 2))) {
      throw new BadOption(
          "--cutover",
          options.getCutover(),
          "needs two sources: give --events twice, the one before it first");
    }
    this.sinks = Endpoints.of("--answers", outputs).read(options.getAnswers(), outputs);
    outputs.forEach(
        name -> sinks.computeIfAbsent(name, n -> List.of(Endpoint.of("--answers", "console"))));
    this.mapping = InputOptions.mapping(options.getMap());
    this.existing = comparison();
    this.limit = DeadLetterLimit.of(options.getMaxDeadLetters());
    if (options.getWithout() != null
        && sources.values().stream()
            .flatMap(List::stream)
            .noneMatch(
                source ->
                    Connector.of(source, Connector.Ability.READ)
                        .abilities()
                        .contains(Connector.Ability.REREAD))) {
      throw new BadOption(
          "--without",
          options.getWithout(),
          "names records of a topic by their offsets, and no topic is read:"
              + " --events=kafka://…?end=latest");
    }
  }

  /**
   * Builds the pipeline of an analysis, and checks every endpoint.
   *
   * @throws BadOption where the options cannot be obeyed; nothing has run then
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

  /** The pipeline, built whole. */
  public Pipeline pipeline() {
    return pipeline;
  }

  /** Whether it ends by itself: every source is bounded. */
  public boolean bounded() {
    return bounded;
  }

  /**
   * Makes the topics that it writes to, where they are not there; to be called before it runs.
   *
   * @throws BadOption where one cannot be made
   */
  public void prepare() {
    written.forEach(Sink::create);
  }

  /** What the run leaves for the console. */
  public RunFolder folder() {
    return folder;
  }

  /** Deletes what the run has left for the console, and lets go of the folders it writes to. */
  @Override
  public void close() {
    try {
      for (Sink<?> sink : written) {
        sink.release();
      }
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete temporary files: " + e.getMessage(), e);
    }
  }

  /** Where an output's answers go. */
  public Endpoint sink(Output<?, ?> output) {
    return sinks.get(output.name()).get(0);
  }

  /** Outputs whose answers the run keeps in its folder, for the command to show. */
  public List<Output<?, ?>> kept() {
    return List.copyOf(kept);
  }

  /** Outputs whose answers a backfill holds back, because they have effects. */
  public List<Output<?, ?>> heldBack() {
    return List.copyOf(heldBack);
  }

  /**
   * The ledger of each input, after a bounded run.
   *
   * @throws IllegalStateException where none came back: the engine wrote it on another machine
   */
  public List<Ledger> ledgers() throws IOException {
    return Books.left(folder);
  }

  /** How many bytes it will have read at its end; below zero where nobody knows. */
  public long bytes() {
    return plan.bytes();
  }

  /** What it reads, makes and writes, in lines for a person. */
  public List<String> plan() {
    return plan.lines(mapping.toString(), range);
  }

  /** What a bounded run wrote where, a line for each output that is not the console. */
  public List<String> wrote() throws IOException {
    Map<String, Long> counts = Written.left(folder);
    List<String> lines = new ArrayList<>();
    for (Sink<?> sink : written) {
      if (!sink.kept()) {
        long rows = counts.getOrDefault(sink.name(), 0L);
        lines.add(
            "%s: %,d %s %s".formatted(sink.name(), rows, rows == 1 ? "row" : "rows", sink.place()));
      }
    }
    return lines;
  }

  /**
   * Why the results of a bounded run cannot stand although its ledger balances; nothing where they
   * can.
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

  /** Marks the folders that it wrote as whole: to be called when its results are known to stand. */
  public void succeed(List<Ledger> ledgers) {
    written.forEach(sink -> sink.succeed(ledgers));
  }

  @Override
  public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
    plan.windows(input.name(), windows);
    Lateness lateness = Lateness.of(windows);
    Duration margin =
        range.equals(TimeRange.ALL) ? Duration.ZERO : longest(Windows::margin, windows);
    List<PCollection<T>> read = new ArrayList<>();
    for (Part part : parts(input)) {
      read.add(read(input, part, lateness, margin));
    }
    if (options.getCutover() == null
        && read.stream().map(PCollection::isBounded).distinct().count() > 1) {
      throw new BadOption(
          "--events",
          String.join(",", sources.get(input.name()).stream().map(Endpoint::toString).toList()),
          "is a stream beside what ends: say from when on the stream counts, and up to when the"
              + " other, e.g. --cutover=2026-01-05T09:00:00Z");
    }
    PCollection<T> events = flattened(input.name() + ".Parts", read);
    if (options.getUnique()) {
      String step = input.name() + ".Unique";
      Unique<T> unique = Unique.byId(lateness.horizon());
      PCollectionTuple split = events.apply(step, unique);
      events = split.get(unique.unique());
      if (margin.isZero()) {
        books.unique(input.name(), step, split.get(unique.counts()));
      } else {
        PCollection<T> copies = counting(split.get(unique.duplicates()), step + ".Copies");
        books.count(input.name(), step + ".Duplicates", List.of(Ledger.Entry.DUPLICATE), copies);
        PCollection<T> first = counting(events, step + ".Counting");
        books.count(input.name(), step + ".First", List.of(Ledger.Entry.AGGREGATED), first);
      }
    }
    return events;
  }

  /**
   * A reference is read whole: a range cuts the facts, and no fact in it sees a version from behind
   * its end.
   */
  @Override
  public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
    Duration waits = options.getReferenceLateness();
    if (waits.isNegative()) {
      throw new BadOption(
          "--referenceLateness", waits, "is below zero, e.g. --referenceLateness=PT1M");
    }
    plan.holdsAsOfItsTime(input.name());
    Lateness lateness = Lateness.of(Windows.tumbling(MOMENT).withLateness(waits));
    List<EventSource<?>> facts = facts();
    List<PCollection<Version<T>>> read = new ArrayList<>();
    for (Endpoint endpoint : endpoints(input)) {
      String step = read.isEmpty() ? input.name() : input.name() + "." + (read.size() + 1);
      EventSource<T> source = source(input, endpoint).asReference(facts);
      EventSource.Read<T> part =
          opened(input, new Part(step, endpoint, TimeRange.ALL), source, lateness, events());
      part.late().ifPresent(lateEvents::add);
      read.add(part.events().apply(step + ".Versions", input.versions()));
      part.removals().ifPresent(read::add);
    }
    PCollection<Version<T>> records = flattened(input.name() + ".Parts", read);
    if (options.getUnique()) {
      String step = input.name() + ".Unique";
      Unique<Version<T>> unique = Unique.byId(lateness.horizon());
      PCollectionTuple split = records.apply(step, unique);
      books.unique(input.name(), step, split.get(unique.counts()));
      records = split.get(unique.unique());
    }
    AsOf<T> reference = AsOf.of(records, Lateness.of(windows).horizon()).withLateness(waits);
    return options.getReference() == BackfillOptions.Reference.now ? reference.newest() : reference;
  }

  /** Where the facts come from that are joined with references. */
  private List<EventSource<?>> facts() {
    List<EventSource<?>> facts = new ArrayList<>();
    for (Input<?> input : analysis.inputs()) {
      if (!input.isReference()) {
        endpoints(input).forEach(endpoint -> facts.add(source(input, endpoint)));
      }
    }
    return facts;
  }

  private <T extends Record & Event> PCollection<T> readWhole(
      Input<T> input, Part part, EventSource<T> source, Lateness lateness) {
    EventSource.Read<T> read = opened(input, part, source, lateness, events());
    read.late().ifPresent(lateEvents::add);
    return read.events();
  }

  /** Of events with a margin around them those that the ledger has not filtered. */
  private <T extends Event> PCollection<T> counting(PCollection<T> events, String step) {
    TimeRange counted = range; // a function that goes to workers takes no assembly along
    return events.apply(step, Filter.by(event -> counted.holds(event.at())));
  }

  /**
   * A source of an input.
   *
   * @param step what the names of its steps begin with
   * @param range what of it counts
   */
  private record Part(String step, Endpoint endpoint, TimeRange range) {}

  /** The sources of an input: those before and since the cutover, or all of them, united. */
  private List<Part> parts(Input<?> input) {
    String name = input.name();
    List<Endpoint> endpoints = endpoints(input);
    Instant cutover = options.getCutover();
    if (endpoints.size() == 2 && cutover != null) {
      return List.of(
          new Part(name + ".Before", endpoints.get(0), TimeRange.before(cutover)),
          new Part(name + ".Since", endpoints.get(1), TimeRange.since(cutover)));
    }
    List<Part> parts = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      String step = parts.isEmpty() ? name : name + "." + (parts.size() + 1);
      parts.add(new Part(step, endpoint, TimeRange.ALL));
    }
    return parts;
  }

  private List<Endpoint> endpoints(Input<?> input) {
    String name = input.name();
    List<Endpoint> endpoints = sources.get(name);
    if (endpoints == null) {
      throw new BadOption("--events", null, "names no " + name + "; add --events=" + name + "=URI");
    }
    return endpoints;
  }

  /**
   * Opens a source of an input, and enters what it counts.
   *
   * @param each what an event counts as, unless a range of time is still to sort it
   */
  private <T extends Record & Event> EventSource.Read<T> opened(
      Input<T> input,
      Part part,
      EventSource<T> source,
      Lateness lateness,
      List<Ledger.Entry> each) {
    source.check();
    placesRead.add(Place.read(part.endpoint(), input.name()));
    plan.reads(input.name(), part.endpoint(), source);
    String step = part.step();
    EventSource.Read<T> read = source.read(pipeline, step, lateness);
    bounded &= read.events().isBounded() == IsBounded.BOUNDED;
    books.source(input.name(), step + ".All", read.counts(), each);
    deadLetters.add(read.deadLetters());
    if (read.events().isBounded() == IsBounded.UNBOUNDED) {
      read.counts().apply(step + ".Source", SourceGauges.of(options.getDisorder()));
      read.deadLetters().apply(step + ".DeadLetters", DeadLetterReasons.shown());
    }
    return read;
  }

  /** The events of a source that count, and those of the margin around them. */
  private <T extends Record & Event> PCollection<T> read(
      Input<T> input, Part part, Lateness lateness, Duration margin) {
    EventSource<T> source = source(input, part.endpoint());
    if (range.equals(TimeRange.ALL) && part.range().equals(TimeRange.ALL)) {
      return readWhole(input, part, source, lateness);
    }
    String name = input.name();
    String step = part.step();
    EventSource.Read<T> read = opened(input, part, source, lateness, List.of());
    List<Ledger.Entry> late = List.of(Ledger.Entry.LATE);
    read.leftOut()
        .ifPresent(e -> inRange(name, step + ".LeftOut", e, part.range(), Duration.ZERO, late));
    read.late()
        .ifPresent(
            e ->
                lateEvents.add(
                    inRange(name, step + ".Late", e, part.range(), Duration.ZERO, late)));
    return inRange(name, step, read.events(), part.range(), margin, events());
  }

  /** What an event in the range counts as. */
  private List<Ledger.Entry> events() {
    return options.getUnique()
        ? List.of(Ledger.Entry.IN_RANGE)
        : List.of(Ledger.Entry.IN_RANGE, Ledger.Entry.AGGREGATED);
  }

  /**
   * What counts of a source's events, and what the margin around it holds; the ledger counts the
   * margin as filtered. It shows which windows the range cuts, and is in no answer.
   */
  private <E extends Event> PCollection<E> inRange(
      String input,
      String step,
      PCollection<E> events,
      TimeRange part,
      Duration margin,
      List<Ledger.Entry> entries) {
    TimeRange.Split<E> tags = TimeRange.Split.tags();
    PCollectionTuple split = range.split(step + ".Range", events, part, margin, tags);
    PCollection<E> inside = split.get(tags.inside());
    PCollection<E> outside = split.get(tags.outside());
    books.count(input, step + ".Outside", List.of(Ledger.Entry.FILTERED), outside);
    PCollection<E> counted = margin.isZero() ? inside : counting(inside, step + ".Counting");
    books.count(input, step + ".InRange", entries, counted);
    return inside;
  }

  private static <T> PCollection<T> flattened(String step, List<PCollection<T>> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : PCollectionList.of(parts).apply(step, Flatten.pCollections());
  }

  @Override
  public <K extends Record, V extends Record> void answers(
      Output<K, V> output, PCollection<Answer<K, V>> answers) {
    answered.add(output);
    PCollection<Answer<K, V>> covered =
        range.equals(TimeRange.ALL)
            ? answers
            : answers.apply(output.name() + ".Whole", Filter.by(range::covers));
    plan.writes(output.name(), sink(output));
    boolean first = analysis.outputs().indexOf(output) == 0;
    OncePerIncident<K, V> effect = output.effect();
    if (effect == null) {
      if (existing != null) {
        compared.add(existing.rows(output, covered));
      }
      write(
          output,
          covered,
          Sink.answers(sink(output), output, first, bounded ? null : due(options), run()));
    } else if (bounded && !options.getEffects()) {
      heldBack.add(output);
    } else {
      write(
          output,
          covered.apply(output.name() + ".Incidents", effect),
          Sink.effects(sink(output), output, first, run()));
    }
  }

  private <K, V> void write(
      Output<?, ?> output, PCollection<Answer<K, V>> answers, Sink<Answer<K, V>> sink) {
    checked(sink);
    if (sink.kept()) {
      kept.add(output);
    } else if (bounded) {
      counted.count(output.name(), answers);
    }
    POutput writing = revised(output, answers, sink).apply(output.name() + ".Write", sink.write());
    Sink.replaced(writing)
        .ifPresent(
            letters -> {
              deadLetters.add(letters);
              if (!bounded) {
                letters.apply(output.name() + ".DeadLetters", DeadLetterReasons.shown());
              }
            });
  }

  /**
   * When an answer of a stream is due: at the end of its window. A revision is due to the event
   * that made it, however late that came, and says nothing of the stream; but where there are early
   * answers, the one that closes the window is a revision too.
   */
  static <K, V> Due<Answer<K, V>> due(DharaOptions options) {
    boolean early =
        options instanceof WindowOptions windows
            && windows.getEarly() != null
            && !windows.getEarly().isZero();
    return answer -> early || answer.first() ? answer.end().toEpochMilli() : Due.NEVER;
  }

  /**
   * Later answers take the place of earlier ones: those of a stream that is restored, and has
   * forgotten what it gave since its checkpoint, and those of a backfill.
   */
  private <K, V> PCollection<Answer<K, V>> revised(
      Output<?, ?> output, PCollection<Answer<K, V>> answers, Sink<Answer<K, V>> sink) {
    Long given = options.getRevision();
    if (given != null && given < 0) {
      throw new BadOption("--revision", given, "is below zero, e.g. --revision=1");
    }
    if (given != null && !bounded) {
      throw new BadOption(
          "--revision", given, "is for backfills; a stream's revisions are by the clock");
    }
    PCollection<Answer<K, V>> taken =
        sink.deletes() || bounded
            ? answers
            : answers.apply(output.name() + ".Given", Filter.by(answer -> !answer.isWithdrawn()));
    long first = given != null ? given : first(sink);
    return bounded && first == 0
        ? taken
        : taken.apply(output.name() + ".Revision", NumberRevisions.from(first));
  }

  /** The first revision of what goes to a sink: a backfill's is above all that a stream wrote. */
  private long first(Sink<?> sink) {
    return bounded && sink.over() ? Revision.at(started).number() : 0;
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

  /** What this backfill changes of the answers that are there, after it has run. */
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

  private void finish() {
    if (existing != null && !bounded) {
      throw new BadOption(
          "--compareTo",
          options.getCompareTo(),
          "is for backfills; a stream has no end to compare at");
    } else if (existing != null) {
      existing
          .findings(PCollectionList.of(compared))
          .apply("Changes", Report.keptIn(folder.path(CHANGES)));
    }
    for (Output<?, ?> output : analysis.outputs()) {
      if (!answered.contains(output)) {
        throw new IllegalStateException(analysis.name() + " gave no answers for " + output.name());
      }
    }
    Endpoint beside = sink(analysis.outputs().get(0));
    write(
        "DeadLetters",
        deadLetters,
        Sink.deadLetters(
            other("--deadLetters", options.getDeadLetters(), beside),
            options.getDeadLetters() == null,
            run()));
    if (bounded && options.getLate() != null) {
      throw new BadOption(
          "--late",
          options.getLate(),
          "is for streams: in a backfill nothing is late; leave it out");
    }
    if (!lateEvents.isEmpty()) {
      write(
          "Late",
          lateEvents,
          Sink.late(other("--late", options.getLate(), beside), options.getLate() == null, run()));
    }
    Sink<Ledger> ledger =
        Sink.ledger(
            other("--ledger", options.getLedger(), beside), options.getLedger() == null, run());
    PCollection<Ledger> ledgers = bounded ? books.bounded() : books.soFar(ledger.pace(), limit);
    if (bounded) {
      Books.leave(ledgers, folder);
    }
    if (!ledger.kept()) { // what the run keeps, the command shows
      write("LedgerOut", List.of(Books.revised(ledgers, first(ledger))), ledger);
    }
    counted.leave(folder);
    Place.check(placesRead, written.stream().map(Sink::destination).toList());
  }

  private Connector.Run run() {
    return new Connector.Run(bounded, folder, options);
  }

  private <T> void checked(Sink<T> sink) {
    sink.check();
    written.add(sink);
  }

  private <T> void write(String step, List<PCollection<T>> parts, Sink<T> sink) {
    checked(sink);
    plan.writes(words(step), sink.endpoint());
    PCollection<T> rows = flattened(step, parts);
    if (bounded && !sink.kept()) {
      counted.count(sink.name(), rows);
    }
    rows.apply(step + ".Write", sink.write());
  }

  /** {@code DeadLetters} → {@code dead letters}, {@code LedgerOut} → {@code ledger}. */
  private static String words(String step) {
    return step.replaceFirst("Out$", "")
        .replaceAll("(?<=\\p{Ll})(?=\\p{Lu})", " ")
        .toLowerCase(Locale.ROOT);
  }

  private static Endpoint other(String option, @Nullable String given, Endpoint beside) {
    return given == null ? beside : Endpoint.of(option, given);
  }

  private <T extends Record & Event> EventSource<T> source(Input<T> input, Endpoint endpoint) {
    TimeBounds bounds = new TimeBounds(options.getNotBefore(), options.getMaxSkew());
    return Connector.of(endpoint, Connector.Ability.READ)
        .source(
            endpoint,
            new Reading<>(input.name(), input.type(), mapping, bounds, options.getMaxEventBytes()),
            options);
  }

  private static Duration longest(Function<Windows, Duration> what, Windows... windows) {
    return Arrays.stream(windows).map(what).max(Duration::compareTo).orElseThrow();
  }
}
