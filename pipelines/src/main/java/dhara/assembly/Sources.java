package dhara.assembly;

import dhara.assembly.TimeRange.Margin;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.Place;
import dhara.connectors.Reading;
import dhara.connectors.TimeBounds;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.formats.mapping.Mapping;
import dhara.ledger.Books;
import dhara.ledger.Ledger;
import dhara.metrics.DeadLetterReasons;
import dhara.options.BackfillOptions;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.ProvisionalOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.records.RecordCoder;
import dhara.transforms.backfill.BackfillGrouping;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.Version;
import dhara.transforms.unique.Unique;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * Supplies the events of an analysis: its inputs are read, restricted to the range of time, and
 * deduplicated, and the ledger counts the events that leave.
 *
 * <pre>
 *   source ─▶ parse, stamp ─▶ range ─▶ unique by id ─▶ events
 *                  │            │           │
 *      dead letters, late    filtered   duplicates  ─▶ ledger
 * </pre>
 */
final class Sources {

  /** The window that a late reference version misses: the moment from which it holds. */
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final Analysis<?> analysis;
  private final DharaOptions options;
  private final Pipeline pipeline;
  private final TimeRange range;
  private final Mapping mapping;
  private final Tokenising tokenising;
  private final Books books;
  private final Plan plan;
  private final Map<String, List<Endpoint>> endpoints;
  private final List<Place> places = new ArrayList<>();
  private final List<PCollection<DeadLetter>> deadLetters = new ArrayList<>();
  private final List<PCollection<LateEvent>> lateEvents = new ArrayList<>();
  private boolean bounded = true;

  /**
   * The sources that the user named.
   *
   * @throws BadOption if they contradict each other
   */
  Sources(
      Analysis<?> analysis,
      DharaOptions options,
      Pipeline pipeline,
      TimeRange range,
      Mapping mapping,
      Tokenising tokenising,
      Books books,
      Plan plan) {
    this.analysis = analysis;
    this.options = options;
    this.pipeline = pipeline;
    this.range = range;
    this.mapping = mapping;
    this.tokenising = tokenising;
    this.books = books;
    this.plan = plan;
    List<String> inputs = analysis.inputs().stream().map(Input::name).toList();
    this.endpoints =
        Endpoints.of("--events", inputs).several().read(options.getEvents(), inputs.subList(0, 1));
    checkCutover();
    checkWithout();
  }

  private void checkCutover() {
    if (options.getCutover() != null
        && (endpoints.values().stream().noneMatch(s -> s.size() == 2)
            || endpoints.values().stream().anyMatch(s -> s.size() > 2))) {
      throw new BadOption(
          "--cutover",
          options.getCutover(),
          "needs two sources: give --events twice, the one before it first");
    }
  }

