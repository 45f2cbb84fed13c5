package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q2Selection.AuctionPrice;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.Collector;

/** Query 2 by hand. */
final class Q2SelectionNative {

  private Q2SelectionNative() {}

  static DataStream<AuctionPrice> of(DataStream<Event> events) {
    return events
        .flatMap(
            (Event event, Collector<AuctionPrice> out) -> {
              Bid bid = event.bid();
              if (bid != null && bid.auction() % 123 == 0) {
                out.collect(new AuctionPrice(bid.auction(), bid.price()));
              }
            })
        .returns(TypeInformation.of(AuctionPrice.class));
  }
}
