package dhara.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowJson;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Compares values of a column, and gives equal values the same text.
 *
 * <p>Numbers are compared by value. Whole numbers must be equal; if at least one of two numbers has
 * a fraction or an exponent, they may differ by {@code tolerance * max(1, |a|, |b|)}. Lists and
 * objects are compared by their elements; a missing field is null.
 *
 * @param textual whether one of the sides has only text, as in CSV: then 12 and "12" are equal, an
 *     empty text is null, and JSON in a text is parsed
 * @param tolerance relative, 0 for none
 */
record Canonical(boolean textual, double tolerance) implements Serializable {

  private static final JsonNodeFactory NODES = new JsonNodeFactory(true);
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9]\\d{0,400})(\\.\\d{1,400})?([eE][+-]?\\d{1,4})?");
  private static final Pattern EXPONENT = Pattern.compile("-?\\d+(\\.\\d+)?[eE][+-]?\\d{1,4}");

  /** Numbers with more digits than this, by their exponent, are compared only for equality. */
  private static final int MOST_SCALE = 5_000;

  /** The text of a key's columns; equal for equal keys. */
  String key(ObjectNode columns) {
    return sorted(columns, true).toString();
  }

  /** A value's columns, sorted; numbers keep being whole or not. */
  String value(ObjectNode columns) {
    return sorted(columns, false).toString();
  }

  private ObjectNode sorted(ObjectNode object, boolean key) {
    ObjectNode sorted = NODES.objectNode();
    TreeSet<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    names.forEach(name -> sorted.set(name, node(object.get(name), key)));
    return sorted;
  }

  private JsonNode node(JsonNode node, boolean key) {
    if (node instanceof ObjectNode object) {
      return sorted(object, false);
    } else if (node instanceof ArrayNode array) {
      ArrayNode copy = NODES.arrayNode();
      array.forEach(each -> copy.add(node(each, false)));
      return copy;
    }
    return key && textual ? text(node) : node.isBigDecimal() ? fraction(node) : node;
  }

  /** The text of a scalar of a key as in a CSV cell, however it was written. */
  private JsonNode text(JsonNode node) {
    if (node.isNull() || (node.isTextual() && node.textValue().isEmpty())) {
      return NODES.nullNode();
    }
    if (node.isTextual() && structure(node) != null) {
      return sortedStructure(node);
    }
    String text = node.asText();
    return NODES.textNode(
        EXPONENT.matcher(text).matches() ? new BigDecimal(text).toString() : text);
  }

  private JsonNode sortedStructure(JsonNode text) {
    JsonNode structure = structure(text);
    return structure == null ? text : node(structure, false);
  }

  private static JsonNode fraction(JsonNode node) {
    BigDecimal stripped = node.decimalValue().stripTrailingZeros();
    // 12.0 stays a number with a fraction, because the tolerance applies to it, and not to 12.
    return NODES.numberNode(stripped.scale() <= 0 ? atLeastOneDecimal(stripped) : stripped);
  }

  private static BigDecimal atLeastOneDecimal(BigDecimal number) {
    return number.scale() < -MOST_SCALE ? number : number.setScale(1);
  }

  /**
   * The distance of two values: 0 if they are equal, for two numbers the distance relative to the
   * larger, otherwise 1; for lists and objects the largest distance within.
   */
  double distance(@Nullable JsonNode a, @Nullable JsonNode b) {
    boolean noA = nothing(a);
    boolean noB = nothing(b);
    if (noA || noB) {
      return noA && noB ? 0 : 1;
    }
    BigDecimal x = number(a);
    BigDecimal y = number(b);
    if (x != null && y != null) {
      return distance(x, y, whole(a) && whole(b));
    }
    JsonNode left = structured(a);
    JsonNode right = structured(b);
    if (left instanceof ArrayNode && right instanceof ArrayNode) {
      double most = left.size() == right.size() ? 0 : 1;
      for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
        most = Math.max(most, distance(left.get(i), right.get(i)));
      }
      return most;
    } else if (left instanceof ObjectNode one && right instanceof ObjectNode other) {
      double most = 0;
      for (String name : names(one, other)) {
        most = Math.max(most, distance(left.get(name), right.get(name)));
      }
      return most;
    }
    return left.equals(right) || (textual && scalars(left, right)) ? 0 : 1;
  }

  private static boolean scalars(JsonNode a, JsonNode b) {
    return a.isValueNode() && b.isValueNode() && a.asText().equals(b.asText());
  }

  private double distance(BigDecimal a, BigDecimal b, boolean whole) {
    if (a.compareTo(b) == 0) {
      return 0;
    }
    if (!subtractable(a, b)) {
      return 1;
    }
    BigDecimal apart = a.subtract(b).abs();
    BigDecimal larger = a.abs().max(b.abs());
    if (!whole
        && apart.compareTo(new BigDecimal(tolerance).multiply(larger.max(BigDecimal.ONE))) <= 0) {
      return 0;
    }
    return Math.max(Double.MIN_VALUE, apart.divide(larger, MathContext.DECIMAL64).doubleValue());
  }

  /** Whether the difference has a reasonable number of digits. */
  static boolean subtractable(BigDecimal a, BigDecimal b) {
    return Math.abs(a.scale()) <= MOST_SCALE && Math.abs(b.scale()) <= MOST_SCALE;
  }

  /** The columns of two rows, in the order of their names. */
  static TreeSet<String> names(ObjectNode a, ObjectNode b) {
    TreeSet<String> names = new TreeSet<>();
    a.fieldNames().forEachRemaining(names::add);
    b.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private boolean nothing(@Nullable JsonNode node) {
    return node == null
        || node.isNull()
        || (textual && node.isTextual() && node.textValue().isEmpty());
  }

  /** The number in a node or its text; null if there is none. */
  @Nullable BigDecimal number(JsonNode node) {
    if (node.isNumber()) {
      return node.decimalValue();
    }
    boolean says = textual && node.isTextual() && NUMBER.matcher(node.textValue()).matches();
    return says ? new BigDecimal(node.textValue()) : null;
  }

  private static boolean whole(JsonNode number) {
    String text = number.isTextual() ? number.textValue() : "";
    return number.isTextual()
        ? text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))
        : number.isIntegralNumber();
  }

  private JsonNode structured(JsonNode node) {
    JsonNode structure = textual && node.isTextual() ? structure(node) : null;
    return structure == null ? node : structure;
  }

  /** The list or object in a JSON text; null if there is neither. */
  private static @Nullable JsonNode structure(JsonNode text) {
    String json = text.textValue();
    if (!json.startsWith("[") && !json.startsWith("{")) {
      return null;
    }
    try {
      return RowJson.value(json);
    } catch (JsonProcessingException e) {
      return null; // a text that only begins like JSON
    }
  }
}
