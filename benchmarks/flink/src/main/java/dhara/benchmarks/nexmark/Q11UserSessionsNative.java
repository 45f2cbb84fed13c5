package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q11UserSessions.UserSession;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Query 11 by hand. Flink merges sessions that touch, Beam does not. With a gap one millisecond
 * shorter, and an end one millisecond later, both agree.
 */
final class Q11UserSessionsNative {

  private Q11UserSessionsNative() {}

  static DataStream<UserSession> of(DataStream<Event> events) {
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
        .window(EventTimeSessionWindows.withGap(Duration.ofSeconds(10).minusMillis(1)))
        .aggregate(
            new CountAll<>(),
            (Long bidder, TimeWindow window, Iterable<Long> counts, Collector<UserSession> out) ->
                counts.forEach(
                    count ->
                        out.collect(
                            new UserSession(
                                bidder, window.getStart(), window.getEnd() + 1, count))),
            Types.LONG,
            TypeInformation.of(UserSession.class));
  }
}
