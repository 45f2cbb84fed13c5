package dhara.tools.calibrate;

import dhara.assembly.InputOptions;
import dhara.cli.PerInput;
import dhara.connectors.Endpoint;
import dhara.connectors.TimeBounds;
import dhara.connectors.files.Archive;
import dhara.connectors.kafka.TopicSample;
import dhara.events.Event;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.tools.generate.LineWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a sample of events from files or topics: facts of all inputs up to the same time, and each
 * reference from its beginning.
 */
final class SampleReader {

  /** Spreads numbers over all longs: an odd number near the golden ratio of their range. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final Analysis<?> analysis;
  private final DharaOptions options;
  private final LineWriter writer;
  private final long most;
  private final Path folder;
  private boolean complete = true;
  private long referenceRecords;

  /**
   * A reader, for one sample.
   *
   * @param options of the analysis: where its events are and how they are mapped
   * @param writer writes events that are not JSON lines
   * @param most how many facts to read, and how many records of each reference
   * @param folder an empty folder for the sample
   */
  SampleReader(
      Analysis<?> analysis, DharaOptions options, LineWriter writer, long most, Path folder) {
    this.analysis = analysis;
    this.options = options;
    this.writer = writer;
    this.most = most;
    this.folder = folder;
  }

  /**
   * Reads.
   *
   * @throws BadOption if an input is not named, or is neither files nor a topic, or there is no
   *     event
   * @throws IOException if a source cannot be read to its end
   */
  EventSample read() throws IOException {
    Map<Input<?>, Archive<?>> archives = archives();
    boolean verbatim =
        options.getMap() == null
            && archives.values().stream().noneMatch(each -> each.formats().contains("csv"));
    List<SampleLane<?>> facts = new ArrayList<>();
    Map<String, Path> references = new LinkedHashMap<>();
    try {
      for (Map.Entry<Input<?>, Archive<?>> each : archives.entrySet()) {
        SampleLane<?> lane = SampleLane.of(each.getKey(), each.getValue(), writer, verbatim);
        if (each.getKey().isReference()) {
          references.put(lane.name(), reference(lane));
        } else {
          facts.add(lane);
        }
      }
      return facts(facts, references, verbatim);
    } finally {
      for (SampleLane<?> lane : facts) {
        lane.close();
      }
    }
  }

  private Path reference(SampleLane<?> reference) throws IOException {
    String name = reference.name();
    try (SampleLane<?> lane = reference;
        SampleFiles file = SampleFiles.in(folder.resolve("references"), List.of(name))) {
      long read = 0;
      while (read < most && lane.next()) {
        file.write(name, lane.line());
        read++;
      }
      referenceRecords += read;
      complete &= !lane.next();
      return file.paths().get(name);
    }
  }

  private EventSample facts(
      List<SampleLane<?>> lanes, Map<String, Path> references, boolean verbatim)
      throws IOException {
    List<String> names = lanes.stream().map(SampleLane::name).toList();
    List<String> order = new ArrayList<>();
    long bytes = 0;
    Map<String, Path> whole;
    Map<String, Path> thinned;
    Duration span;
    try (SampleFiles all = SampleFiles.in(folder.resolve("whole"), names);
        SampleFiles some = SampleFiles.in(folder.resolve("thinned"), names)) {
      List<SampleLane<?>> left = new ArrayList<>(lanes);
      while (!left.isEmpty() && order.size() < most) {
        SampleLane<?> behind =
            left.stream().min(Comparator.comparing(SampleLane::latest)).orElseThrow();
        if (!behind.next()) {
          left.remove(behind);
          continue;
        }
        byte[] line = behind.line();
        all.write(behind.name(), line);
        if (isKept(order.size())) {
          some.write(behind.name(), line);
        }
        bytes += line.length;
        order.add(behind.name());
      }
      whole = all.paths();
      thinned = some.paths();
      span = span(lanes);
      for (SampleLane<?> lane : left) {
        complete &= !lane.next();
      }
    }
    if (order.isEmpty()) {
      throw new BadOption("--events", null, "holds no events to measure with");
    }
    return new EventSample(
        with(whole, references),
        with(first(order, names, whole), references),
        with(thinned, references),
        counts(order, names),
        referenceRecords,
        bytes,
        span,
        complete,
        verbatim);
  }

