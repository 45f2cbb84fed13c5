package dhara.benchmarks.nexmark;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.Collector;

/** Query 1 by hand. */
final class Q1CurrencyNative {

  private Q1CurrencyNative() {}

  static DataStream<Bid> of(DataStream<Event> events) {
    return events
        .flatMap(
            (Event event, Collector<Bid> out) -> {
              Bid bid = event.bid();
              if (bid != null) {
                long euros = bid.price() * 908 / 1_000;
                out.collect(
                    new Bid(bid.auction(), bid.bidder(), euros, bid.atMillis(), bid.extra()));
              }
            })
        .returns(TypeInformation.of(Bid.class));
  }
}
