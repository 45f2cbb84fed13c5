package dhara.formats;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The fields of some events of JSON, those of objects in them with the path: {@code user.id}. */
public final class JsonFields {

  private final Set<String> fields = new LinkedHashSet<>();
  private int objects;

  /** Takes the fields of an event, if the bytes are an object. */
  public void add(byte[] bytes, int offset, int length) {
    Set<String> its = new LinkedHashSet<>();
    try (JsonParser json = JsonEvents.factory().createParser(bytes, offset, length)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        object(json, "", its);
        fields.addAll(its);
        objects++;
      }
    } catch (IOException e) {
      // It is no JSON: a dead letter when it is read, and nothing to learn from.
      return;
    }
  }

  private static void object(JsonParser json, String path, Set<String> fields) throws IOException {
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      fields.add(path + name);
      if (json.nextToken() == JsonToken.START_OBJECT) {
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

  /** The fields of all of them, in the order in which they came first. */
  public Set<String> names() {
    return fields;
  }
}
