package dhara.connectors.files;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.formats.text.Instants;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Decodes Avro values to JSON, by their schema.
 *
 * @param longest how many bytes a text may have
 */
record AvroValues(int longest) {

  private static final JsonNodeFactory NODES = new JsonNodeFactory(true);
  private static final int DEEPEST = 100;

  /** Far beyond what any decimal has, and far below what takes memory when it is written out. */
  private static final int MOST_DIGITS = 1_000;

  private static final long MICROS = 1_000_000;
  private static final long NANOS_PER_MICRO = 1_000;

  /**
   * A row.
   *
   * @throws IOException if its bytes end before it does
   * @throws RuntimeException if they are no such row
   */
  ObjectNode row(Schema schema, AvroBytes in) throws IOException {
    return object(schema, in, 0);
  }

  /** What takes no byte could be there any number of times. */
  private static void refuseNothing(long before, AvroBytes in) {
    if (in.read() == before) {
      throw new IllegalArgumentException("it takes no bytes");
    }
  }

  private ObjectNode object(Schema schema, AvroBytes in, int depth) throws IOException {
    long before = in.read();
    ObjectNode object = NODES.objectNode();
    for (Schema.Field field : schema.getFields()) {
      object.set(field.name(), node(field.schema(), in, depth + 1));
    }
    refuseNothing(before, in);
    return object;
  }

  private JsonNode node(Schema schema, AvroBytes in, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("its values are nested more than " + DEEPEST + " deep");
    }
    return switch (schema.getType()) {
      case UNION -> node(schema.getTypes().get(index(in)), in, depth + 1);
      case RECORD -> object(schema, in, depth);
      case ARRAY -> array(schema.getElementType(), in, depth);
      case MAP -> map(schema.getValueType(), in, depth);
      case STRING -> NODES.textNode(text(in));
      case ENUM -> NODES.textNode(schema.getEnumSymbols().get(index(in)));
      case BYTES -> bytes(in.bytes(in.number(), longest), schema.getLogicalType());
      case FIXED -> bytes(in.bytes(schema.getFixedSize(), longest), schema.getLogicalType());
      case INT, LONG -> number(in.number(), schema.getLogicalType());
      case FLOAT -> {
        float value = little(in, Float.BYTES).getFloat();
        yield real(value, NumberOutput.toString(value, true));
      }
      case DOUBLE -> {
        double value = little(in, Double.BYTES).getDouble();
        yield real(value, NumberOutput.toString(value, true));
      }
      case BOOLEAN -> NODES.booleanNode(in.one() != 0);
      case NULL -> NODES.nullNode();
    };
  }

  private ArrayNode array(Schema of, AvroBytes in, int depth) throws IOException {
    ArrayNode array = NODES.arrayNode();
    for (long count = in.count(); count > 0; count = in.count()) {
      for (long i = 0; i < count; i++) {
        long before = in.read();
        array.add(node(of, in, depth + 1));
        refuseNothing(before, in);
      }
    }
    return array;
  }

  private ObjectNode map(Schema of, AvroBytes in, int depth) throws IOException {
    ObjectNode object = NODES.objectNode();
    for (long count = in.count(); count > 0; count = in.count()) {
      for (long i = 0; i < count; i++) {
        String key = text(in);
        object.set(key, node(of, in, depth + 1));
      }
    }
    return object;
  }

  private String text(AvroBytes in) throws IOException {
    return new String(in.bytes(in.number(), longest), StandardCharsets.UTF_8);
  }

  private static int index(AvroBytes in) throws IOException {
    return Math.toIntExact(in.number());
  }

  private static ByteBuffer little(AvroBytes in, int length) throws IOException {
    return ByteBuffer.wrap(in.bytes(length, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static JsonNode bytes(byte[] bytes, LogicalType logical) {
    if (logical instanceof LogicalTypes.Decimal decimal) {
      if (decimal.getScale() > MOST_DIGITS || bytes.length > MOST_DIGITS) {
        throw new IllegalArgumentException("it has a decimal of more than 1,000 digits");
      }
      return NODES.numberNode(new BigDecimal(new BigInteger(bytes), decimal.getScale()));
    }
    return NODES.textNode(Base64.getEncoder().encodeToString(bytes));
  }

  private static JsonNode number(long value, LogicalType logical) {
    if (logical instanceof LogicalTypes.TimestampMicros) {
      return instant(
          Instant.ofEpochSecond(
              Math.floorDiv(value, MICROS), Math.floorMod(value, MICROS) * NANOS_PER_MICRO));
    } else if (logical instanceof LogicalTypes.TimestampMillis) {
      return instant(Instant.ofEpochMilli(value));
    } else if (logical instanceof LogicalTypes.Date) {
      return NODES.textNode(LocalDate.ofEpochDay(value).toString());
    }
    return NODES.numberNode(value);
  }

  private static JsonNode instant(Instant instant) {
    return NODES.textNode(Instants.format(instant));
  }

  private static JsonNode real(double value, String text) {
    return Double.isFinite(value) ? NODES.numberNode(new BigDecimal(text)) : NODES.nullNode();
  }
}
