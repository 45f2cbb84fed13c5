package dhara.formats;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dhara.events.DeadLetter.Reason;
import dhara.formats.mapping.Fields;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Text;
import java.io.IOException;

/** Reads JSON objects into records. */
final class JsonObjects<T extends Record> {

  private final RecordReader<T> reader;

  JsonObjects(RecordReader<T> reader) {
    this.reader = reader;
  }

  /** Reads an object to its end; the parser is at its start. */
  void read(JsonParser json, Text text) throws BadEvent, IOException {
    reader.begin();
    read(reader.fields(), json, text);
  }

  private void read(Fields fields, JsonParser json, Text text) throws BadEvent, IOException {
    int position = 0;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Fields.Target target = fields.target(name, position++);
      JsonToken token = json.nextToken();
      if (target == null) {
        json.skipChildren();
      } else if (token == JsonToken.VALUE_NULL) {
        reader.nothing(target);
      } else if (target.inner() != null) {
        readWithin(target, target.inner(), token, json, text);
      } else if (token.isScalarValue()) {
        text.set(target.label(), json, token);
        reader.scalar(target, text);
      } else {
        reader.structured(target, json, text);
      }
    }
  }

  /** Reads a field whose inner fields are mapped. An empty text counts as missing. */
  private void readWithin(
      Fields.Target target, Fields inner, JsonToken token, JsonParser json, Text text)
      throws BadEvent, IOException {
    reader.nothing(target); // if a field comes twice, the last one counts
    if (token == JsonToken.START_OBJECT) {
      read(inner, json, text);
      return;
    }
    String asked = inner.targets().iterator().next().label();
    String no = "is no object, and " + asked + " is read from within it";
    if (token == JsonToken.START_ARRAY) {
      throw new BadEvent(Reason.WRONG_TYPE, target.label() + " is an array: it " + no);
    }
    text.set(target.label(), json, token);
    text.trim();
    if (!text.isEmpty()) {
      throw text.bad(Reason.WRONG_TYPE, no);
    }
  }

  /** The record of the object that was read. */
  T finish() throws BadEvent {
    return reader.finish();
  }
}
