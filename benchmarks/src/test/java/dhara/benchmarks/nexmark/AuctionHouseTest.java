package dhara.benchmarks.nexmark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.Test;

class AuctionHouseTest {

  private final AuctionHouse house = new AuctionHouse(7, 100_000, 10_000);
  private final List<Event> events = house.events();
  private final List<Person> people =
      events.stream().map(Event::person).filter(Objects::nonNull).toList();
  private final List<Auction> auctions =
      events.stream().map(Event::auction).filter(Objects::nonNull).toList();
  private final List<Bid> bids = events.stream().map(Event::bid).filter(Objects::nonNull).toList();

  @Test
  void hasOnePersonThreeAuctionsAnd46BidsInFiftyEvents() {
    assertThat(people, hasSize(2_000));
    assertThat(auctions, hasSize(6_000));
    assertThat(bids, hasSize(92_000));
  }

  @Test
  void numbersPeopleAndAuctionsAsTheyCome() {
    assertThat(
        people.stream().map(Person::id).toList(),
        is(LongStream.range(1_000, 3_000).boxed().toList()));
    assertThat(
        auctions.stream().map(Auction::id).toList(),
        is(LongStream.range(1_000, 7_000).boxed().toList()));
  }

  @Test
  void isInTheOrderOfTimes() {
    List<Long> times = events.stream().map(Event::atMillis).toList();

    assertThat(times, is(times.stream().sorted().toList()));
    assertThat(times.get(times.size() - 1) - times.get(0), is(9_999L));
  }

  @Test
  void favoursHotAuctionsSellersAndBidders() {
    assertThat(share(bids.stream().filter(bid -> bid.auction() % 100 == 0).count(), bids), half());
    assertThat(
        share(auctions.stream().filter(auction -> auction.seller() % 100 == 0).count(), auctions),
        threeQuarters());
    assertThat(
        share(bids.stream().filter(bid -> bid.bidder() % 100 == 1).count(), bids), threeQuarters());
  }

  private static double share(long some, List<?> all) {
    return (double) some / all.size();
  }

  private static Matcher<Double> half() {
    return closeTo(0.5, 0.02);
  }

  private static Matcher<Double> threeQuarters() {
    return closeTo(0.75, 0.02);
  }

  @Test
  void closesAuctionsAfterTheTimeOfAHundredOnAverage() {
    double millis =
        auctions.stream()
            .mapToLong(auction -> auction.expiresMillis() - auction.atMillis())
            .average()
            .orElseThrow();

    assertThat(millis, is(closeTo(166, 5)));
  }

  @Test
  void bidsOnAuctionsThatAreInFlightOrAboutToCome() {
    List<Long> ahead =
        LongStream.range(0, events.size())
            .filter(i -> house.event(i).bid() != null)
            .map(i -> house.event(i).bid().auction() - 1_000 - (i / 50 * 3 + 2))
            .boxed()
            .toList();

    assertThat(ahead, everyItem(is(greaterThan(-101L))));
    assertThat(ahead, everyItem(is(lessThan(11L))));
  }

  @Test
  void hasTheSizesOfTheModel() {
    assertThat(
        people.stream()
            .mapToInt(
                person ->
                    2 * Long.BYTES
                        + person.name().length()
                        + person.email().length()
                        + person.creditCard().length()
                        + person.city().length()
                        + person.state().length()
                        + person.extra().length())
            .average()
            .orElseThrow(),
        is(closeTo(200, 10)));
    assertThat(
        auctions.stream()
            .mapToInt(
                auction ->
                    7 * Long.BYTES
                        + auction.item().length()
                        + auction.description().length()
                        + auction.extra().length())
            .average()
            .orElseThrow(),
        is(closeTo(500, 25)));
    assertThat(
        bids.stream()
            .mapToInt(bid -> 4 * Long.BYTES + bid.extra().length())
            .average()
            .orElseThrow(),
        is(closeTo(100, 5)));
  }

  @Test
  void isAFunctionOfItsSeed() {
    assertThat(new AuctionHouse(7, 100_000, 10_000).event(12_345), is(house.event(12_345)));
    assertThat(new AuctionHouse(8, 100_000, 10_000).event(12_345), is(not(house.event(12_345))));
  }
}
