package dhara.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The readers of objects and arrays: from JSON, or from JSON text in a CSV cell. */
final class Structures {

  /** It is the whole process's, so it must not keep field names. */
  private static final JsonFactory CELLS = JsonEvents.factory(false);

  private Structures() {}

  /** Reads from a JSON parser; a text is parsed first. */
  abstract static class Structured extends ComponentReader {

    /** Reads at the parser's current token, which may be any. */
    abstract Object value(JsonParser json, Text text) throws BadEvent, IOException;

    @Override
    final boolean isStructured() {
      return true;
    }

    @Override
    final void read(JsonParser json, Text text, Values values, int slot)
        throws BadEvent, IOException {
      values.objects[slot] = value(json, text);
    }

    @Override
    final void read(Text text, Values values, int slot) throws BadEvent {
      String field = text.field;
      try (JsonParser json = CELLS.createParser(text.chars, text.start, text.end - text.start)) {
        JsonToken first = json.nextToken();
        if (first == null || !first.isStructStart()) {
          throw text.bad(Reason.WRONG_TYPE, refusal());
        }
        Text inner = new Text();
        inner.field = field;
        values.objects[slot] = value(json, inner);
        if (json.nextToken() != null) {
          throw text.bad(Reason.WRONG_TYPE, "goes on after the JSON");
        }
      } catch (JsonProcessingException e) {
        throw text.bad(Reason.WRONG_TYPE, refusal() + ": " + e.getOriginalMessage());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e); // memory cannot fail
      }
    }
  }

  /** A record within a record. */
  static final class Nested extends Structured {
    private final JsonObjects<?> objects;

    Nested(RecordReader<?> reader) {
      objects = new JsonObjects<>(reader);
    }

    @Override
    String refusal() {
      return "is no object";
    }

    @Override
    Object value(JsonParser json, Text text) throws BadEvent, IOException {
      if (!json.isExpectedStartObjectToken()) {
        throw new BadEvent(Reason.WRONG_TYPE, text.field + " " + refusal());
      }
      objects.read(json, text);
      return objects.finish();
    }
  }

  /** A list, whose elements are never null. */
  static final class Lists extends Structured {
    private final ComponentReader element;
    private final Values one = new Values(1);

    Lists(ComponentReader element) {
      this.element = element;
    }

    @Override
    String refusal() {
      return "is no array";
    }

    @Override
    Object value(JsonParser json, Text text) throws BadEvent, IOException {
      String field = text.field;
      if (!json.isExpectedStartArrayToken()) {
        throw new BadEvent(Reason.WRONG_TYPE, field + " " + refusal());
      }
      List<Object> list = new ArrayList<>();
      for (JsonToken token = json.nextToken();
          token != JsonToken.END_ARRAY;
          token = json.nextToken()) {
        if (token == null || token == JsonToken.VALUE_NULL) {
          throw new BadEvent(Reason.MISSING_FIELD, field + " holds a null");
        }
        text.field = field;
        if (token.isScalarValue()) {
          readScalar(json, token, text);
        } else {
          element.read(json, text, one, 0);
        }
        list.add(element.boxed(one, 0));
      }
      one.clear();
      return Collections.unmodifiableList(list);
    }

    private void readScalar(JsonParser json, JsonToken token, Text text)
        throws BadEvent, IOException {
      text.set(text.field, json, token);
      if (!element.keepsSpaces()) {
        text.trim();
      }
      if (text.isEmpty()) {
        throw new BadEvent(Reason.MISSING_FIELD, text.field + " holds an empty text");
      }
      element.read(text, one, 0);
    }
  }
}
