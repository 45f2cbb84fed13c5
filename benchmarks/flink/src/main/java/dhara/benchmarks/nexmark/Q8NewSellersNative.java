package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q8NewSellers.NewSeller;
import dhara.benchmarks.nexmark.Q8NewSellers.Side;
import java.time.Duration;
import org.apache.flink.api.common.functions.ReduceFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** Query 8 by hand: both sides reduced in one window, which a join of two streams would buffer. */
final class Q8NewSellersNative {

  private Q8NewSellersNative() {}

  static DataStream<NewSeller> of(DataStream<Event> events) {
    return events
        .flatMap(
            (Event event, Collector<Side> out) -> {
              Side side = Side.of(event);
              if (side != null) {
                out.collect(side);
              }
            })
        .returns(TypeInformation.of(Side.class))
        .keyBy(Side::person)
        .window(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
        .reduce(
            (ReduceFunction<Side>) Side::plus,
            (Long person, TimeWindow window, Iterable<Side> sides, Collector<NewSeller> out) ->
                sides.forEach(
                    side -> {
                      if (side.sold() && side.name() != null) {
                        out.collect(new NewSeller(window.getStart(), person, side.name()));
                      }
                    }),
            TypeInformation.of(NewSeller.class));
  }
}
