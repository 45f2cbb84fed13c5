package dhara.formats;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads JSON objects into records. Producers write the fields of an event in the same order every
 * time, so the field at a position is first compared, by identity, with the one that stood there in
 * the event before; only where it is another is it looked up.
 */
final class JsonObjects<T extends Record> {

  private static final int REMEMBERED = 64;

  private final RecordReader<T> reader;
  private final @Nullable String[] names = new String[REMEMBERED];
  private final RecordReader.@Nullable Target[] targets = new RecordReader.Target[REMEMBERED];

  JsonObjects(RecordReader<T> reader) {
    this.reader = reader;
  }

  /** Reads the object at whose start the parser stands, to its end. */
  void read(JsonParser json, Text text) throws BadEvent, IOException {
    reader.begin();
    int position = 0;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      RecordReader.Target target = target(name, position++);
      JsonToken token = json.nextToken();
      if (target == null) {
        json.skipChildren();
      } else if (token == JsonToken.VALUE_NULL) {
        reader.nothing(target);
      } else if (token.isScalarValue()) {
        text.set(
            target.label(), json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
        reader.scalar(target, text);
      } else {
        reader.structured(target, json, text);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // the parser interns names; another one is looked up
  private RecordReader.@Nullable Target target(String name, int position) {
    if (position >= REMEMBERED) {
      return reader.target(name);
    }
    if (names[position] != name) {
      names[position] = name;
      targets[position] = reader.target(name);
    }
    return targets[position];
  }

  /** The record of the object that was read. */
  T finish() throws BadEvent {
    return reader.finish();
  }
}
