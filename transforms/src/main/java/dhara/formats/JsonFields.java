package dhara.formats;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** Collects the field names of JSON events, with paths for nested objects: {@code user.id}. */
public final class JsonFields {

  /** Fields with a longer path are left out, or a name around many would be copied for each. */
  private static final int LONGEST = 1_000;

  private final Set<String> fields = new LinkedHashSet<>();
  private int objects;

  /** Adds the fields of an event, if the bytes are an object. */
  public void add(byte[] bytes, int offset, int length) {
    Set<String> its = new LinkedHashSet<>();
    try (JsonParser json = JsonEvents.factory().createParser(bytes, offset, length)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        object(json, "", its);
        fields.addAll(its);
        objects++;
      }
    } catch (IOException e) {
      // Not JSON: it will be a dead letter, and has no fields.
      return;
    }
  }

  private static void object(JsonParser json, String path, Set<String> fields) throws IOException {
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      boolean kept = path.length() + name.length() <= LONGEST;
      if (kept) {
        fields.add(path + name);
      }
      if (json.nextToken() == JsonToken.START_OBJECT && kept) {
        object(json, path + name + ".", fields);
      } else {
        json.skipChildren();
      }
    }
  }

  /** How many events were objects. */
  public int objects() {
    return objects;
  }

  /** All fields, in the order of their first occurrence. */
  public Set<String> names() {
    return fields;
  }
}
