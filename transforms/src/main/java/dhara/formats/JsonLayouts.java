package dhara.formats;

import com.fasterxml.jackson.core.JsonFactory;
import dhara.formats.text.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The layouts of recent events, the latest first. A topic has few layouts; if nearly every event
 * has a different one, looking gains nothing, and is paused for a while.
 */
final class JsonLayouts {

  private static final int KEPT = 4;

  /**
   * Learning a layout takes the time of some events, so this many must have been read by one to pay
   * off.
   */
  private static final int PRICE = 8;

  private static final int MOST_CREDIT = 8 * PRICE;

  /** How many events pass before looking again. */
  private static final int REST = 1000;

  private final RecordReader<?> reader;
  private final @Nullable JsonLayout[] layouts = new JsonLayout[KEPT];
  private int credit = MOST_CREDIT;
  private int rest;

  JsonLayouts(RecordReader<?> reader) {
    this.reader = reader;
  }

  /** Reads an event by one of the layouts; false if none matches. */
  boolean read(byte[] bytes, int start, int end, Text text) {
    for (int i = 0; i < KEPT; i++) {
      JsonLayout layout = layouts[i];
      if (layout == null) {
        return false;
      }
      if (layout.read(bytes, start, end, reader, text)) {
        if (i > 0) {
          putFirst(layout, i);
        }
        credit = Math.min(credit + 1, MOST_CREDIT);
        return true;
      }
    }
    return false;
  }

  private void putFirst(JsonLayout layout, int from) {
    System.arraycopy(layouts, 0, layouts, 1, from);
    layouts[0] = layout;
  }

  /** Learns the layout of an event that Jackson has read. */
  void learn(byte[] bytes, int start, int end, JsonFactory factory) {
    if (rest > 0) {
      rest--;
      return;
    }
    if (credit < PRICE) {
      credit = MOST_CREDIT;
      rest = REST;
      Arrays.fill(layouts, null);
      return;
    }
    credit -= PRICE;
    try {
      JsonLayout layout = JsonLayout.of(bytes, start, end, factory, reader);
      if (layout != null) {
        putFirst(layout, KEPT - 1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Jackson has read these bytes before
    }
  }
}
