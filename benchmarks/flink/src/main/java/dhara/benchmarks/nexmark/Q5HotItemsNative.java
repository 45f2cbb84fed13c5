package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q5HotItems.HotItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Query 5 by hand. Counts have the last timestamp of their window, so only those of the same window
 * meet in a window of 5 seconds.
 */
final class Q5HotItemsNative {

  /** Start of the window, auction, count. */
  private static final TypeInformation<Tuple3<Long, Long, Long>> COUNTED =
      Types.TUPLE(Types.LONG, Types.LONG, Types.LONG);

  private Q5HotItemsNative() {}

  static DataStream<HotItem> of(DataStream<Event> events) {
    return events
        .flatMap(
            (Event event, Collector<Long> out) -> {
              Bid bid = event.bid();
              if (bid != null) {
                out.collect(bid.auction());
              }
            })
        .returns(Types.LONG)
        .keyBy(auction -> auction)
        .window(SlidingEventTimeWindows.of(Duration.ofSeconds(10), Duration.ofSeconds(5)))
        .aggregate(
            new CountAll<>(),
            (Long auction,
                TimeWindow window,
                Iterable<Long> counts,
                Collector<Tuple3<Long, Long, Long>> out) ->
                counts.forEach(count -> out.collect(Tuple3.of(window.getStart(), auction, count))),
            Types.LONG,
            COUNTED)
        .windowAll(TumblingEventTimeWindows.of(Duration.ofSeconds(5)))
        .aggregate(new Hottest(), Types.LIST(COUNTED), Types.LIST(COUNTED))
        .flatMap(
            (List<Tuple3<Long, Long, Long>> hottest, Collector<HotItem> out) ->
                hottest.forEach(item -> out.collect(new HotItem(item.f0, item.f1, item.f2))))
        .returns(TypeInformation.of(HotItem.class));
  }

  /** The highest counts. */
  private static final class Hottest
      implements AggregateFunction<
          Tuple3<Long, Long, Long>,
          List<Tuple3<Long, Long, Long>>,
          List<Tuple3<Long, Long, Long>>> {

    private static final long serialVersionUID = 1L;

    @Override
    public List<Tuple3<Long, Long, Long>> createAccumulator() {
      return new ArrayList<>();
    }

    @Override
    public List<Tuple3<Long, Long, Long>> add(
        Tuple3<Long, Long, Long> count, List<Tuple3<Long, Long, Long>> hottest) {
      if (!hottest.isEmpty() && count.f2 > hottest.get(0).f2) {
        hottest.clear();
      }
      if (hottest.isEmpty() || count.f2.equals(hottest.get(0).f2)) {
        hottest.add(count);
      }
      return hottest;
    }

    @Override
    public List<Tuple3<Long, Long, Long>> getResult(List<Tuple3<Long, Long, Long>> hottest) {
      return hottest;
    }

    @Override
    public List<Tuple3<Long, Long, Long>> merge(
        List<Tuple3<Long, Long, Long>> a, List<Tuple3<Long, Long, Long>> b) {
      b.forEach(count -> add(count, a));
      return a;
    }
  }
}
