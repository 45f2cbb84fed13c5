package dhara.pipelines;

import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.formats.JsonFormat;
import dhara.formats.Mapping;
import dhara.io.Decoding;
import dhara.io.Endpoint;
import dhara.io.EventSource;
import dhara.io.FilesSource;
import dhara.io.KafkaSource;
import dhara.io.RunFolder;
import dhara.io.Sink;
import dhara.io.TimeBounds;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.records.RecordCoder;
import dhara.transforms.Answer;
import dhara.transforms.CountPerBundle;
import dhara.transforms.Unique;
import dhara.transforms.Windows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * The whole pipeline around an analysis, written once for all of them.
 *
 * <pre>
 *   source ─▶ parse, stamp ─▶ range ─▶ unique by id ─▶ the analysis ─▶ answers
 *                  │            │           │               │
 *             dead letters   filtered   duplicates      aggregated  ─▶ ledger
 * </pre>
 */
public final class Assembly implements Flow, AutoCloseable {

  private static final String LEDGER = "ledger";

  private final Analysis<?> analysis;
  private final DharaOptions options;
  private final Pipeline pipeline;
  private final Map<String, Endpoint> sources;
  private final Map<String, Endpoint> sinks;
  private final Mapping mapping;
  private final RunFolder folder = RunFolder.create();
  private final List<PCollection<KV<String, Long>>> counts = new ArrayList<>();
  private final Set<Output<?, ?>> answered = new HashSet<>();
  private final List<PCollection<DeadLetter>> deadLetters = new ArrayList<>();
  private boolean bounded = true;

  private Assembly(Analysis<?> analysis, DharaOptions options, Pipeline pipeline) {
    this.analysis = analysis;
    this.options = options;
    this.pipeline = pipeline;
    if (options.getEvents() == null) {
      throw new BadOption("--events", null, "is missing; name a file, a glob or a topic");
    }
    InputOptions.checkMaxEventBytes(options.getMaxEventBytes());
    this.sources =
        byName(
            "--events",
            options.getEvents(),
            analysis.inputs().stream().map(Input::name).toList(),
            false);
    this.sinks =
        byName(
            "--answers",
            options.getAnswers(),
            analysis.outputs().stream().map(Output::name).toList(),
            true);
    this.mapping = InputOptions.mapping(options.getMap());
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

  /** What the run leaves for the console. */
  public RunFolder folder() {
    return folder;
  }

  /** Deletes what the run has left for the console. */
  @Override
  public void close() {
    try {
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete temporary files: " + e.getMessage(), e);
    }
  }

  /** Where an output's answers go. */
  public Endpoint sink(Output<?, ?> output) {
    return sinks.get(output.name());
  }

  /** Where dead letters go: where the user says, else beside the answers of the first output. */
  public Endpoint deadLetters() {
    return options.getDeadLetters() == null
        ? sink(analysis.outputs().get(0))
        : Endpoint.of("--deadLetters", options.getDeadLetters());
  }

  /**
   * The ledger of each input, after a bounded run.
   *
   * @throws IllegalStateException where none came back: the engine wrote it on another machine
   */
  public List<Ledger> ledgers() throws IOException {
    if (!folder.holds(LEDGER)) {
      throw new IllegalStateException(
          "no ledger came back to "
              + folder.path(LEDGER)
              + ": the engine runs on another machine, so that nobody can say here whether every"
              + " event was counted");
    }
    return Ledger.parse(folder.lines(LEDGER));
  }

  @Override
  public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
    EventSource<T> source = source(input);
    source.check();
    EventSource.Read<T> read = source.read(pipeline, input.name());
    bounded &= read.events().isBounded() == IsBounded.BOUNDED;
    deadLetters.add(read.deadLetters());
    count(input, Ledger.Entry.READ, read.read());
    count(input, Ledger.Entry.DEAD_LETTERED, counted(input, "Dead", read.deadLetters()));

    PCollection<T> events = inRange(input, read.events());
    if (options.getUnique()) {
      Unique<T> unique = Unique.byId(horizon(windows));
      PCollectionTuple split = events.apply(input.name() + ".Unique", unique);
      count(
          input,
          Ledger.Entry.DUPLICATE,
          counted(input, "Duplicate", split.get(unique.duplicates())));
      events = split.get(unique.unique());
    }
    count(input, Ledger.Entry.AGGREGATED, counted(input, "Aggregated", events));
    return events;
  }

  @Override
  public <K extends Record, V extends Record> void answers(
      Output<K, V> output, PCollection<Answer<K, V>> answers) {
    Sink<Answer<K, V>> sink =
        Sink.answers(
            sink(output),
            output,
            analysis.outputs().indexOf(output) == 0,
            answers.isBounded() == IsBounded.BOUNDED,
            folder);
    sink.check();
    answers.apply(output.name() + ".Write", sink.write());
    answered.add(output);
  }

  private void finish() {
    for (Output<?, ?> output : analysis.outputs()) {
      if (!answered.contains(output)) {
        throw new IllegalStateException(analysis.name() + " gave no answers for " + output.name());
      }
    }
    Sink<DeadLetter> dead =
        Sink.deadLetters(deadLetters(), options.getDeadLetters() == null, bounded, folder);
    dead.check();
    PCollectionList.of(deadLetters)
        .apply("DeadLetters", Flatten.pCollections())
        .apply("DeadLetters.Write", dead.write());
    PCollection<KV<String, Long>> entries =
        PCollectionList.of(counts).apply("Ledger", Flatten.pCollections());
    if (bounded) {
      entries
          .apply("Ledger.Sum", Sum.longsPerKey())
          .apply(
              "Ledger.Line",
              MapElements.into(TypeDescriptors.strings())
                  .via(entry -> entry.getKey() + " " + entry.getValue()))
          .apply("Ledger.Write", TextIO.write().to(folder.path(LEDGER)).withoutSharding());
    }
  }

