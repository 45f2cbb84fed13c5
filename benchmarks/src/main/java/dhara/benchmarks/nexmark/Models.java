package dhara.benchmarks.nexmark;

import dhara.benchmarks.nexmark.Q11UserSessions.UserSession;
import dhara.benchmarks.nexmark.Q12UserBids.UserBids;
import dhara.benchmarks.nexmark.Q2Selection.AuctionPrice;
import dhara.benchmarks.nexmark.Q3LocalItems.LocalItem;
import dhara.benchmarks.nexmark.Q4CategoryPrices.CategoryPrice;
import dhara.benchmarks.nexmark.Q5HotItems.HotItem;
import dhara.benchmarks.nexmark.Q7HighestBid.HighestBid;
import dhara.benchmarks.nexmark.Q8NewSellers.NewSeller;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The meaning of the queries, in slow and plain code over all events in the order of their times.
 */
final class Models {

  private static final long SECOND = 1_000;

  private final List<Event> events;
  private final List<Person> people;
  private final List<Auction> auctions;
  private final List<Bid> bids;

  Models(List<Event> events) {
    this.events = events;
    this.people = events.stream().map(Event::person).filter(Objects::nonNull).toList();
    this.auctions = events.stream().map(Event::auction).filter(Objects::nonNull).toList();
    this.bids = events.stream().map(Event::bid).filter(Objects::nonNull).toList();
  }

  /** The rows that a query answers with, in any order. */
  List<? extends Record> of(String query) {
    return switch (query) {
      case "q0" -> events;
      case "q1" -> euros();
      case "q2" -> selected();
      case "q3" -> localItems();
      case "q4" -> categoryPrices();
      case "q5" -> hotItems();
      case "q7" -> highestBids();
      case "q8" -> newSellers();
      case "q9" -> wins();
      case "q11" -> userSessions();
      case "q12" -> userBids();
      default -> throw new IllegalArgumentException("no model of " + query);
    };
  }

  private List<Bid> euros() {
    return bids.stream()
        .map(
            bid ->
                new Bid(
                    bid.auction(),
                    bid.bidder(),
                    bid.price() * 908 / 1_000,
                    bid.atMillis(),
                    bid.extra()))
        .toList();
  }

  private List<AuctionPrice> selected() {
    return bids.stream()
        .filter(bid -> bid.auction() % 123 == 0)
        .map(bid -> new AuctionPrice(bid.auction(), bid.price()))
        .toList();
  }

  private List<LocalItem> localItems() {
    List<LocalItem> items = new ArrayList<>();
    for (Person person : people) {
      for (Auction auction : auctions) {
        if (List.of("OR", "ID", "CA").contains(person.state())
            && auction.category() == 10
            && auction.seller() == person.id()
            && Math.abs(auction.atMillis() - person.atMillis()) <= 600 * SECOND) {
          items.add(new LocalItem(person.name(), person.city(), person.state(), auction.id()));
        }
      }
    }
    return items;
  }

  private List<WinningBids.Win> wins() {
    Map<Long, List<Bid>> offers = new HashMap<>();
    bids.forEach(bid -> offers.computeIfAbsent(bid.auction(), id -> new ArrayList<>()).add(bid));
    List<WinningBids.Win> wins = new ArrayList<>();
    for (Auction auction : auctions) {
      Optional<Bid> best =
          offers.getOrDefault(auction.id(), List.of()).stream()
              .filter(bid -> bid.price() >= auction.reserve())
              .filter(bid -> bid.atMillis() >= auction.atMillis())
              .filter(bid -> bid.atMillis() < auction.expiresMillis())
              .max(
                  Comparator.comparing(Bid::price)
                      .thenComparing(Comparator.comparing(Bid::atMillis).reversed())
                      .thenComparing(Comparator.comparing(Bid::bidder).reversed()));
      best.ifPresent(
          bid ->
              wins.add(
                  new WinningBids.Win(
                      auction.id(),
                      auction.category(),
                      bid.bidder(),
                      bid.price(),
                      auction.expiresMillis())));
    }
    return wins;
  }

