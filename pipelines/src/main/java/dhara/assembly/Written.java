package dhara.assembly;

import dhara.connectors.RunFolder;
import dhara.ledger.Books;
import dhara.transforms.aggregate.CountPerBundle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * How many rows a bounded run writes of each kind, counted in the graph as {@link Books} counts
 * events: metrics would count a bundle twice that was tried again.
 */
final class Written {

  private static final String WRITTEN = "written";

  private final List<PCollection<KV<String, Long>>> counts = new ArrayList<>();

  /** Counts what is written. */
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
    return rows.apply(
            name + ".Written.Global",
            Window.<T>into(new GlobalWindows())
                .triggering(DefaultTrigger.of())
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply(name + ".Written.Count", CountPerBundle.ofElements());
  }

  /** Leaves the sums where the command finds them when the run has ended. */
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
        .apply("Written.Leave", TextIO.write().to(folder.path(WRITTEN)).withoutSharding());
  }

  /** What {@link #leave} has left, by name; what is not there has no rows. */
  static Map<String, Long> left(RunFolder folder) throws IOException {
    Map<String, Long> written = new TreeMap<>();
    for (String line : folder.lines(WRITTEN)) {
      int space = line.indexOf(' ');
      written.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
    }
    return written;
  }
}
