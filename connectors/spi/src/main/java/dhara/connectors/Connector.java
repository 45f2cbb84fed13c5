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
 * Implements the endpoints of a scheme: files, Kafka, the console, or one in a module of its own,
 * so that only its users download its client libraries. Found by {@link ServiceLoader}.
 *
 * <p>Annotate it with {@code @AutoService(Connector.class)}, declare its {@linkplain #abilities()
 * abilities}, and implement their methods: {@code SCHEME://…} then works everywhere, with the same
 * contracts as every other endpoint. No other code depends on the name of a scheme.
 */
public interface Connector {

  /** What a connector can do; an endpoint of its scheme is refused for any other use. */
  enum Ability {
    /** Gives events: {@link #source}. */
    READ("be read"),
    /** Takes rows; a later row replaces an earlier one with the same key: {@link #target}. */
    UPSERT("be written to"),
    /** Takes withdrawals, each of which removes, or marks as gone, the row with its key. */
    DELETE("be deleted from"),
    /** Takes rows and keeps each of them: {@link #target}. */
    APPEND("be written to"),
    /** Gives back the rows that were written: {@link #results}. */
    READ_BACK("be read back"),
    /** Gives the rows that were written and those that are added: {@link #feed}. */
    FOLLOW("be followed"),
    /** Reads the same records at the same positions again, as {@code --without} needs. */
    REREAD("be read without some of its records"),
    /** Takes rows again that it did not take before: {@link #sender}. */
    RESEND("be sent rows again that it did not take");

    private final String verb;

    Ability(String verb) {
      this.verb = verb;
    }
  }

  /** The scheme of its URIs, before the colon: {@code pubsub}. */
  String scheme();

  /** The form of its URIs, for errors: {@code pubsub://PROJECT/SUBSCRIPTION}. */
  String shape();

  /** What it can do. */
  Set<Ability> abilities();

  /**
   * The source at an endpoint.
   *
   * @param options how far out of order events may come, and the settings of the connector's client
   * @throws dhara.options.BadOption when the endpoint is malformed, or cannot be read
   */
  default <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Reading<T> reading, DharaOptions options) {
    throw new UnsupportedOperationException(scheme() + " is not read");
  }

  /**
   * The target of rows at an endpoint.
   *
   * @param run the run that writes them
   * @throws dhara.options.BadOption when the endpoint is malformed, or cannot be written to
   */
  default <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    throw new UnsupportedOperationException(scheme() + " is not written to");
  }

  /**
   * The rows that were written at an endpoint.
   *
   * @throws dhara.options.BadOption when nothing can be read there
   */
  default ResultSet results(Endpoint endpoint) {
    throw new UnsupportedOperationException(scheme() + " is not read back");
  }

  /**
   * Follows the rows that are written at an endpoint.
   *
   * @param name the name of the rows, which is a folder within the endpoint; empty for the endpoint
   *     itself
   * @param suffix the suffix of the topic or table, as in {@link Rows}
   * @param positions where to continue, from {@link RowFeed.Batch#positions}; empty to begin
   * @throws dhara.options.BadOption when the endpoint is malformed
   */
  default RowFeed feed(
      Endpoint endpoint, String name, String suffix, Map<String, String> positions) {
    throw new UnsupportedOperationException(scheme() + " is not followed");
  }

  /**
   * Sends rows again that the system at an endpoint did not take, under their names of before.
   *
   * @param rows what they are
   * @throws dhara.options.BadOption when the endpoint is malformed, or cannot be used
   */
  default RowSender sender(Endpoint endpoint, Rows<?> rows) {
    throw new UnsupportedOperationException(scheme() + " is not sent rows again");
  }

  /** Whether two places of its endpoints are the same, or one is within the other. */
  default boolean overlaps(Place place, Place other) {
    return (place.endpoint().path() + place.suffix())
        .equals(other.endpoint().path() + other.suffix());
  }

  /** The description of a place, for errors: {@code the topic trades}. */
  default String named(Place place) {
    return place.endpoint() + place.suffix();
  }

  /**
   * Rows to be written.
   *
   * @param name their name: an output, {@code late}; also the name of a folder
   * @param suffix the suffix of the table or topic, for all but the first output: empty, or a word
   *     with a hyphen before it, {@code -dead-letters}
   * @param upserts whether a later row replaces an earlier one that has the same {@linkplain
   *     RowFormat#keyColumns() key} and no higher revision; otherwise every row is kept
   * @param aside whether they are written beside the answers, and are not answers
   * @param format their columns
   * @param tooLong what happens to a row that is too long for its target
   * @param due when a row of a stream is due, which the latency metrics need; null for other rows
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
   * @param folder where a bounded run keeps the rows that the command shows at its end
   * @param options of the pipeline, with the settings of the connector's client
   */
  record Run(boolean bounded, RunFolder folder, PipelineOptions options) {}

  /**
   * A target of rows.
   *
   * @param write the step that writes; if it outputs {@link TooLong#REPLACED}, those dead letters
   *     replace rows
   * @param check throws, before anything runs, if the target cannot be written to; changes nothing
   * @param create creates the target, if it does not exist, before the pipeline runs
   * @param kept whether a bounded run keeps the rows in its folder, for the command to show
   * @param metered whether the step counts delays itself, because it sees each row anyway
   * @param pace how often a stream should write its ledger
   * @param folder the folder that a run claims and marks; null if rows do not go to a folder
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

    /** A target that exists, needs no check, and keeps every row. */
    public static <T> Target<T> of(PTransform<PCollection<T>, ? extends POutput> write) {
      return new Target<>(write, () -> {}, () -> {}, false, false, PACE, null);
    }

    /** The same, checked before anything runs. */
    public Target<T> checked(Runnable newCheck) {
      return new Target<>(write, newCheck, create, kept, metered, pace, folder);
    }

    /** The same, created before the pipeline runs if it does not exist. */
    public Target<T> created(Runnable newCreate) {
      return new Target<>(write, check, newCreate, kept, metered, pace, folder);
    }

    /** The same, with rows kept in the folder of the run. */
    public Target<T> keptInTheRun() {
      return new Target<>(write, check, create, true, metered, pace, folder);
    }

    /** The same, with a step that counts delays itself. */
    public Target<T> meteringItself() {
      return new Target<>(write, check, create, kept, true, pace, folder);
    }

    /** The same, with a stream's ledger written this often. */
    public Target<T> every(Duration newPace) {
      return new Target<>(write, check, create, kept, metered, newPace, folder);
    }

    /** The same, into a folder that the run claims before and marks as complete afterwards. */
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

    /** Checks a folder on a disk or an object store. */
    @FunctionalInterface
    private interface Asking {
      void run() throws IOException;
    }
  }

  /** The connectors that not every class path has, with the profile that adds each. */
  Map<String, String> ELSEWHERE =
      Map.of(
          "bigquery",
          "-Pdataflow-runner",
          "postgres",
          "-Pflink-runner,postgres or -Pdirect-runner,postgres",
          "pubsub",
          "-Pdataflow-runner",
          "redis",
          "-Pflink-runner,redis or -Pdirect-runner,redis",
          "webhook",
          "-Pflink-runner,webhook or -Pdirect-runner,webhook");

  /** The schemes of all connectors, on this class path or on others. */
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
   * The connector of an endpoint, which must have one of the given abilities.
   *
   * @throws dhara.options.BadOption when the class path has no such connector, or it lacks all of
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
