package dhara.lint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * All of a pipeline that a stream depends on when it is restored from a savepoint of another
 * version: what keeps state and how that is coded. Two pipelines with one fingerprint can exchange
 * their state, on one version of Beam and of the engine.
 *
 * @param analysis what it is the fingerprint of
 * @param steps those that keep state, by name
 * @param sources those that keep a place in what they read, by name
 * @param records whose bytes are in that state, by type
 */
public record Fingerprint(
    String analysis,
    Map<String, Step> steps,
    Map<String, Source> sources,
    Map<String, RecordShape> records) {

  /**
   * A step that keeps state.
   *
   * @param kind {@code group}, {@code combine} or {@code stateful}
   * @param key the coder of what its state is kept by
   * @param states kind and coders, by id
   * @param timers time domains, by id
   * @param windowing the windows that its state is kept in
   */
  public record Step(
      String kind,
      String key,
      Map<String, String> states,
      Map<String, String> timers,
      Windowing windowing) {}

  /**
   * How windows are kept. How wide they are, and how long they are open, may change: what is open
   * stays as it was.
   *
   * @param windows the window function with its parameters
   * @param window its windows' coder
   * @param merging whether they merge
   * @param trigger the classes of the trigger and its parts, without their parameters
   * @param panes {@code ACCUMULATING_FIRED_PANES} or {@code DISCARDING_FIRED_PANES}
   * @param latenessMillis the allowed lateness
   */
  public record Windowing(
      String windows,
      String window,
      boolean merging,
      String trigger,
      String panes,
      long latenessMillis) {}

  /**
   * A source that knows where it stands.
   *
   * @param reads its class
   * @param checkpoint the coder of where it stands
   * @param classes those that it is serialized with, and their serial versions: Flink keeps the
   *     source itself beside where it stands, and restores it
   */
  public record Source(String reads, String checkpoint, Map<String, Long> classes) {

    public Source {
      classes = classes == null ? Map.of() : classes; // of a fingerprint that did not tell them
    }
  }

  /**
   * A record, or an enum within one.
   *
   * @param inKeys whether its bytes are compared, as keys: then they must stay the same
   * @param components types by name, in order; {@code ?} behind what may be absent
   * @param constants of an enum; null for a record
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RecordShape(
      boolean inKeys, @Nullable Map<String, String> components, @Nullable List<String> constants) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The fingerprint of a built pipeline. */
  public static Fingerprint of(String analysis, Pipeline pipeline) {
    return FingerprintReader.of(analysis, Graph.of(pipeline));
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws JsonProcessingException where it is none
   */
  public static Fingerprint parse(String json) throws JsonProcessingException {
    return JSON.readValue(json, Fingerprint.class);
  }

  /** As JSON, a line for each fact. */
  public String json() {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(lines);
    printer.indentArraysWith(lines);
    try {
      return JSON.writer(printer).writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a fingerprint is always written: " + e.getMessage(), e);
    }
  }

  /** What a stream with this fingerprint would meet if the other one took over its state. */
  public List<Change> changesTo(Fingerprint now) {
    return new FingerprintChanges(this, now).changes();
  }
}
