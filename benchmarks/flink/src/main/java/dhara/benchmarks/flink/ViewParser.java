package dhara.benchmarks.flink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dhara.benchmarks.playback.PlaybackLines;
import java.io.IOException;

/**
 * A parser by hand, on Jackson's streaming parser: it reads the four fields that the job needs, and
 * the date without {@code java.time}.
 */
final class ViewParser {

  private static final JsonFactory JACKSON = new JsonFactory();

  private final String key;
  private final String id;
  private String lastId = "";

  /**
   * A parser.
   *
   * @param key the field that is the key
   */
  ViewParser(String key) {
    this(key, "");
  }

  /**
   * A parser of events that come twice.
   *
   * @param key the field that is the key
   * @param id the field that identifies an event
   */
  ViewParser(String key, String id) {
    this.key = key;
    this.id = id;
  }

  /** The id of the event that was parsed last. */
  String lastId() {
    return lastId;
  }

  /** Fills a view from a line. */
  View parse(byte[] line, int length, View view) throws IOException {
    try (JsonParser json = JACKSON.createParser(line, 0, length)) {
      json.nextToken();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        var unused = json.nextToken();
        if (name.equals(key)) {
          view.key = json.getText();
        } else if (name.equals("bitrate_kbps")) {
          view.bitrate = json.getIntValue();
        } else if (name.equals("error")) {
          view.error = json.getBooleanValue();
        } else if (name.equals("at")) {
          view.at = PlaybackLines.millis(json.getTextCharacters(), json.getTextOffset());
        } else if (name.equals(id)) {
          lastId = json.getText();
        }
      }
    }
    return view;
  }
}