  private void checkWithout() {
    if (options.getWithout() != null
        && endpoints.values().stream()
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

  /** Whether the run ends by itself: every source that was read is bounded. */
  boolean bounded() {
    return bounded;
  }

  /** All places that are read. */
  List<Place> places() {
    return places;
  }

  /** The dead letters of all sources. */
  List<PCollection<DeadLetter>> deadLetters() {
    return deadLetters;
  }

  /** The late events of all sources; none in a backfill. */
  List<PCollection<LateEvent>> lateEvents() {
    return lateEvents;
  }

  /** The events of a fact input, see {@link dhara.pipelines.Flow#events}. */
  <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
    if (isLeftOut(input)) {
      return none(input.name(), RecordCoder.of(input.type()));
    }
    plan.windows(input.name(), windows);
    Lateness lateness = Lateness.of(windows);
    Margin margin = range.equals(TimeRange.ALL) ? Margin.NONE : Margin.of(windows);
    List<PCollection<T>> read = new ArrayList<>();
    for (Part part : parts(input)) {
      read.add(read(input, part, lateness, margin));
    }
    checkAlike(input, read.stream().map(PCollection::isBounded).distinct().count() == 1);
    PCollection<T> events = flattened(input.name() + ".Parts", read);
    if (options.getUnique()) {
      String step = input.name() + ".Unique";
      Unique<T> unique =
          Unique.<T>byId(lateness.horizon())
              .atOnce(ProvisionalOptions.provisional(options, analysis.options()));
      PCollectionTuple split =
          events.apply(step, margin.equals(Margin.NONE) ? unique.countingDuplicates() : unique);
      events = split.get(unique.unique());
      if (margin.equals(Margin.NONE)) {
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

  private void checkAlike(Input<?> input, boolean alike) {
    if (options.getCutover() == null && !alike) {
      throw new BadOption(
          "--events",
          String.join(",", endpoints.get(input.name()).stream().map(Endpoint::toString).toList()),
          "is a stream beside what ends: say from when on the stream counts, and up to when the"
              + " other, e.g. --cutover=2026-01-05T09:00:00Z");
    }
  }

  /**
   * A fact input without events, which streams if its sources do. They are asked nothing.
   *
   * @throws BadOption if one is malformed
   */
  <T extends Record & Event> PCollection<T> unread(Input<T> input, Windows... windows) {
    Lateness unused = Lateness.of(windows);
    if (isLeftOut(input)) {
      return none(input.name(), RecordCoder.of(input.type()));
    }
    List<Boolean> ends = new ArrayList<>();
    for (Endpoint endpoint : endpoints(input)) {
      ends.add(noted(input, endpoint, source(input, endpoint)));
    }
    checkAlike(input, ends.stream().distinct().count() == 1);
    return unread(input, RecordCoder.of(input.type()), !ends.contains(false));
  }

  /** The same of a reference. */
  <T extends Record & Event> AsOf<T> unreadReference(Input<T> input, Windows... windows) {
    Duration waits = referenceLateness();
    Duration horizon = Lateness.of(windows).horizon();
    Coder<Version<T>> coder = Version.coder(RecordCoder.of(input.type()));
    if (isLeftOut(input)) {
      return AsOf.of(none(input.name(), coder), horizon);
    }
    List<EventSource<?>> facts = facts();
    boolean ends = true;
    for (Endpoint endpoint : endpoints(input)) {
      ends &= noted(input, endpoint, source(input, endpoint).asReference(facts));
    }
    return inForce(unread(input, coder, ends), horizon, waits);
  }

  private void checkKnowsLag(Endpoint endpoint, EventSource<?> source) {
    if (options.getOverload() && !source.bounded() && !source.knowsLag()) {
      throw new BadOption(
          "--overload",
          true,
          "is for topics of Kafka, whose records tell when they came; leave it out: " + endpoint);
    }
  }

  /** Notes a source, and returns whether it ends. */
  private boolean noted(Input<?> input, Endpoint endpoint, EventSource<?> source) {
    checkKnowsLag(endpoint, source);
    places.add(Place.read(endpoint, input.name()));
    bounded &= source.bounded();
    return source.bounded();
  }

  private <T> PCollection<T> unread(Input<?> input, Coder<T> coder, boolean ends) {
    return none(input.name(), coder)
        .setIsBoundedInternal(ends ? IsBounded.BOUNDED : IsBounded.UNBOUNDED);
  }

  private Duration referenceLateness() {
    Duration waits = options.getReferenceLateness();
    if (waits.isNegative()) {
      throw new BadOption(
          "--referenceLateness", waits, "is below zero, e.g. --referenceLateness=PT1M");
    }
    return waits;
  }

  private <T extends Record> AsOf<T> inForce(
      PCollection<Version<T>> records, Duration horizon, Duration waits) {
    AsOf<T> reference = AsOf.of(records, horizon).withLateness(waits);
    return options.getReference() == BackfillOptions.Reference.now ? reference.newest() : reference;
  }

  /**
   * A reference is read completely: a range restricts only the facts, and no fact in it sees a
   * version from after its end.
   */
  <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
    Duration waits = referenceLateness();
    if (isLeftOut(input)) {
      return AsOf.of(
          none(input.name(), Version.coder(RecordCoder.of(input.type()))),
          Lateness.of(windows).horizon());
    }
    plan.holdsAsOfItsTime(input.name());
    Lateness lateness = Lateness.of(Windows.tumbling(MOMENT).withLateness(waits));
    List<EventSource<?>> facts = facts();
    List<PCollection<Version<T>>> read = new ArrayList<>();
    for (Endpoint endpoint : endpoints(input)) {
      String first = tokenising.step(input.name());
      String step = read.isEmpty() ? first : first + "." + (read.size() + 1);
      EventSource<T> source = source(input, endpoint).asReference(facts);
      EventSource.Read<T> part =
          opened(input, new Part(step, endpoint, TimeRange.ALL), source, lateness, events());
      part.late().ifPresent(lateEvents::add);
      read.add(part.events().apply(step + ".Versions", input.versions()));
      part.removals()
          .ifPresent(
              removals -> {
                tokenising.checkRemovals(input);
                read.add(removals);
              });
    }
    PCollection<Version<T>> records = flattened(input.name() + ".Parts", read);
    if (options.getUnique()) {
      String step = input.name() + ".Unique";
      Unique<Version<T>> unique = Unique.<Version<T>>byId(lateness.horizon()).countingDuplicates();
      PCollectionTuple split = records.apply(step, unique);
      books.unique(input.name(), step, split.get(unique.counts()));
      records = split.get(unique.unique());
    }
    return inForce(records, Lateness.of(windows).horizon(), waits);
  }

  /** The sources of the facts that are joined with references. */
  private List<EventSource<?>> facts() {
    List<EventSource<?>> facts = new ArrayList<>();
    for (Input<?> input : analysis.inputs()) {
      if (!input.isReference() && !isLeftOut(input)) {
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

  /** Removes the events in the margin, which the ledger has counted as filtered. */
  private <T extends Event> PCollection<T> counting(PCollection<T> events, String step) {
    TimeRange counted = range; // a local copy, so that the function does not serialize this object
    return events.apply(step, Filter.by(event -> counted.holds(event.at())));
  }

  /**
   * A source of an input.
   *
   * @param step the prefix of the names of its steps
   * @param range the range of its events that count
   */
  private record Part(String step, Endpoint endpoint, TimeRange range) {}

  /** The sources of an input: those before and since the cutover, or all of them. */
  private List<Part> parts(Input<?> input) {
    String name = tokenising.step(input.name());
    List<Endpoint> several = endpoints(input);
    Instant cutover = options.getCutover();
    if (several.size() == 2 && cutover != null) {
      return List.of(
          new Part(name + ".Before", several.get(0), TimeRange.before(cutover)),
          new Part(name + ".Since", several.get(1), TimeRange.since(cutover)));
    }
    List<Part> parts = new ArrayList<>();
    for (Endpoint endpoint : several) {
      String step = parts.isEmpty() ? name : name + "." + (parts.size() + 1);
      parts.add(new Part(step, endpoint, TimeRange.ALL));
    }
    return parts;
  }

  /** Whether the user gave a source for an input, or must give one. */
  boolean reads(Input<?> input) {
    return !isLeftOut(input);
  }

  /** Whether the user gave no source for an input that may be left out. */
  private boolean isLeftOut(Input<?> input) {
    return input.optional() && !endpoints.containsKey(input.name());
  }

  private <T> PCollection<T> none(String input, Coder<T> coder) {
    return pipeline.apply(input + ".None", Create.empty(coder));
  }

  private List<Endpoint> endpoints(Input<?> input) {
    String name = input.name();
    List<Endpoint> named = endpoints.get(name);
    if (named == null) {
      throw new BadOption("--events", null, "names no " + name + "; add --events=" + name + "=URI");
    }
    return named;
  }

  /**
   * Opens a source of an input, and adds its counts to the books.
   *
   * @param each the ledger entries of an event, unless a range of time must still be applied
   */
  private <T extends Record & Event> EventSource.Read<T> opened(
      Input<T> input,
      Part part,
      EventSource<T> source,
      Lateness lateness,
      List<Ledger.Entry> each) {
    source.check();
    checkKnowsLag(part.endpoint(), source);
    places.add(Place.read(part.endpoint(), input.name()));
    plan.reads(input.name(), part.endpoint(), source);
    BackfillGrouping.reads(pipeline, source.bytes());
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

  /** The events of a source in the range and the margin around it. */
  private <T extends Record & Event> PCollection<T> read(
      Input<T> input, Part part, Lateness lateness, Margin margin) {
    EventSource<T> source = source(input, part.endpoint());
    if (range.equals(TimeRange.ALL) && part.range().equals(TimeRange.ALL)) {
      return readWhole(input, part, source, lateness);
    }
    String name = input.name();
    String step = part.step();
    EventSource.Read<T> read = opened(input, part, source, lateness, List.of());
    List<Ledger.Entry> late = List.of(Ledger.Entry.LATE);
    read.leftOut()
        .ifPresent(e -> inRange(name, step + ".LeftOut", e, part.range(), Margin.NONE, late));
    read.late()
        .ifPresent(
            e -> lateEvents.add(inRange(name, step + ".Late", e, part.range(), Margin.NONE, late)));
    return inRange(name, step, read.events(), part.range(), margin, events());
  }

  /** The ledger entries of an event in the range. */
  private List<Ledger.Entry> events() {
    return options.getUnique()
        ? List.of(Ledger.Entry.IN_RANGE)
        : List.of(Ledger.Entry.IN_RANGE, Ledger.Entry.AGGREGATED);
  }

  /**
   * The events of a source in the range and its margin. The ledger counts the margin as filtered,
   * because no answer is about its events.
   */
  private <E extends Event> PCollection<E> inRange(
      String input,
      String step,
      PCollection<E> events,
      TimeRange part,
      Margin margin,
      List<Ledger.Entry> entries) {
    TimeRange.Split<E> tags = TimeRange.Split.tags();
    PCollectionTuple split = range.split(step + ".Range", events, part, margin, tags);
    PCollection<E> inside = split.get(tags.inside());
    PCollection<E> outside = split.get(tags.outside());
    books.count(input, step + ".Outside", List.of(Ledger.Entry.FILTERED), outside);
    PCollection<E> counted =
        margin.equals(Margin.NONE) ? inside : counting(inside, step + ".Counting");
    books.count(input, step + ".InRange", entries, counted);
    return inside;
  }

  private <T extends Record & Event> EventSource<T> source(Input<T> input, Endpoint endpoint) {
    TimeBounds bounds = new TimeBounds(options.getNotBefore(), options.getMaxSkew());
    return Connector.of(endpoint, Connector.Ability.READ)
        .source(
            endpoint,
            new Reading<>(
                input.name(),
                input.type(),
                tokenising.of(input, InputOptions.ofInput(mapping, input, analysis.inputs())),
                bounds,
                options.getMaxEventBytes()),
            options);
  }

  /** Flattens several collections; a single one is returned without a step. */
  static <T> PCollection<T> flattened(String step, List<PCollection<T>> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : PCollectionList.of(parts).apply(step, Flatten.pCollections());
  }
}
