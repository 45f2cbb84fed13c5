package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q12UserBids.UserBids;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** Query 12 by hand. */
final class Q12UserBidsNative {

  private Q12UserBidsNative() {}

  static DataStream<UserBids> of(DataStream<Event> events) {
    return events
        .flatMap(
            (Event event, Collector<Long> out) -> {
              Bid bid = event.bid();
              if (bid != null) {
                out.collect(bid.bidder());
              }
            })
        .returns(Types.LONG)
        .keyBy(bidder -> bidder)
        .window(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
        .aggregate(
            new CountAll<>(),
            (Long bidder, TimeWindow window, Iterable<Long> counts, Collector<UserBids> out) ->
                counts.forEach(
                    count -> out.collect(new UserBids(bidder, window.getStart(), count))),
            Types.LONG,
            TypeInformation.of(UserBids.class));
  }
}
