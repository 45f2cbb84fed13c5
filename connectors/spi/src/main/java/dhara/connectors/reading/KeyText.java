package dhara.connectors.reading;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** The key of a record as text. */
public final class KeyText {

  private static final JsonFactory JSON = new JsonFactory();

  private KeyText() {}

  /**
   * The text of a key: of a JSON string, or of the only field of a JSON object; otherwise the bytes
   * as UTF-8.
   */
  public static String of(byte[] key) {
    String raw = new String(key, UTF_8);
    if (!raw.startsWith("\"") && !raw.startsWith("{")) {
      return raw;
    }
    try (JsonParser json = JSON.createParser(raw)) {
      JsonToken first = json.nextToken();
      String text = json.getText();
      if (first == JsonToken.START_OBJECT
          && json.nextToken() == JsonToken.FIELD_NAME
          && json.nextToken().isScalarValue()) {
        text = json.getText();
        first = json.nextToken() == JsonToken.END_OBJECT ? JsonToken.VALUE_STRING : first;
      }
      return first == JsonToken.VALUE_STRING && json.nextToken() == null ? text : raw;
    } catch (IOException e) {
      return raw; // it only looked like JSON
    }
  }
}
