package dhara.connectors.reading;

import dhara.events.DeadLetter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Merges equal dead letters of a source: the first hundred are output one by one, the others as one
 * that gives their number and their range of positions. Without this, a file of 48 KB that unzips
 * to 50 million empty lines makes 8 GB of dead letters.
 *
 * <p>Letters are equal if they have the same source, reason, text and bytes; other letters may lie
 * between them. So each record of a merged letter can be found and read again, like that of a
 * single letter.
 *
 * <p>State: the most recent kinds of letters, while one part of a source or one bundle is read.
 * They take at most 4 MiB of bytes, or one letter if it alone has more. A kind that is evicted for
 * lack of room is output, and starts again when it comes back.
 */
final class DeadLetterSums {

  /** How many equal letters are output one by one… */
  static final int WHOLE = 100;

  /** …as long as no more than this many repeated letters have been output in total. */
  static final int REPEATED = 10_000;

  /**
   * As many two-byte lines as fit into gzip's window of 32 KiB: a small compressed file cannot
   * repeat more kinds than that.
   */
  static final int KINDS = 1 << 14;

  private static final long BYTES = 4 << 20;

  private final Map<Kind, Sum> sums = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private int repeated;

  /** Takes a letter, and outputs it, or merged letters that are evicted to make room for it. */
  void add(DeadLetter letter, Consumer<DeadLetter> out) {
    Kind kind = new Kind(letter);
    Sum sum = sums.get(kind);
    if (sum == null) {
      sums.put(kind, new Sum());
      bytes += kind.bytes();
      makeRoom(out);
      out.accept(letter);
    } else if (sum.repeated < WHOLE - 1 && sum.records == 0 && repeated < REPEATED) {
      sum.repeated++;
      repeated++;
      out.accept(letter);
    } else {
      sum.add(letter);
    }
  }

  private void makeRoom(Consumer<DeadLetter> out) {
    Iterator<Map.Entry<Kind, Sum>> eldest = sums.entrySet().iterator();
    while (sums.size() > KINDS || (bytes > BYTES && sums.size() > 1)) {
      Map.Entry<Kind, Sum> gone = eldest.next();
      eldest.remove();
      bytes -= gone.getKey().bytes();
      gone.getValue().give(out);
    }
  }

  /** Outputs the remaining merged letters. */
  void giveAll(Consumer<DeadLetter> out) {
    sums.values().forEach(sum -> sum.give(out));
    sums.clear();
    bytes = 0;
    repeated = 0;
  }

  /** The fields in which equal letters agree. */
  private record Kind(DeadLetter letter) {

    long bytes() {
      return (long) letter.bytes().length + letter.text().length();
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Kind kind
          && letter.reason() == kind.letter.reason()
          && letter.source().equals(kind.letter.source())
          && letter.text().equals(kind.letter.text())
          && Arrays.equals(letter.bytes(), kind.letter.bytes())
          && Objects.equals(letter.wholeSha256(), kind.letter.wholeSha256());
    }

    @Override
    public int hashCode() {
      return 31 * letter.text().hashCode() + Arrays.hashCode(letter.bytes());
    }
  }

  /** Letters of a kind: how many were output after the first, and those that were merged. */
  private static final class Sum {

    private int repeated;
    private long records;
    private @Nullable DeadLetter first;
    private String last = "";

    void add(DeadLetter letter) {
      if (first == null) {
        first = letter;
      }
      last = letter.position();
      records++;
    }

    void give(Consumer<DeadLetter> out) {
      DeadLetter from = first;
      if (from != null) {
        out.accept(records == 1 ? from : from.andOthers(records, last));
      }
    }
  }
}
