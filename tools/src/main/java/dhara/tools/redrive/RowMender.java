package dhara.tools.redrive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dhara.connectors.RowFormat;
import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the name and the key of a row that was not delivered, so that its receiver recognises it.
 * The columns of the key come first in a row, then, in one of an answer, the revision. The letter
 * holds the hash of the name, so a wrong one is found.
 */
final class RowMender implements Mender {

  private static final JsonFactory JSON = new JsonFactory();

  private final List<String> keyColumns;
  private final boolean acts;

  /**
   * @param format that of the output's rows
   * @param acts whether the output has effects, whose rows are named by their incident
   */
  RowMender(RowFormat<?> format, boolean acts) {
    this.keyColumns = format.keyColumns();
    this.acts = acts;
  }

  @Override
  public Mended of(DeadLetter letter) throws BadEvent {
    Mender.checkWhole(letter);
    String row = new String(letter.bytes(), UTF_8);
    List<String> columns = new ArrayList<>();
    String key;
    String name;
    try (JsonParser json = JSON.createParser(row)) {
      String first = "";
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw bad("it is no JSON object");
      }
      while (columns.size() < keyColumns.size() && json.nextToken() == JsonToken.FIELD_NAME) {
        columns.add(json.currentName());
        json.nextToken();
        first = columns.size() == 1 ? json.getText() : first;
        json.skipChildren();
      }
      if (!columns.equals(keyColumns) || json.nextToken() != JsonToken.FIELD_NAME) {
        throw bad("it does not begin with the columns " + String.join(", ", keyColumns));
      }
      int next = (int) json.currentTokenLocation().getCharOffset();
      key = row.substring(0, row.lastIndexOf(',', next)) + "}";
      String column = json.currentName();
      json.nextToken();
      if (acts) {
        name = first;
      } else if (column.equals("revision")) {
        name = key + " " + json.getText();
      } else {
        throw bad("it has no revision after its key");
      }
    } catch (IOException e) {
      throw bad("it is no JSON");
    }
    String position = "key=" + DeadLetter.sha256(name.getBytes(UTF_8));
    if (!position.equals(letter.position())) {
      throw bad("the name that it gives is not the name that it had");
    }
    return new Mended(name, key.getBytes(UTF_8), letter.bytes());
  }

  private static BadEvent bad(String why) {
    return new BadEvent(Reason.MALFORMED, "no row of this output: " + why);
  }
}
