package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q4CategoryPrices.CategoryPrice;
import dhara.benchmarks.nexmark.WinningBids.Win;
import java.time.Duration;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** Query 4 by hand. */
final class Q4CategoryPricesNative {

  private static final TypeInformation<Tuple2<Long, Long>> COUNT_AND_SUM =
      Types.TUPLE(Types.LONG, Types.LONG);

  private Q4CategoryPricesNative() {}

  static DataStream<CategoryPrice> of(DataStream<Event> events) {
    return WinningBidsNative.of(events)
        .keyBy(Win::category)
        .window(SlidingEventTimeWindows.of(Duration.ofSeconds(10), Duration.ofSeconds(5)))
        .aggregate(
            new Average(),
            (Long category,
                TimeWindow window,
                Iterable<Long> cents,
                Collector<CategoryPrice> out) ->
                cents.forEach(
                    average ->
                        out.collect(new CategoryPrice(window.getStart(), category, average))),
            COUNT_AND_SUM,
            TypeInformation.of(CategoryPrice.class));
  }

  /** Count and sum. */
  private static final class Average implements AggregateFunction<Win, Tuple2<Long, Long>, Long> {

    private static final long serialVersionUID = 1L;

    @Override
    public Tuple2<Long, Long> createAccumulator() {
      return Tuple2.of(0L, 0L);
    }

    @Override
    public Tuple2<Long, Long> add(Win win, Tuple2<Long, Long> sum) {
      sum.f0++;
      sum.f1 += win.price();
      return sum;
    }

    @Override
    public Long getResult(Tuple2<Long, Long> sum) {
      return sum.f1 / sum.f0;
    }

    @Override
    public Tuple2<Long, Long> merge(Tuple2<Long, Long> a, Tuple2<Long, Long> b) {
      return Tuple2.of(a.f0 + b.f0, a.f1 + b.f1);
    }
  }
}
