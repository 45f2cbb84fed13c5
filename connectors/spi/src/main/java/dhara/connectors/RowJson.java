package dhara.connectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Reads rows of JSON without loss: numbers as they are written, 12.50 with its zero. */
public final class RowJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .nodeFactory(new JsonNodeFactory(true))
          .build();

  private RowJson() {}

  /** Any JSON value. */
  public static JsonNode value(String json) throws JsonProcessingException {
    return MAPPER.readTree(json);
  }

  /** An empty object, to be filled. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
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
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new IOException("is no JSON object");
  }
}
