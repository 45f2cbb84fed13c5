package dhara.records;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Makes strings, and gives the one that it made before for a text that comes again. Most texts of
 * events name one of a few things, a country or a product; a copy for each event would be
 * allocated, hashed, and kept as long as a runner holds the event.
 *
 * <p>It looks at texts of up to {@value #LONGEST} ASCII characters, in a table of fixed size with
 * one place for each. A text takes its place only if it comes twice without another that has the
 * same place in between, so ids, which never come again, displace nothing. It belongs to one
 * thread.
 */
public final class RecentTexts {

  /** A text of this length is two words of eight characters. */
  static final int LONGEST = 16;

  private static final int SLOTS = 512;

  private static final long HIGH_BITS = 0x8080808080808080L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A thread's tables, which do not reference this class or its loader. */
  private static final ThreadLocal<Object[]> TABLES = ThreadLocal.withInitial(RecentTexts::tables);

  /** The first and the last word of the text in each slot. */
  private final long[] words;

  /** The mixed words of the last text that was not in its slot. */
  private final long[] candidates;

  private final @Nullable String[] texts;

  /** An empty table. */
  public RecentTexts() {
    this(tables());
  }

  private RecentTexts(Object[] tables) {
    words = (long[]) tables[0];
    candidates = (long[]) tables[1];
    texts = (String[]) tables[2];
  }

  private static Object[] tables() {
    return new Object[] {new long[2 * SLOTS], new long[SLOTS], new String[SLOTS]};
  }

  /** The table of the current thread, which must not be handed to another. */
  static RecentTexts ofThread() {
    return new RecentTexts(TABLES.get());
  }

  /** Decodes UTF-8; invalid bytes are replaced as in {@link String}. */
  public String utf8(byte[] bytes, int start, int length) {
    if (length > LONGEST) {
      return new String(bytes, start, length, StandardCharsets.UTF_8);
    }
    int end = start + length;
    long first;
    long last;
    if (length >= Long.BYTES) {
      first = (long) LONGS.get(bytes, start);
      last = (long) LONGS.get(bytes, end - Long.BYTES);
    } else {
      first = 0;
      for (int i = start; i < end; i++) {
        first = shifted(first, bytes[i] & 0xFF);
      }
      last = first;
    }
    if (((first | last) & HIGH_BITS) != 0) {
      return new String(bytes, start, length, StandardCharsets.UTF_8);
    }
    long mixed = mixed(first, last, length);
    int slot = slot(mixed);
    String text = found(slot, first, last, length);
    if (text == null) {
      text = new String(bytes, start, length, StandardCharsets.ISO_8859_1);
      missed(slot, mixed, first, last, text);
    }
    return text;
  }

  /** The string of {@code chars[start, end)}. */
  public String of(char[] chars, int start, int end) {
    int length = end - start;
    if (length > LONGEST) {
      return new String(chars, start, length);
    }
    long first = 0;
    int seen = 0;
    int firstEnd = start + Math.min(length, Long.BYTES);
    for (int i = start; i < firstEnd; i++) {
      seen |= chars[i];
      first = shifted(first, chars[i]);
    }
    long last = first;
    for (int i = firstEnd; i < end; i++) {
      seen |= chars[i];
      last = shifted(last, chars[i]);
    }
    if (seen >= 0x80) {
      return new String(chars, start, length);
    }
    long mixed = mixed(first, last, length);
    int slot = slot(mixed);
    String text = found(slot, first, last, length);
    if (text == null) {
      text = new String(chars, start, length);
      missed(slot, mixed, first, last, text);
    }
    return text;
  }

  /** Eight of these make the word that is read from the bytes at once. */
  private static long shifted(long word, int next) {
    return word >>> 8 | (long) next << 56;
  }

  /** Of texts of one length, each has other words. */
  private @Nullable String found(int slot, long first, long last, int length) {
    String text = texts[slot];
    return text != null
            && words[2 * slot] == first
            && words[2 * slot + 1] == last
            && text.length() == length
        ? text
        : null;
  }

  private void missed(int slot, long mixed, long first, long last, String text) {
    if (candidates[slot] == mixed) {
      words[2 * slot] = first;
      words[2 * slot + 1] = last;
      texts[slot] = text;
    } else {
      candidates[slot] = mixed;
    }
  }

  private static long mixed(long first, long last, int length) {
    long mixed = (first ^ length) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 32) ^ last) * 0xC2B2AE3D27D4EB4FL;
    return mixed ^ (mixed >>> 29);
  }

  private static int slot(long mixed) {
    return (int) (mixed >>> 55);
  }
}
