package dhara.connectors;

import java.util.Map;
import java.util.NavigableSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.PCollection;

/**
 * Rows that sinks have written at an endpoint, to be read back: the sub-folders of a folder, or a
 * topic and those that extend its name by a suffix. The read is bounded: files as they are, topics
 * up to their ends when the pipeline is built.
 *
 * <p>Unreadable rows and truncated files fail the run; the error names the place.
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

  /** Its endpoint. */
  Endpoint endpoint();

  /**
   * The names of its parts: sub-folders, or the suffixes of topics after a hyphen. The empty name
   * stands for files in the folder itself, or for the topic itself.
   */
  NavigableSet<String> names();

  /** Whether the name of a folder tells that it holds the answers of an output. */
  boolean namesOutputs();

  /** Whether numbers in these parts are written as text, as in CSV. */
  boolean textual(Iterable<String> names);

  /** About how many bytes these have, uncompressed. */
  long bytes(Iterable<String> names);

  /**
   * Reads rows.
   *
   * @param step the name of the step
   * @param names the parts to read, by {@link #names}, and the names of their rows
   * @param reader converts a row
   */
  <T> PCollection<T> read(
      Pipeline pipeline,
      String step,
      Map<String, String> names,
      WrittenRow.Reader<T> reader,
      Coder<T> coder);
}
