package dhara.assembly;

import dhara.connectors.LeaveLines;
import dhara.connectors.RunFolder;
import dhara.events.DeadLetter;
import dhara.ledger.Books;
import dhara.ledger.CountPerBundle;
import dhara.ledger.ReasonCounts;
import dhara.transforms.windows.InGlobalWindow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Counts the rows that a bounded run writes, as elements of the pipeline like {@link Books},
 * because metrics would count a retried bundle twice.
 */
final class Written {

  private static final String WRITTEN = "written";

  /** Before the reason of dead letters; no output has such a name. */
  private static final String REASON = "dead-letters.";

  private final List<PCollection<KV<String, Long>>> counts = new ArrayList<>();

  /** Counts rows. */
  void count(String name, PCollection<?> rows) {
    counts.add(
        counted(name, rows)
            .apply(
                name + ".Written.Named",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                    .via(count -> KV.of(name, count)))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of())));
  }

  private static <T> PCollection<Long> counted(String name, PCollection<T> rows) {
    return rows.apply(name + ".Written.Global", InGlobalWindow.into())
        .apply(name + ".Written.Count", CountPerBundle.ofElements());
  }

  /** Counts dead letters by their reasons. */
  void reasons(PCollection<DeadLetter> letters) {
    counts.add(
        letters
            .apply("DeadLetters.Reasons.Global", InGlobalWindow.into())
            .apply(
                "DeadLetters.Reasons.Named",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                    .via(letter -> KV.of(REASON + letter.reason(), letter.count())))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of())));
  }

  /** The reasons of {@link #reasons}, the most frequent first: {@code : EMPTY 3, MALFORMED 1}. */
  static String reasons(Map<String, Long> counts) {
    ReasonCounts reasons = new ReasonCounts();
    counts.forEach(
        (name, count) -> {
          if (name.startsWith(REASON)) {
            reasons.add(name.substring(REASON.length()), count);
          }
        });
    return reasons.isEmpty() ? "" : ": " + reasons;
  }

  /** How many rows a system did not take, of the counts of {@link #reasons}. */
  static long undelivered(Map<String, Long> counts) {
    return counts.getOrDefault(REASON + DeadLetter.Reason.UNDELIVERED, 0L);
  }

  /** Writes the sums to the run's folder, where the command reads them at the end. */
  void leave(RunFolder folder) {
    if (counts.isEmpty()) {
      return;
    }
    PCollectionList.of(counts)
        .apply("Written", Flatten.pCollections())
        .apply("Written.Sum", Sum.longsPerKey())
        .apply(
            "Written.Line",
            MapElements.into(TypeDescriptors.strings())
                .via(sum -> sum.getKey() + " " + sum.getValue()))
        .apply("Written.Leave", LeaveLines.in(folder.path(WRITTEN)));
  }

  /** The sums that {@link #leave} wrote, by name; a missing name has no rows. */
  static Map<String, Long> left(RunFolder folder) throws IOException {
    Map<String, Long> written = new TreeMap<>();
    for (String line : folder.lines(WRITTEN)) {
      int space = line.indexOf(' ');
      written.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
    }
    return written;
  }
}
