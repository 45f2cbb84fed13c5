package dhara.reconcile;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dhara.formats.text.Instants;
import dhara.reconcile.Finding.Kind;
import java.io.IOException;
import java.io.OutputStream;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A {@link Report} as a JSON object, for programs. */
final class ReportJson {

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ReportJson() {}

  static void write(Report report, OutputStream out) throws IOException {
    JSON.writerWithDefaultPrettyPrinter().writeValue(out, report(report));
  }

  private static ObjectNode report(Report report) {
    ObjectNode json = NODES.objectNode().put("a", report.a()).put("b", report.b());
    report.causes().forEach(json.putArray("explainedBy")::add);
    json.put("compared", report.compared())
        .put("outsideRows", report.outside())
        .put("undatedDeadLetters", report.undated());
    Report.CAUSES.forEach(cause -> json.put(field(cause), report.different(cause)));
    ArrayNode outputs = json.putArray("outputs");
    report.outputs().forEach(output -> outputs.add(output(report, output)));
    return json;
  }

  private static ObjectNode output(Report report, String output) {
    ObjectNode json = NODES.objectNode().put("output", output);
    if (report.lacking().containsKey(output)) {
      json.put("lackedBy", report.lacking().get(output));
    }
    json.put("compared", report.compared(output))
        .put("same", report.count(output, Kind.SAME))
        .put("outsideRows", report.count(output, Kind.OUTSIDE));
    for (Kind kind : Report.DIFFERENT) {
      ObjectNode counts = json.putObject(field(kind));
      Report.CAUSES.forEach(cause -> counts.put(field(cause), report.count(output, kind, cause)));
    }
    ArrayNode examples = json.putArray("examples");
    report.examples(output).forEach(example -> examples.add(example(example)));
    return json;
  }

  private static ObjectNode example(Report.Example example) {
    Difference difference = example.difference();
    ObjectNode json =
        NODES
            .objectNode()
            .put("kind", field(example.kind()))
            .put("cause", field(example.cause()))
            .set("key", raw(difference.key()));
    json.put("windowStart", Instants.format(difference.start()))
        .put("windowEnd", Instants.format(difference.end()));
    side(json, "a", difference.a());
    side(json, "b", difference.b());
    ArrayNode changes = json.putArray("changes");
    difference.changes().forEach(change -> changes.add(change(change)));
    json.put("size", difference.size());
    difference.causes().forEach(json.putArray("causes")::add);
    return json;
  }

  private static void side(ObjectNode json, String name, Difference.@Nullable Settled side) {
    if (side != null) {
      json.putObject(name).put("revision", side.revision()).set("value", raw(side.value()));
    }
  }

  private static ObjectNode change(Difference.Change change) {
    ObjectNode json = NODES.objectNode().put("column", change.column());
    json.set("a", raw(change.a()));
    json.set("b", raw(change.b()));
    if (change.by() != null) {
      json.set("by", raw(change.by()));
    }
    return json;
  }

  /** JSON as it was written, so that its numbers keep their digits. */
  private static JsonNode raw(@Nullable String json) {
    return json == null ? NODES.nullNode() : NODES.rawValueNode(new RawValue(json));
  }

  private static String field(Kind kind) {
    return switch (kind) {
      case DIFFERS -> "differs";
      case ONLY_IN_A -> "onlyInA";
      case ONLY_IN_B -> "onlyInB";
      case SAME -> "same";
      case OUTSIDE -> "outside";
      case UNDATED -> "undated";
    };
  }

  private static String field(Cause.Kind cause) {
    return switch (cause) {
      case NONE -> "unexplained";
      case LATE -> "late";
      case DEAD_LETTER -> "deadLetter";
    };
  }
}
