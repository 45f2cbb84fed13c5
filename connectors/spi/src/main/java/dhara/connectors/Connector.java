package dhara.connectors;

import dhara.events.Event;
import dhara.files.OutputFolder;
import dhara.metrics.Delays.Due;
import dhara.options.DharaOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The endpoints of a scheme: files, Kafka, the console, or what a module of its own brings with its
 * client libraries, so that only those who use it download them. Found by {@link ServiceLoader}.
 *
 * <p>Annotate it with {@code @AutoService(Connector.class)}, say what it {@linkplain #abilities()
 * can}, and implement those methods: {@code SCHEME://…} then works everywhere with the contracts of
 * every other endpoint. Nothing else in Dhara asks for a scheme by its name.
 */
public interface Connector {

  /** What a connector can do; asked for anything else, an endpoint of its scheme is refused. */
  enum Ability {
    /** Gives events: {@link #source}. */
    READ("be read"),
    /** Takes rows, and a later row replaces an earlier one with its key: {@link #target}. */
    UPSERT("be written to"),
    /** Takes withdrawals, each of which removes, or marks as gone, the row with its key. */
    DELETE("be deleted from"),
    /** Takes rows, and keeps each of them: {@link #target}. */
    APPEND("be written to"),
    /** Gives back the rows that were written: {@link #results}. */
    READ_BACK("be read back"),
    /** Reads the same records at the same positions again, so that {@code --without} fits. */
    REREAD("be read without some of its records");

    private final String verb;

    Ability(String verb) {
      this.verb = verb;
    }
  }

  /** What its URIs begin with, before the colon: {@code pubsub}. */
  String scheme();

  /** What a URI of it looks like, for errors: {@code pubsub://PROJECT/SUBSCRIPTION}. */
  String shape();

  /** What it can do. */
  Set<Ability> abilities();

  /**
   * Where events come from.
   *
   * @param options how far out of order events may come, and what a connector asks its service with
   * @throws dhara.options.BadOption when the endpoint is malformed, or cannot be read
   */
  default <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Reading<T> reading, DharaOptions options) {
    throw new UnsupportedOperationException(scheme() + " is not read");
  }

  /**
   * Where rows go.
   *
   * @param run the run that writes them
   * @throws dhara.options.BadOption when the endpoint is malformed, or cannot be written to
   */
  default <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    throw new UnsupportedOperationException(scheme() + " is not written to");
  }

  /**
   * What was written at an endpoint.
   *
   * @throws dhara.options.BadOption when nothing can be read there
   */
  default ResultSet results(Endpoint endpoint) {
    throw new UnsupportedOperationException(scheme() + " is not read back");
  }

  /** Whether two places of its endpoints are one, or one is within the other. */
  default boolean overlaps(Place place, Place other) {
    return (place.endpoint().path() + place.suffix())
        .equals(other.endpoint().path() + other.suffix());
  }

  /** What a place is, for errors: {@code the topic trades}. */
  default String named(Place place) {
    return place.endpoint() + place.suffix();
  }

  /**
   * What is written.
   *
   * @param name what it is called: an output, {@code late}; a folder
   * @param suffix what the name of a table or topic ends in, for all but the first output: empty,
   *     or a word with a hyphen before it, {@code -dead-letters}
   * @param upserts whether a later row replaces an earlier one that has the same {@linkplain
   *     RowFormat#keyColumns() key} and no higher revision; else each row stands for itself
   * @param aside whether it stands beside the answers, and is not one of them
   * @param format its columns
   * @param tooLong what becomes of a row that is longer than what takes it can take
   * @param due when a stream's row is due, which the latency metrics need; null for other rows
   */
  record Rows<T>(
      String name,
      String suffix,
      boolean upserts,
      boolean aside,
      RowFormat<T> format,
      TooLong<T> tooLong,
      @Nullable Due<T> due) {}

  /**
   * The run that writes.
   *
   * @param bounded whether it ends by itself
   * @param folder where a bounded run keeps what the command shows at its end
   * @param options of the pipeline: what a connector asks its service with
   */
  record Run(boolean bounded, RunFolder folder, PipelineOptions options) {}

  /**
   * Where rows go.
   *
   * @param write the step that writes; where it gives {@link TooLong#REPLACED}, those dead letters
   *     take the place of rows
   * @param check refuses, before anything runs, what cannot be written to; changes nothing
   * @param create makes what is written to, where it is not there, before the pipeline runs
   * @param kept whether a bounded run keeps the rows in its folder, for the command to show
   * @param metered whether the step counts delays itself: it sees each row anyway
   * @param pace how often a stream should write what changes all the time: its ledger
   * @param folder what a run claims and marks; null where rows go to no folder
   */
  record Target<T>(
      PTransform<PCollection<T>, ? extends POutput> write,
      Runnable check,
      Runnable create,
      boolean kept,
      boolean metered,
      Duration pace,
      @Nullable OutputFolder folder) {

    private static final Duration PACE = Duration.ofSeconds(10);

    /** A target that needs no check, is there, and keeps every row. */
    public static <T> Target<T> of(PTransform<PCollection<T>, ? extends POutput> write) {
      return new Target<>(write, () -> {}, () -> {}, false, false, PACE, null);
    }

    /** The same, checked before anything runs. */
    public Target<T> checked(Runnable newCheck) {
      return new Target<>(write, newCheck, create, kept, metered, pace, folder);
    }

    /** The same, made before the pipeline runs where it is not there. */
    public Target<T> created(Runnable newCreate) {
      return new Target<>(write, check, newCreate, kept, metered, pace, folder);
    }

    /** The same, in the folder of the run. */
    public Target<T> keptInTheRun() {
      return new Target<>(write, check, create, true, metered, pace, folder);
    }

    /** The same, with a step that counts delays itself. */
    public Target<T> meteringItself() {
      return new Target<>(write, check, create, kept, true, pace, folder);
    }

    /** The same, where a stream's ledger is written this often. */
    public Target<T> every(Duration newPace) {
      return new Target<>(write, check, create, kept, metered, newPace, folder);
    }

    /** The same, into a folder that the run claims before and marks as whole afterwards. */
    public Target<T> into(OutputFolder newFolder, Endpoint endpoint) {
      return new Target<>(
          write,
          () -> refused(endpoint, newFolder::check),
          () -> refused(endpoint, newFolder::claim),
          kept,
          metered,
          pace,
          newFolder);
    }

    private static void refused(Endpoint endpoint, Asking asking) {
      try {
        asking.run();
      } catch (IOException e) {
        throw endpoint.bad(e.getMessage(), e);
      }
    }

    /** What asks a disk or a store about a folder. */
    @FunctionalInterface
    private interface Asking {
      void run() throws IOException;
    }
  }

  /** The connectors that not every class path has, and the profile that brings each. */
  Map<String, String> ELSEWHERE =
      Map.of("bigquery", "-Pdataflow-runner", "pubsub", "-Pdataflow-runner");

  /** The schemes of the connectors on the class path, and of those that others have. */
  static Set<String> schemes() {
    Set<String> schemes = new TreeSet<>(ELSEWHERE.keySet());
    all().forEach(connector -> schemes.add(connector.scheme()));
    return schemes;
  }

  /** Every connector on the class path, by scheme. */
  static List<Connector> all() {
    return ServiceLoader.load(Connector.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(Connector::scheme))
        .toList();
  }

  /** The connector of a scheme, if the class path has it. */
  static Optional<Connector> of(String scheme) {
    return all().stream().filter(connector -> connector.scheme().equals(scheme)).findFirst();
  }

  /**
   * The connector of an endpoint, which must have one of some abilities.
   *
   * @throws dhara.options.BadOption when the class path has no such connector, or it has none of
   *     the abilities
   */
  static Connector of(Endpoint endpoint, Ability... abilities) {
    Set<Ability> wanted = Set.of(abilities);
    Connector connector =
        of(endpoint.scheme())
            .orElseThrow(
                () ->
                    endpoint.bad(
                        endpoint.scheme()
                            + ":// is not on this class path; build and run with "
                            + ELSEWHERE.get(endpoint.scheme())));
    if (Collections.disjoint(connector.abilities(), wanted)) {
      throw endpoint.bad(
          "cannot "
              + abilities[0].verb
              + "; these can: "
              + all().stream()
                  .filter(other -> !Collections.disjoint(other.abilities(), wanted))
                  .map(Connector::shape)
                  .collect(Collectors.joining(", ")));
    }
    return connector;
  }
}
