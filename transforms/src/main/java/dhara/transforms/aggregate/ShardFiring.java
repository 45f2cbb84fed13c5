package dhara.transforms.aggregate;

import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;

/**
 * What a shard emits when it fires.
 *
 * @param <AccT> a sum
 * @param <T> the output
 */
interface ShardFiring<AccT, T> extends Serializable {

  /**
   * Emits the changes of a window.
   *
   * @param sums the complete new sums of changed keys, with their revisions; consumed
   */
  void fire(int shard, IntervalWindow window, SumTable<AccT> sums, OutputReceiver<T> out)
      throws IOException;

  /** The revision of a sum that was not emitted before. */
  long first();

  /**
   * Emits an answer for each sum. If the sum of an answered key gives no answer any more, the
   * answer is withdrawn.
   */
  record Answering<K, AccT, OutT>(Aggregation<K, ?, AccT, OutT> aggregation)
      implements ShardFiring<AccT, Answer<K, OutT>> {

    @Override
    public long first() {
      return 0;
    }

    @Override
    public void fire(
        int shard, IntervalWindow window, SumTable<AccT> sums, OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      Instant start = Instant.ofEpochMilli(window.start().getMillis());
      Instant end = Instant.ofEpochMilli(window.end().getMillis());
      sums.forEach(
          aggregation.keys(),
          (key, revision, sum) -> {
            OutT value = aggregation.fn().extractOutput(sum);
            if (value != null || revision > first()) {
              out.output(new Answer<>(key, start, end, revision, value));
            }
          });
    }
  }
}
