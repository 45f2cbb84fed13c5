package dhara.connectors.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.Endpoint;
import dhara.connectors.RowJson;
import dhara.options.SecretReference;
import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.schemas.Schema;

/**
 * The body of a request, in JSON, with the columns of a row where it says {@code {column}}:
 *
 * <pre>{@code
 * {"channel": "#shop", "text": "{severity}: {text}"}
 * }</pre>
 *
 * <p>A value is escaped for a JSON text, so placeholders stand within quotes; one of a number may
 * also stand alone. A null is the word {@code null}, lists and objects are their JSON.
 *
 * @param text the template
 */
record RowTemplate(String text) implements Serializable {

  private static final Pattern COLUMN = Pattern.compile("\\{([a-z][a-z0-9_]*)\\}");

  /**
   * Reads a template where the run is launched, so that workers need no copy of it.
   *
   * @param reference {@code file:/path}, or {@code env:NAME}
   * @param rows their columns
   * @throws dhara.options.BadOption if it cannot be read, names another column, or is no JSON
   */
  static RowTemplate read(Endpoint endpoint, String reference, Schema rows) {
    RowTemplate template;
    try {
      template = new RowTemplate(SecretReference.resolve(reference));
    } catch (SecretReference.Missing e) {
      throw endpoint.bad("template=" + e.getMessage(), e);
    }
    Matcher column = COLUMN.matcher(template.text);
    while (column.find()) {
      if (!rows.hasField(column.group(1))) {
        throw endpoint.bad(
            "template=%s names {%s}; the columns of a row are %s"
                .formatted(reference, column.group(1), String.join(", ", rows.getFieldNames())));
      }
    }
    try {
      JsonNode unused =
          RowJson.value(
              COLUMN
                  .matcher(template.text)
                  // A text is JSON only within quotes; without them it could add what it likes.
                  .replaceAll(found -> isBare(rows.getField(found.group(1))) ? "0" : "text"));
    } catch (JsonProcessingException e) {
      // Without the parser's message, which quotes the template.
      throw endpoint.bad(
          "template=%s is no JSON at line %d, column %d; only whole numbers, doubles and booleans may stand without quotes"
              .formatted(reference, e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
    return template;
  }

  /** Whether values are JSON without quotes, also if they are null. */
  private static boolean isBare(Schema.Field column) {
    return switch (column.getType().getTypeName()) {
      case BYTE, INT16, INT32, INT64, FLOAT, DOUBLE, BOOLEAN -> true;
      default -> false;
    };
  }

  /** The body for a row. */
  String of(String row) {
    JsonNode values;
    try {
      values = RowJson.value(row);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row is no JSON", e);
    }
    return COLUMN
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(escaped(values.path(found.group(1)))));
  }

  /** A column that a row lacks is empty: a withdrawal has no values. */
  private static String escaped(JsonNode value) {
    String plain = value.isValueNode() || value.isMissingNode() ? value.asText() : value.toString();
    return new String(JsonStringEncoder.getInstance().quoteAsString(plain));
  }
}
