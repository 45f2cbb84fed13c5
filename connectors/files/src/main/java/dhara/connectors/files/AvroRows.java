package dhara.connectors.files;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.WrittenRow;
import dhara.formats.text.Instants;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;

/** Converts Avro rows to the JSON form of the same rows. */
final class AvroRows {

  private static final JsonNodeFactory NODES = new JsonNodeFactory(true);
  private static final Conversions.DecimalConversion DECIMALS = new Conversions.DecimalConversion();

  private AvroRows() {}

  /**
   * Converts a row.
   *
   * @param place its position, for errors
   */
  static ObjectNode object(GenericRecord row, String place) {
    ObjectNode object = NODES.objectNode();
    for (Schema.Field field : row.getSchema().getFields()) {
      object.set(field.name(), node(row.get(field.pos()), field.schema(), place));
    }
    return object;
  }

  private static JsonNode node(Object value, Schema schema, String place) {
    if (value == null) {
      return NODES.nullNode();
    }
    if (schema.getType() == Schema.Type.UNION) {
      int index = GenericData.get().resolveUnion(schema, value);
      return node(value, schema.getTypes().get(index), place);
    }
    LogicalType logical = schema.getLogicalType();
    if (logical != null) {
      JsonNode node = logical(value, logical, schema);
      if (node != null) {
        return node;
      }
    }
    return switch (schema.getType()) {
      case RECORD -> object((GenericRecord) value, place);
      case ARRAY -> {
        ArrayNode array = NODES.arrayNode();
        ((List<?>) value).forEach(each -> array.add(node(each, schema.getElementType(), place)));
        yield array;
      }
      case MAP -> {
        ObjectNode object = NODES.objectNode();
        ((Map<?, ?>) value)
            .forEach((k, v) -> object.set(k.toString(), node(v, schema.getValueType(), place)));
        yield object;
      }
      case STRING, ENUM -> NODES.textNode(value.toString());
      case BYTES -> NODES.textNode(base64((ByteBuffer) value));
      case FIXED ->
          NODES.textNode(Base64.getEncoder().encodeToString(((GenericFixed) value).bytes()));
      case INT, LONG -> NODES.numberNode(((Number) value).longValue());
      case FLOAT -> real((Float) value, NumberOutput.toString((float) (Float) value, true));
      case DOUBLE -> real((Double) value, NumberOutput.toString((double) (Double) value, true));
      case BOOLEAN -> NODES.booleanNode((Boolean) value);
      case NULL -> NODES.nullNode();
      case UNION -> throw WrittenRow.unreadable(place, "it has a union in a union", null);
    };
  }

  /** Null if the logical type changes nothing. */
  private static JsonNode logical(Object value, LogicalType logical, Schema schema) {
    if (logical instanceof LogicalTypes.TimestampMicros) {
      long micros = (Long) value;
      return instant(
          Instant.ofEpochSecond(
              Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000));
    } else if (logical instanceof LogicalTypes.TimestampMillis) {
      return instant(Instant.ofEpochMilli((Long) value));
    } else if (logical instanceof LogicalTypes.Date) {
      return NODES.textNode(LocalDate.ofEpochDay((Integer) value).toString());
    } else if (logical instanceof LogicalTypes.Decimal && value instanceof ByteBuffer bytes) {
      return NODES.numberNode(DECIMALS.fromBytes(bytes.duplicate(), schema, logical));
    }
    return null;
  }

  private static JsonNode instant(Instant instant) {
    return NODES.textNode(Instants.format(instant));
  }

  private static JsonNode real(double value, String text) {
    return Double.isFinite(value) ? NODES.numberNode(new BigDecimal(text)) : NODES.nullNode();
  }

  private static String base64(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return Base64.getEncoder().encodeToString(copy);
  }
}
