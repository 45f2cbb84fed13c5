package dhara.terminal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Makes text that may contain user data safe for a terminal. Escape codes could control it, a
 * carriage return could overwrite text, and direction marks could disguise words. Each is replaced
 * by U+FFFD.
 */
public final class Printable {

  private static final String INSTEAD = "\uFFFD";
  private static final String DIRECTIONS = "\\u202A-\\u202E\\u2066-\\u2069";
  private static final Pattern IN_LINE =
      Pattern.compile("[\\p{Cc}\\u2028\\u2029" + DIRECTIONS + "]");
  private static final Pattern IN_LINES = Pattern.compile("[\\p{Cc}" + DIRECTIONS + "&&[^\\n\\t]]");

  private Printable() {}

  /** Text that stays on one line. */
  public static String line(String text) {
    return IN_LINE.matcher(text).replaceAll(INSTEAD);
  }

  /** Text that may have several lines, and tabs in them. */
  public static String lines(String text) {
    return IN_LINES.matcher(text).replaceAll(INSTEAD);
  }

  /** A UTF-8 stream whose only control characters are line ends and tabs. */
  public static PrintStream stream(PrintStream to) {
    return new PrintStream(new Controls(to), true, StandardCharsets.UTF_8);
  }

  /** Works on bytes, because a print stream gets bytes, and a character may come in two parts. */
  private static final class Controls extends FilterOutputStream {

    private static final byte[] REPLACED = INSTEAD.getBytes(StandardCharsets.UTF_8);

    /** The first of the two bytes that control characters beyond ASCII have in UTF-8. */
    private static final int LEAD = 0xC2;

    private static final int LAST_AFTER_LEAD = 0x9F;
    private static final int DELETE = 0x7F;

    private boolean lead;

    Controls(OutputStream to) {
      super(to);
    }

    @Override
    public synchronized void write(int b) throws IOException {
      int each = b & 0xFF;
      boolean controls =
          lead
              ? each > DELETE && each <= LAST_AFTER_LEAD
              : each == DELETE || (each < ' ' && "\n\t".indexOf(each) < 0);
      if (lead && !controls) {
        out.write(LEAD);
      }
      lead = each == LEAD;
      if (controls) {
        out.write(REPLACED);
      } else if (!lead) {
        out.write(each);
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      for (int i = offset; i < offset + length; i++) {
        write(bytes[i]);
      }
    }
  }
}
