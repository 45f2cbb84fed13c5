package dhara.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadBytes;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Text;
import dhara.formats.text.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Parses JSON events, one object each.
 *
 * <p>Most events have the same layout as an earlier one, and are read by it ({@link JsonLayout});
 * all others are read with Jackson. Creating a Jackson parser costs a third of reading a small
 * event. So one parser reads event after event, as consecutive JSON documents in one stream. It is
 * replaced after a bad event. Parsers and their factory keep every field name that they have seen,
 * up to thousands of any length, so from time to time both are replaced. Reading from a stream also
 * prevents Jackson from taking bytes with zeros for UTF-16.
 */
final class JsonEvents<T extends Record> implements EventParser<T> {

  private static final int DEEPEST = 100;

  /**
   * Bounds the memory for field names: parser and factory are replaced after this many bytes of
   * events.
   */
  private static final long RENEWED_AFTER = 1 << 20;

  /** Blank input, from which a new parser detects UTF-8. */
  private static final byte[] BLANK = "    ".getBytes(StandardCharsets.US_ASCII);

  private final JsonObjects<T> objects;
  private final JsonLayouts layouts;
  private final Text text = new Text();
  private final Input input = new Input();
  private final Trailing trailing = new Trailing();
  private JsonFactory factory = factory();
  private @Nullable JsonParser parser;

  /** How many bytes the factory's parsers have read. */
  private long fed;

  JsonEvents(RecordReader<T> reader) {
    objects = new JsonObjects<>(reader);
    layouts = new JsonLayouts(reader);
  }

  /**
   * Strict JSON; hash collisions of field names cost time but never fail an event. Names are not
   * interned, because the cache of interned names is the whole process's and holds them for good.
   */
  static JsonFactory factory() {
    return factory(true);
  }

  /**
   * The same.
   *
   * @param keepsNames whether it keeps the field names that its parsers have seen
   */
  static JsonFactory factory(boolean keepsNames) {
    return JsonFactory.builder()
        .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, keepsNames)
        .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
        .build();
  }

  @Override
  public T parse(byte[] bytes, int offset, int length) throws BadEvent {
    int end = offset + length;
    int start = Utf8.afterBlank(bytes, Utf8.afterMark(bytes, offset, end), end);
    if (!layouts.read(bytes, start, end, text)) {
      requireUtf8(bytes, offset, end);
      if (start == end) {
        throw BadBytes.empty(length);
      }
      if (bytes[start] != '{') {
        throw malformed("is no JSON object", bytes, start, end);
      }
      if (fed > RENEWED_AFTER) {
        forgetParser();
        factory = factory();
        fed = 0;
      }
      fed += end - start;
      read(bytes, offset, start, end);
      layouts.learn(bytes, start, end, factory);
    }
    return objects.finish();
  }

  private static void requireUtf8(byte[] bytes, int offset, int end) throws BadEvent {
    int bad = Utf8.firstBad(bytes, offset, end);
    if (bad >= 0) {
      throw BadBytes.notUtf8(bytes, offset, bad);
    }
  }

  private void read(byte[] bytes, int offset, int start, int end) throws BadEvent {
    JsonParser json = parser();
    long before = input.delivered - start + offset;
    input.feed(bytes, start, end);
    boolean whole = false;
    try {
      json.nextToken();
      objects.read(json, text);
      trailing.blank = true;
      json.releaseBuffered(trailing);
      if (!trailing.blank || Utf8.afterBlank(bytes, input.at, end) < end) {
        throw malformed("goes on after the JSON object", bytes, start, end);
      }
      whole = true;
    } catch (JsonProcessingException e) {
      throw bad(e, json, before);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory cannot fail
    } finally {
      if (!whole) {
        forgetParser();
      }
    }
  }

  private JsonParser parser() {
    JsonParser json = parser;
    if (json == null) {
      input.delivered = 0;
      input.feed(BLANK, 0, BLANK.length);
      try {
        json = factory.createParser((InputStream) input);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      parser = json;
    }
    return json;
  }

  private void forgetParser() {
    JsonParser json = parser;
    parser = null;
    if (json != null) {
      try {
        json.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static BadEvent malformed(String why, byte[] bytes, int start, int end) {
    String event = new String(bytes, start, Math.min(end - start, 256), StandardCharsets.UTF_8);
    String shown = Text.shortened(event.toCharArray(), 0, event.length());
    return new BadEvent(Reason.MALFORMED, "'" + shown + "' " + why);
  }

  private static BadEvent bad(JsonProcessingException e, JsonParser json, long before) {
    String said = String.valueOf(e.getOriginalMessage());
    String name = json.getParsingContext().getCurrentName();
    String field = name == null ? "" : "at or after " + shortened(name) + ": ";
    if (e instanceof JsonParseException && said.startsWith("Non-standard token")) {
      return new BadEvent(Reason.WRONG_TYPE, field + "NaN and Infinity are no numbers of JSON");
    }
    // If something is too large, Jackson gives no location, so the parser's position is used.
    JsonLocation found = e.getLocation() == null ? json.currentLocation() : e.getLocation();
    String why = field + withoutPlaces(said);
    return new BadEvent(
        Reason.MALFORMED, "is no JSON near byte " + (found.getByteOffset() - before) + ", " + why);
  }

  /**
   * Removes Jackson's lines and columns, which count from the start of the stream, many events ago.
   */
  private static String withoutPlaces(String said) {
    int place = said.lastIndexOf(" (", said.indexOf("[Source"));
    return (place < 0 ? said : said.substring(0, place)).lines().findFirst().orElse("");
  }

  private static String shortened(String text) {
    return Text.shortened(text.toCharArray(), 0, text.length());
  }

  /** Supplies the bytes of one event; the stream appears to end there until the next event. */
  private static final class Input extends InputStream {
    private byte[] bytes = {};
    private int at;
    private int end;
    private long delivered;

    void feed(byte[] from, int start, int until) {
      bytes = from;
      at = start;
      end = until;
    }

    @Override
    public int read() {
      if (at == end) {
        return -1;
      }
      delivered++;
      return bytes[at++] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int count = Math.min(length, end - at);
      if (count == 0) {
        return -1;
      }
      System.arraycopy(bytes, at, into, offset, count);
      at += count;
      delivered += count;
      return count;
    }
  }

  /** Checks the bytes that the parser has read beyond the object, which must be white space. */
  private static final class Trailing extends OutputStream {
    private boolean blank;

    @Override
    public void write(int b) {
      blank &= b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      blank &= Utf8.afterBlank(bytes, offset, offset + length) == offset + length;
    }
  }
}
