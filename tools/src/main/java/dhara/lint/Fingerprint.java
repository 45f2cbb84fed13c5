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
 * Everything in a pipeline that matters when a stream is restored from a savepoint of another
 * version: which steps keep state, and how the state is encoded. Two pipelines with the same
 * fingerprint can exchange their state, on the same version of Beam and of the engine.
 *
 * @param analysis the name of the analysis
 * @param steps those that keep state, by name
 * @param sources those that keep a position in what they read, by name
 * @param records the record types whose bytes are in that state, by name
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
   * @param key the coder of the key of its state
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
   * How windows are kept. Their width and lateness may change; windows that are already open stay
   * as they are.
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
   * A source that keeps a position.
   *
   * @param reads its class
   * @param checkpoint the coder of its position
   * @param classes the classes in its serialized form, with their serial versions: Flink stores the
   *     source itself beside its position, and restores it
   */
  public record Source(String reads, String checkpoint, Map<String, Long> classes) {

    public Source {
      classes = classes == null ? Map.of() : classes; // an older fingerprint without them
    }
  }

  /**
   * A record, or an enum within one.
   *
   * @param inKeys whether its bytes are compared as keys, so that they must stay the same
   * @param components types by name, in order; with {@code ?} after those that may be absent
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
   * @throws JsonProcessingException if it is not a fingerprint
   */
  public static Fingerprint parse(String json) throws JsonProcessingException {
    return JSON.readValue(json, Fingerprint.class);
  }

  /** As JSON, one fact per line. */
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

  /** The changes that matter if a stream with the other fingerprint took over this one's state. */
  public List<Change> changesTo(Fingerprint now) {
    return new FingerprintChanges(this, now).changes();
  }
}
