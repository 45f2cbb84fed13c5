package dhara.connectors;

import java.util.Map;
import java.util.NavigableSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.PCollection;

/**
 * What sinks have written at an endpoint, to be read back: the folders of a folder, or a topic and
 * those whose names go on where its ends. Bounded: files as they are, topics up to their ends as
 * they stand when the pipeline is built.
 *
 * <p>Rows that cannot be read, and files that break off, fail the run and name the place.
 */
public interface ResultSet {

  /**
   * Looks at an endpoint.
   *
   * @throws dhara.options.BadOption when nothing can be read there
   */
  static ResultSet of(Endpoint endpoint) {
    return Connector.of(endpoint, Connector.Ability.READ_BACK).results(endpoint);
  }

  /** Where it is. */
  Endpoint endpoint();

  /**
   * What is there: sub-folders, or what topics' names add to this one's after a hyphen. The empty
   * name stands for what is there directly: files in the folder, the topic itself.
   */
  NavigableSet<String> names();

  /** Whether a folder's name says of what is in it that it is an output's answers. */
  boolean namesOutputs();

  /** Whether numbers of these are written as text, as in CSV. */
  boolean textual(Iterable<String> names);

  /** About how many bytes these have, uncompressed. */
  long bytes(Iterable<String> names);

  /**
   * Reads rows.
   *
   * @param step the name of the step
   * @param names what is read, by {@link #names}, and what its rows are then called
   * @param reader what becomes of a row
   */
  <T> PCollection<T> read(
      Pipeline pipeline,
      String step,
      Map<String, String> names,
      WrittenRow.Reader<T> reader,
      Coder<T> coder);
}
