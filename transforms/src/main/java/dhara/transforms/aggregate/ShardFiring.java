package dhara.transforms.aggregate;

import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;

/**
 * What a shard gives when it fires.
 *
 * @param <AccT> a sum
 * @param <T> what is given
 */
interface ShardFiring<AccT, T> extends Serializable {

  /**
   * Gives what is new of a window.
   *
   * @param sums the sums that have changed, whole, with their revisions; used up
   */
  void fire(int shard, IntervalWindow window, SumTable<AccT> sums, OutputReceiver<T> out)
      throws IOException;

  /** The revision of a sum that was not given before. */
  long first();

  /**
   * An answer for each sum. Where the sum of an answered key has none any more, the answer is
   * withdrawn.
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
