package dhara.formats.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dhara.events.DeadLetter.Reason;
import java.io.IOException;

/** The text of one field as a range of the tokenizer's characters, without a copy. */
public final class Text {

  private static final int SHOWN = 60;

  public char[] chars = {};
  public int start;
  public int end;

  private char[] decoded = new char[64];

  /** The field's name for the user. */
  public String field = "";

  /** Whether it is written as a JSON number, which is always in JSON notation. */
  public boolean number;

  public void set(String name, char[] from, int offset, int length) {
    number = false;
    field = name;
    chars = from;
    start = offset;
    end = offset + length;
  }

  /**
   * Decodes valid UTF-8 without escapes.
   *
   * @param ascii whether it is all ASCII
   */
  public void set(String name, byte[] bytes, int from, int until, boolean ascii) {
    int length = until - from;
    if (decoded.length < length) {
      decoded = new char[2 * length];
    }
    if (ascii) {
      for (int i = 0; i < length; i++) {
        decoded[i] = (char) bytes[from + i];
      }
    } else {
      length = Utf8.decode(bytes, from, until, decoded, 0);
    }
    set(name, decoded, 0, length);
  }

  /** Takes the scalar at the parser's current token. */
  public void set(String name, JsonParser json, JsonToken token) throws IOException {
    set(name, json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
    number = token.isNumeric();
  }

  public void set(String name, String text) {
    set(name, text.toCharArray(), 0, text.length());
  }

  public boolean isEmpty() {
    return start == end;
  }

  /** Removes the spaces and tabs around the text. */
  public void trim() {
    while (start < end && isBlank(chars[start])) {
      start++;
    }
    while (start < end && isBlank(chars[end - 1])) {
      end--;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** The exception for this text: the field, the value (shortened), and the problem. */
  public BadEvent bad(Reason reason, String why) {
    return new BadEvent(reason, field + " '" + shortened(chars, start, end - start) + "' " + why);
  }

  /** The first characters of a text, without control characters. */
  public static String shortened(char[] chars, int offset, int length) {
    StringBuilder shown = new StringBuilder(Math.min(length, SHOWN) + 1);
    for (int i = offset; i < offset + Math.min(length, SHOWN); i++) {
      boolean plain = !Character.isISOControl(chars[i]) && !Character.isSurrogate(chars[i]);
      shown.append(plain ? chars[i] : '?');
    }
    return length > SHOWN ? shown.append('…').toString() : shown.toString();
  }

  @Override
  public String toString() {
    return new String(chars, start, end - start);
  }
}
