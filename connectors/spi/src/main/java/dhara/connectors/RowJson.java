package dhara.connectors;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.io.IOException;
import java.math.BigDecimal;

/** Reads rows of JSON without loss: numbers as they are written, 12.50 with its zero. */
public final class RowJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .nodeFactory(new Numbers())
          .build();

  /** Also what Jackson refuses by an exception that it does not document: 1e99999999999. */
  private static final String BEYOND =
      "it has a number beyond 1e308 or of more than 10,000 decimals";

  private static final JsonNodeFactory NODES = new JsonNodeFactory(true);

  /**
   * Refuses numbers far beyond any that is written. Jackson makes infinity of those above the
   * largest double, whatever they are; and to round or compare 1e-999999999 would take all memory.
   */
  private static final class Numbers extends JsonNodeFactory {

    private static final long serialVersionUID = 1L;

    private static final int MOST_SCALE = 10_000;

    Numbers() {
      super(true);
    }

    @Override
    public NumericNode numberNode(double number) {
      if (!Double.isFinite(number)) {
        throw new NumberFormatException(BEYOND);
      }
      return super.numberNode(number);
    }

    @Override
    public ValueNode numberNode(BigDecimal number) {
      if (Math.abs((long) number.scale()) > MOST_SCALE) {
        throw new NumberFormatException(BEYOND);
      }
      return super.numberNode(number);
    }
  }

  private RowJson() {}

  /**
   * Any JSON value.
   *
   * @throws JsonProcessingException also if it has a number far beyond any that is written
   */
  public static JsonNode value(String json) throws JsonProcessingException {
    try {
      return MAPPER.readTree(json);
    } catch (NumberFormatException e) {
      throw new JsonParseException(null, BEYOND, e);
    }
  }

  /** An empty object, to be filled. */
  public static ObjectNode object() {
    return NODES.objectNode();
  }

  /**
   * An object.
   *
   * @throws IOException if the bytes are not a JSON object; its message is one line
   */
  public static ObjectNode object(byte[] bytes, int offset, int length) throws IOException {
    JsonNode node;
    try {
      node = MAPPER.readTree(bytes, offset, length);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "is no JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""), e);
    } catch (NumberFormatException e) {
      throw new IOException("is not read: " + BEYOND, e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new IOException("is no JSON object");
  }
}
