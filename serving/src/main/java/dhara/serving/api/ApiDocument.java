package dhara.serving.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.serving.rows.Cells;
import dhara.serving.views.ServedView;
import dhara.serving.views.ViewColumn;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/**
 * The OpenAPI document: {@code openapi.json} beside this class, with the names of the views that
 * are served, the schema of each view's rows, and the functions that SQL may call.
 */
final class ApiDocument {

  private static final String DOCUMENT = "openapi.json";

  private ApiDocument() {}

  /** The document for these views. */
  static ObjectNode of(List<ServedView> views) throws IOException {
    ObjectNode document;
    try (var in = ApiDocument.class.getResourceAsStream(DOCUMENT)) {
      if (in == null) {
        throw new IllegalStateException(DOCUMENT + " is missing beside " + ApiDocument.class);
      }
      document = (ObjectNode) Cells.JSON.readTree(in);
    }
    ArrayNode names = Cells.JSON.createArrayNode();
    ObjectNode schemas = (ObjectNode) document.at("/components/schemas");
    for (ServedView view : views) {
      names.add(view.name());
      schemas.set("Row." + view.table(), row(view));
    }
    if (!views.isEmpty()) {
      JsonNode name = document.at("/paths/~1api~1views~1{name}/get/parameters/0/schema");
      ((ObjectNode) name).set("enum", names);
    }
    ArrayNode functions =
        ((ObjectNode) document.at("/paths/~1api~1sql/post")).putArray("x-sql-functions");
    new TreeSet<>(SqlFence.functions()).forEach(functions::add);
    return document;
  }

  private static ObjectNode row(ServedView view) {
    ObjectNode schema = Cells.JSON.createObjectNode().put("type", "object");
    ArrayNode required = schema.putArray("required");
    schema.put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    for (ViewColumn column : view.columns()) {
      required.add(column.name());
      properties.set(column.name(), type(column));
    }
    return schema;
  }

  private static ObjectNode type(ViewColumn column) {
    ObjectNode schema = Cells.JSON.createObjectNode();
    String type =
        switch (column.type()) {
          case TEXT -> "string";
          case LONG -> "integer";
          case DOUBLE, DECIMAL -> "number";
          case BOOLEAN -> "boolean";
          case INSTANT -> {
            schema.put("format", "date-time");
            yield "string";
          }
          case JSON -> "";
        };
    if (!type.isEmpty()) {
      schema.putArray("type").add(type).add("null");
    }
    return schema;
  }
}
