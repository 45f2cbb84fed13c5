package dhara.transforms.unique;

import dhara.events.Event;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.EarlierOutputFn;
import dhara.transforms.shards.HeldBlocks;
import dhara.transforms.shards.TableBudget;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Finds the first event of each id among the events of a shard. Which one is first is known only
 * after the last event, so events are held until then, encoded and partly in a temporary file.
 */
final class EarliestFn<T extends Event> extends EarlierOutputFn<KV<Integer, Iterable<byte[]>>, T> {

  private static final long serialVersionUID = 1L;

  private final Coder<T> coder;
  private final @Nullable TupleTag<T> duplicates;
  private final TupleTag<Unique.Counts> counts;
  private final @Nullable Long tableBytes;
  private transient long firsts;
  private transient long copies;
  private transient int given;

  /**
   * Compares the hashes of ids.
   *
   * @param duplicates null if they are only counted
   * @param tableBytes how many bytes of events may be in memory; null for a share of the heap
   */
  EarliestFn(
      Coder<T> coder,
      @Nullable TupleTag<T> duplicates,
      TupleTag<Unique.Counts> counts,
      @Nullable Long tableBytes) {
    this.coder = coder;
    this.duplicates = duplicates;
    this.counts = counts;
    this.tableBytes = tableBytes;
  }

  @StartBundle
  public void startBundle() {
    firsts = 0;
    copies = 0;
  }

  @ProcessElement
  public void process(ProcessContext context) throws IOException {
    TableBudget budget = tableBytes == null ? TableBudget.ofProcess() : new TableBudget(tableBytes);
    FirstCopies first = new FirstCopies();
    try (HeldBlocks held = new HeldBlocks(budget)) {
      for (byte[] block : context.element().getValue()) {
        for (BlockReader event = new BlockReader(block); event.next(); ) {
          first.add(event);
        }
        held.add(block);
      }
      given = 0;
      held.forEach(block -> give(block, first, context));
    }
    firsts += first.ids();
    copies += first.events() - first.ids();
  }

  private void give(byte[] block, FirstCopies first, ProcessContext context) throws IOException {
    for (BlockReader event = new BlockReader(block); event.next(); ) {
      Instant at = Instant.ofEpochMilli(event.revision());
      if (first.isFirst(given++)) {
        context.outputWithTimestamp(event.sum(coder), at);
      } else if (duplicates != null) {
        context.outputWithTimestamp(duplicates, event.sum(coder), at);
      }
    }
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    context.output(
        counts,
        new Unique.Counts(firsts, copies),
        GlobalWindow.INSTANCE.maxTimestamp(),
        GlobalWindow.INSTANCE);
  }
}
