package dhara.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;

/**
 * Reads rows of answers. Columns up to {@code window_end} are key and window, then comes {@code
 * revision} (if there is none, 0, and of a tombstone {@link AnswerRow#ALL_BEFORE}), then the value.
 */
record AnswerReader(Canonical canonical) implements WrittenRow.Reader<AnswerRow> {

  static final String START = "window_start";
  static final String END = "window_end";
  private static final String REVISION = "revision";

  @Override
  public AnswerRow read(WrittenRow row) {
    Instant start = row.instant(START);
    Instant end = row.instant(END);
    if (!start.isBefore(end)) {
      throw row.unreadable("its window ends at " + end + ", not after its start at " + start);
    }
    ObjectNode key = RowJson.object();
    ObjectNode value = RowJson.object();
    boolean inKey = true;
    for (Iterator<Map.Entry<String, JsonNode>> i = row.columns().fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> column = i.next();
      String name = column.getKey();
      if (name.equals(END)) {
        inKey = false;
      } else if (!name.equals(START) && (inKey || !name.equals(REVISION))) {
        (inKey ? key : value).set(name, column.getValue());
      }
    }
    return new AnswerRow(
        row.name(),
        canonical.key(key),
        start,
        end,
        revision(row),
        row.order(),
        row.tombstone() ? null : canonical.value(value));
  }

  private static long revision(WrittenRow row) {
    JsonNode node = row.columns().get(REVISION);
    if (node == null) {
      return row.tombstone() ? AnswerRow.ALL_BEFORE : 0;
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    if (node.isTextual() && node.textValue().matches("\\d{1,18}")) {
      return Long.parseLong(node.textValue());
    }
    throw row.unreadable("its revision is no whole number: " + node);
  }
}