  private <T extends Record & Event> EventSource<T> source(Input<T> input) {
    Endpoint endpoint = sources.get(input.name());
    if (endpoint == null) {
      throw new BadOption(
          "--events", null, "names no " + input.name() + "; add --events=" + input.name() + "=URI");
    }
    TimeBounds bounds = new TimeBounds(options.getNotBefore(), options.getMaxSkew());
    JsonFormat<T> json;
    try {
      json = JsonFormat.of(input.type(), mapping);
    } catch (IllegalArgumentException e) {
      throw new BadOption("--map", mapping, e.getMessage(), e);
    }
    return switch (endpoint.scheme()) {
      case "files" ->
          FilesSource.of(
              endpoint, input.type(), mapping, input.name(), bounds, options.getMaxEventBytes());
      case "kafka" ->
          KafkaSource.of(
              endpoint,
              new Decoding<>(input.name(), json, bounds, options.getMaxEventBytes()),
              RecordCoder.of(input.type()),
              options.getDisorder(),
              options.getIdleAfter());
      default -> throw endpoint.bad("cannot be read; name a file, a glob or kafka://broker/topic");
    };
  }

  private <T extends Record & Event> PCollection<T> inRange(Input<T> input, PCollection<T> events) {
    Instant from = options.getFrom() == null ? Instant.MIN : options.getFrom();
    Instant until = options.getUntil() == null ? Instant.MAX : options.getUntil();
    if (options.getFrom() == null && options.getUntil() == null) {
      return events;
    }
    if (!from.isBefore(until)) {
      throw new BadOption(
          "--until", until, "is not after --from=" + from + ": the range would be empty");
    }
    TupleTag<T> inside = new TupleTag<>("inside");
    TupleTag<T> outside = new TupleTag<>("outside");
    PCollectionTuple split =
        events.apply(
            input.name() + ".Range",
            ParDo.of(new RangeFn<>(from, until, outside))
                .withOutputTags(inside, TupleTagList.of(outside)));
    split.get(outside).setCoder(events.getCoder());
    count(input, Ledger.Entry.FILTERED, counted(input, "Filtered", split.get(outside)));
    return split.get(inside).setCoder(events.getCoder());
  }

  private static Duration horizon(Windows... windows) {
    return Arrays.stream(windows)
        .map(Windows::horizon)
        .max(Duration::compareTo)
        .orElseThrow(() -> new IllegalArgumentException("name the windows that use the events"));
  }

  private <T> PCollection<Long> counted(Input<?> input, String what, PCollection<T> elements) {
    return elements.apply(input.name() + ".Count" + what, CountPerBundle.ofElements());
  }

  private void count(Input<?> input, Ledger.Entry entry, PCollection<Long> parts) {
    counts.add(
        parts.apply(
            input.name() + ".Ledger." + entry.label(),
            ParDo.of(new EntryFn(input.name() + " " + entry, entry.label()))));
  }

  private static Map<String, Endpoint> byName(
      String option, List<String> values, List<String> names, boolean bareMeansAll) {
    Map<String, Endpoint> bare = new HashMap<>();
    Map<String, Endpoint> named = new HashMap<>();
    for (String value : values) {
      Matcher name = NAMED.matcher(value);
      if (name.matches()) {
        if (!names.contains(name.group(1))) {
          throw new BadOption(
              option, value, "knows no " + name.group(1) + "; its names are " + names);
        }
        if (named.put(name.group(1), Endpoint.of(option, name.group(2))) != null) {
          throw new BadOption(
              option, value, "is a second URI for " + name.group(1) + "; leave one of them out");
        }
      } else if (bare.isEmpty()) {
        Endpoint endpoint = Endpoint.of(option, value);
        (bareMeansAll ? names : names.subList(0, 1)).forEach(n -> bare.put(n, endpoint));
      } else {
        throw new BadOption(
            option, value, "is a second URI without a name; say NAME=URI, with one of " + names);
      }
    }
    bare.putAll(named);
    return bare;
  }

  private static final Pattern NAMED = Pattern.compile("([a-z][a-z0-9-]*)=(.+)");

  /** Lets through what lies in the range of event time. */
  private static final class RangeFn<T extends Event> extends DoFn<T, T> {

    private static final long serialVersionUID = 1L;

    private final Instant from;
    private final Instant until;
    private final TupleTag<T> outside;

    RangeFn(Instant from, Instant until, TupleTag<T> outside) {
      this.from = from;
      this.until = until;
      this.outside = outside;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Instant at = context.element().at();
      if (at.isBefore(from) || !at.isBefore(until)) {
        context.output(outside, context.element());
      } else {
        context.output(context.element());
      }
    }
  }

  /** Names counts, and shows them as metrics of the engine too. */
  private static final class EntryFn extends DoFn<Long, KV<String, Long>> {

    private static final long serialVersionUID = 1L;

    private final String entry;
    private final Counter counter;

    EntryFn(String entry, String metric) {
      this.entry = entry;
      this.counter = Metrics.counter("dhara", metric);
    }

    @ProcessElement
    public void process(@Element Long count, OutputReceiver<KV<String, Long>> out) {
      counter.inc(count);
      out.output(KV.of(entry, count));
    }
  }
}
