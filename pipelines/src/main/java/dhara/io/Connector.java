package dhara.io;

import dhara.events.Event;
import dhara.options.DharaOptions;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Endpoints of a scheme that lives in a module of its own, with its client libraries: who does not
 * use it does not download them. Found by {@link ServiceLoader}; files, Kafka and the console are
 * always there and are no connectors.
 *
 * <p>Annotate it with {@code @AutoService(Connector.class)}: {@code SCHEME://…} can then be read,
 * written or both, with the contracts of every other source and sink.
 */
public interface Connector {

  /** What its URIs begin with, before the colon: {@code pubsub}. */
  String scheme();

  /**
   * Where events come from.
   *
   * @param coder encodes events
   * @throws dhara.options.BadOption where the endpoint is malformed, or cannot be read
   */
  default <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Decoding<T> decoding, Coder<T> coder, DharaOptions options) {
    throw endpoint.bad("cannot be read; name a file, a glob or a topic");
  }

  /**
   * Where rows go.
   *
   * @throws dhara.options.BadOption where the endpoint is malformed, or cannot be written to
   */
  default <T> Target<T> target(Endpoint endpoint, Rows<T> rows, PipelineOptions options) {
    throw endpoint.bad("cannot be written to; name files:DIR, kafka:// or console");
  }

  /**
   * What is written.
   *
   * @param suffix what the name of a table or topic ends in, for all but the first output: empty,
   *     or a word with a hyphen before it, {@code -dead-letters}
   * @param format its columns
   */
  record Rows<T>(String suffix, RowFormat<T> format) {}

  /**
   * Where rows go. A later row replaces an earlier one that has the same {@linkplain
   * RowFormat#keyColumns() key} and no higher revision.
   *
   * @param write the step that writes
   * @param check refuses, before anything runs, what cannot be written to; changes nothing
   * @param create makes what is written to, where it is not there, before the pipeline runs
   */
  record Target<T>(PTransform<PCollection<T>, PDone> write, Runnable check, Runnable create) {}

  /** The connectors that Dhara ships, and what puts each on the class path. */
  Map<String, String> SHIPPED =
      Map.of("bigquery", "-Pdataflow-runner", "pubsub", "-Pdataflow-runner");

  /** The connector of a scheme, where the class path has it. */
  static Optional<Connector> of(String scheme) {
    return ServiceLoader.load(Connector.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(connector -> connector.scheme().equals(scheme))
        .findFirst();
  }

  /**
   * The connector of an endpoint.
   *
   * @throws dhara.options.BadOption where the class path has none
   */
  static Connector of(Endpoint endpoint) {
    return of(endpoint.scheme())
        .orElseThrow(
            () ->
                endpoint.bad(
                    endpoint.scheme()
                        + ":// is not on this class path; build and run with "
                        + SHIPPED.get(endpoint.scheme())));
  }
}
