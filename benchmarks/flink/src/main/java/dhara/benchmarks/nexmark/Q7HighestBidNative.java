package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q7HighestBid.HighestBid;
import java.time.Duration;
import org.apache.flink.api.common.functions.ReduceFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Query 7 by hand. A window over all bids runs in one task, so first the highest of each of some
 * equal parts is computed, and then the highest of these.
 */
final class Q7HighestBidNative {

  private static final int PARTS = 32;

  private Q7HighestBidNative() {}

  static DataStream<HighestBid> of(DataStream<Event> events) {
    return events
        .flatMap(
            (Event event, Collector<Tuple4<Long, Long, Long, Long>> out) -> {
              Bid bid = event.bid();
              if (bid != null) {
                out.collect(Tuple4.of(bid.price(), bid.atMillis(), bid.auction(), bid.bidder()));
              }
            })
        .returns(Types.TUPLE(Types.LONG, Types.LONG, Types.LONG, Types.LONG))
        .keyBy(bid -> (int) (bid.f0 % PARTS))
        .window(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
        .reduce(new Highest())
        .windowAll(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
        .reduce(
            new Highest(),
            (TimeWindow window,
                Iterable<Tuple4<Long, Long, Long, Long>> bids,
                Collector<HighestBid> out) ->
                bids.forEach(
                    bid ->
                        out.collect(
                            new HighestBid(window.getStart(), bid.f0, bid.f1, bid.f2, bid.f3))),
            TypeInformation.of(HighestBid.class));
  }

  /**
   * Compares price, time, auction and bidder: the highest price wins, then the least of the others.
   */
  private static final class Highest implements ReduceFunction<Tuple4<Long, Long, Long, Long>> {

    private static final long serialVersionUID = 1L;

    @Override
    public Tuple4<Long, Long, Long, Long> reduce(
        Tuple4<Long, Long, Long, Long> a, Tuple4<Long, Long, Long, Long> b) {
      int order = Long.compare(b.f0, a.f0);
      if (order == 0) {
        order = Long.compare(a.f1, b.f1);
      }
      if (order == 0) {
        order = Long.compare(a.f2, b.f2);
      }
      if (order == 0) {
        order = Long.compare(a.f3, b.f3);
      }
      return order <= 0 ? a : b;
    }
  }
}