  /** Whether the nth event is one of the fourth that is kept; inputs may alternate in any way. */
  private static boolean isKept(long n) {
    return Long.remainderUnsigned((n * SPREAD) >>> Integer.SIZE, EventSample.PARTS) == 0;
  }

  private static Map<String, Path> with(Map<String, Path> facts, Map<String, Path> references) {
    Map<String, Path> files = new LinkedHashMap<>(facts);
    files.putAll(references);
    return files;
  }

  private static Map<String, Long> counts(List<String> order, List<String> names) {
    Map<String, Long> counts = new LinkedHashMap<>();
    names.forEach(name -> counts.put(name, order.stream().filter(name::equals).count()));
    return counts;
  }

  /** Copies the first quarter of the events. */
  private Map<String, Path> first(List<String> order, List<String> names, Map<String, Path> whole)
      throws IOException {
    List<String> quarter = order.subList(0, Math.max(1, order.size() / EventSample.PARTS));
    try (SampleFiles first = SampleFiles.in(folder.resolve("first"), names)) {
      for (Map.Entry<String, Long> lines : counts(quarter, names).entrySet()) {
        first.copy(lines.getKey(), whole.get(lines.getKey()), lines.getValue());
      }
      return first.paths();
    }
  }

  private static Duration span(List<SampleLane<?>> lanes) {
    Instant from = lanes.stream().map(SampleLane::from).min(Instant::compareTo).orElseThrow();
    Instant until = lanes.stream().map(SampleLane::until).max(Instant::compareTo).orElseThrow();
    return from.isAfter(until) ? Duration.ZERO : Duration.between(from, until);
  }

  private Map<Input<?>, Archive<?>> archives() throws IOException {
    List<Input<?>> inputs = analysis.inputs();
    Map<String, String> named =
        PerInput.of("--events", options.getEvents(), inputs)
            .bareIs(inputs.get(0).name(), "--events")
            .named();
    Map<Input<?>, Archive<?>> archives = new LinkedHashMap<>();
    for (Input<?> input : inputs) {
      String uri = named.get(input.name());
      if (uri != null) {
        archives.put(input, archive(input, files(input, Endpoint.of("--events", uri))));
      } else if (!input.optional()) {
        throw new BadOption(
            "--events",
            null,
            "names no " + input.name() + "; add --events=" + input.name() + "=URI");
      }
    }
    return archives;
  }

  /** The files of an endpoint; of a topic, a file with its values as lines. */
  private Endpoint files(Input<?> input, Endpoint endpoint) throws IOException {
    if (endpoint.scheme().equals("files")) {
      return endpoint;
    } else if (!endpoint.scheme().equals("kafka")) {
      throw endpoint.bad("cannot be measured with; name files or kafka://HOST:9092/TOPIC");
    }
    Path values = folder.resolve("topic-" + input.name() + ".jsonl");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(values), 1 << 16)) {
      boolean more = TopicSample.read(endpoint, most, v -> out.write(SampleLane.asLine(v)));
      complete &= !more;
    }
    return Endpoint.of("--events", "files:" + values + "?format=jsonl");
  }

  private <T extends Record & Event> Archive<T> archive(Input<T> input, Endpoint files) {
    return Archive.of(
        files,
        input.type(),
        InputOptions.ofInput(InputOptions.mapping(options.getMap()), input, analysis.inputs()),
        input.name(),
        new TimeBounds(options.getNotBefore(), options.getMaxSkew()),
        options.getMaxEventBytes());
  }
}