  private List<CategoryPrice> categoryPrices() {
    Map<CategoryPrice, List<Long>> prices = new HashMap<>();
    for (WinningBids.Win win : wins()) {
      slides(win.closedMillis())
          .forEach(
              start ->
                  prices
                      .computeIfAbsent(
                          new CategoryPrice(start, win.category(), 0), key -> new ArrayList<>())
                      .add(win.price()));
    }
    List<CategoryPrice> rows = new ArrayList<>();
    prices.forEach(
        (key, cents) ->
            rows.add(
                new CategoryPrice(
                    key.startMillis(),
                    key.category(),
                    cents.stream().mapToLong(Long::longValue).sum() / cents.size())));
    return rows;
  }

  private List<HotItem> hotItems() {
    Map<Long, Map<Long, Long>> counts = new HashMap<>();
    for (Bid bid : bids) {
      slides(bid.atMillis())
          .forEach(
              start ->
                  counts
                      .computeIfAbsent(start, key -> new HashMap<>())
                      .merge(bid.auction(), 1L, Long::sum));
    }
    List<HotItem> rows = new ArrayList<>();
    counts.forEach(
        (start, ofAuctions) ->
            ofAuctions.forEach(
                (auction, count) -> {
                  if (ofAuctions.values().stream().noneMatch(other -> other > count)) {
                    rows.add(new HotItem(start, auction, count));
                  }
                }));
    return rows;
  }

  private List<HighestBid> highestBids() {
    Map<Long, HighestBid> highest = new HashMap<>();
    Comparator<HighestBid> order =
        Comparator.comparing(HighestBid::price)
            .reversed()
            .thenComparing(HighestBid::atMillis)
            .thenComparing(HighestBid::auction)
            .thenComparing(HighestBid::bidder);
    for (Bid bid : bids) {
      long start = tenSeconds(bid.atMillis());
      highest.merge(
          start,
          new HighestBid(start, bid.price(), bid.atMillis(), bid.auction(), bid.bidder()),
          (a, b) -> order.compare(a, b) <= 0 ? a : b);
    }
    return List.copyOf(highest.values());
  }

  private List<NewSeller> newSellers() {
    return people.stream()
        .filter(
            person ->
                auctions.stream()
                    .anyMatch(
                        auction ->
                            auction.seller() == person.id()
                                && tenSeconds(auction.atMillis()) == tenSeconds(person.atMillis())))
        .map(person -> new NewSeller(tenSeconds(person.atMillis()), person.id(), person.name()))
        .toList();
  }

  private List<UserSession> userSessions() {
    Map<Long, UserSession> open = new HashMap<>();
    List<UserSession> closed = new ArrayList<>();
    for (Bid bid : bids) {
      UserSession session = open.get(bid.bidder());
      // A session whose end is this bid's time is over: windows hold their start, not their end.
      if (session != null && session.endMillis() <= bid.atMillis()) {
        closed.add(session);
        session = null;
      }
      open.put(
          bid.bidder(),
          new UserSession(
              bid.bidder(),
              session == null ? bid.atMillis() : session.startMillis(),
              bid.atMillis() + 10 * SECOND,
              session == null ? 1 : session.bids() + 1));
    }
    return Stream.concat(closed.stream(), open.values().stream()).toList();
  }

  private List<UserBids> userBids() {
    Map<UserBids, Long> counts = new HashMap<>();
    bids.forEach(
        bid ->
            counts.merge(new UserBids(bid.bidder(), tenSeconds(bid.atMillis()), 0), 1L, Long::sum));
    return counts.entrySet().stream()
        .map(
            count ->
                new UserBids(
                    count.getKey().bidder(), count.getKey().startMillis(), count.getValue()))
        .toList();
  }

  private static long tenSeconds(long atMillis) {
    return atMillis - atMillis % (10 * SECOND);
  }

  /** The starts of the two windows of 10 seconds, one every 5, that hold a moment. */
  private static LongStream slides(long atMillis) {
    long last = atMillis - atMillis % (5 * SECOND);
    return LongStream.of(last, last - 5 * SECOND);
  }
}
