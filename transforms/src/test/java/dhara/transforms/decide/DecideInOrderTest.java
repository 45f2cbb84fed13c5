package dhara.transforms.decide;

import static dhara.transforms.aggregate.Arrivals.time;
import static dhara.transforms.decide.ShopLimit.answer;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.decide.ShopLimit.About;
import dhara.transforms.decide.ShopLimit.Sold;
import dhara.transforms.decide.ShopLimit.Wish;
import dhara.transforms.restore.RestoredStream;
import dhara.transforms.restore.RestoredStream.Outcome;
import dhara.transforms.restore.Waves;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecideInOrderTest {

  private static final int CASES = 500;
  private static final ShopLimit SHOP = new ShopLimit(100, Duration.ofHours(1));

  private static Wish wish(String id, String at, String buyer, long price) {
    return new Wish(id, time(at), "corner", buyer, price, 0);
  }

  private static final Wish FIRST = wish("a", "10:00:10", "x", 60);
  private static final Wish SECOND = wish("b", "10:00:20", "y", 50);
  private static final Wish THIRD = wish("c", "10:00:30", "z", 40);

  /** The second comes first, and so it is sold instead of the first. */
  private static final Arrivals<Wish> OUT_OF_ORDER =
      Arrivals.of(RecordCoder.of(Wish.class))
          .row("10:00:00", "10:00:20", SECOND)
          .row("10:00:01", "10:00:10", FIRST)
          .row("10:00:02", "10:00:30", THIRD);

  @Test
  void decisionsSettleInTheOrderOfTimeWhateverTheOrderOfArrival() {
    List<Answer<About, Sold>> expected =
        List.of(
            answer(FIRST, 0, true, new Sold(true, 0, 0)),
            answer(SECOND, 0, true, new Sold(false, 60, 0)),
            answer(THIRD, 0, true, new Sold(true, 60, 0)));
    var settled = SHOP.over(Duration.ofSeconds(30), false);

    assertThat(OUT_OF_ORDER.streamed(settled), contains(expected.toArray()));
    assertThat(OUT_OF_ORDER.backfilled(settled), containsInAnyOrder(expected.toArray()));
  }

  @Test
  void decisionsAtArrivalKeepTheLimitTooAndAreReplacedWhereTheySettleDifferently() {
    assertThat(
        OUT_OF_ORDER.streamed(SHOP.over(Duration.ofSeconds(30), true)),
        contains(
            answer(SECOND, 0, false, new Sold(true, 0, 0)),
            answer(FIRST, 0, false, new Sold(false, 50, 0)),
            answer(THIRD, 0, false, new Sold(true, 50, 0)),
            answer(FIRST, 1, false, new Sold(true, 0, 0)),
            answer(SECOND, 1, false, new Sold(false, 60, 0)),
            answer(THIRD, 1, false, new Sold(true, 60, 0))));
  }

  @Test
  void aDecisionAtArrivalThatSettlesAsItWasIsNotRepeated() {
    assertThat(
        Arrivals.of(RecordCoder.of(Wish.class))
            .row("10:00:00", "10:00:10", FIRST)
            .row("10:00:45", "10:00:50", wish("d", "10:00:50", "x", 40))
            .streamed(SHOP.over(Duration.ofSeconds(30), true)),
        contains(
            answer(FIRST, 0, false, new Sold(true, 0, 0)),
            answer(wish("d", "10:00:50", "x", 40), 0, false, new Sold(true, 60, 1))));
  }

  @Test
  void ofSeveralRevisionsOfAnEventTheHighestCounts() {
    Wish dearer = new Wish("a", FIRST.at(), "corner", "x", 90, 2);
    Arrivals<Wish> revised =
        Arrivals.of(RecordCoder.of(Wish.class))
            .row("10:00:00", "10:00:10", FIRST)
            .row("10:00:00", "10:00:10", dearer)
            .row("10:00:00", "10:00:30", THIRD);

    assertThat(
        revised.streamed(SHOP.over(Duration.ZERO, true)),
        contains(
            answer(FIRST, 0, false, new Sold(true, 0, 0)),
            answer(THIRD, 0, false, new Sold(true, 60, 0)),
            answer(THIRD, 1, false, new Sold(false, 90, 0))));
  }

  @Test
  void anAccountIsEmptyWhenNothingWasAddedForLonger() {
    ShopLimit brief = new ShopLimit(100, Duration.ofSeconds(10));
    Wish inTime = wish("b", "10:00:20", "y", 50);
    Wish later = wish("c", "10:00:20.001", "y", 50);
    Arrivals<Wish> inTimeAndLater =
        Arrivals.of(RecordCoder.of(Wish.class))
            .row("10:00:00", "10:00:10", FIRST)
            .row("10:00:20", "10:00:20", inTime)
            .row("10:00:20", "10:00:20.001", later);
    List<Answer<About, Sold>> expected =
        List.of(
            answer(FIRST, 0, true, new Sold(true, 0, 0)),
            answer(inTime, 0, true, new Sold(false, 60, 0)),
            answer(later, 0, true, new Sold(true, 0, 0)));

    assertThat(
        inTimeAndLater.streamed(brief.over(Duration.ZERO, false)), contains(expected.toArray()));
    assertThat(
        inTimeAndLater.backfilled(brief.over(Duration.ZERO, false)),
        containsInAnyOrder(expected.toArray()));
    assertThat(
        brief.over(List.of(FIRST, inTime, later)),
        is(expected.stream().map(Answer::value).toList()));
  }

  /** Wishes by chance, some of which are revised. */
  private record Case(ShopLimit shop, List<Wish> wishes, int latenessMillis) {

    static Case of(Random random) {
      List<Wish> wishes = new ArrayList<>();
      int shops = 1 + random.nextInt(3);
      int span = 1 + random.nextInt(600);
      for (int i = 1 + random.nextInt(30); i > 0; i--) {
        long micros =
            1000L * random.nextInt(span) + 100L * random.nextInt(random.nextBoolean() ? 1 : 10);
        Wish wish =
            new Wish(
                "w" + random.nextInt(1_000) + "-" + i,
                time("10:00:00").plusNanos(1000 * micros),
                "shop" + random.nextInt(shops),
                "b" + random.nextInt(4),
                1 + random.nextInt(30),
                0);
        wishes.add(wish);
        if (random.nextInt(4) == 0) {
          wishes.add(
              new Wish(wish.id(), wish.at(), wish.shop(), wish.buyer(), 1 + random.nextInt(30), 1));
        }
      }
      return new Case(
          new ShopLimit(60, Duration.ofMillis(1 + random.nextInt(300))),
          wishes,
          random.nextInt(3) * random.nextInt(200));
    }

    Outcome<Answer<About, Sold>> play(boolean provisional, Random random) throws Exception {
      return RestoredStream.of(
              RecordCoder.of(Wish.class), shop.over(Duration.ofMillis(latenessMillis), provisional))
          .play(Waves.once(wishes, wish -> latenessMillis, 300, random), random);
    }
  }

  @Test
  void decisionsAreTheSameWhereverTheStreamIsRestored() throws Exception {
    int restores = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Case of = Case.of(random);
      Outcome<Answer<About, Sold>> outcome = of.play(false, random);

      Map<About, Sold> settled = counting(outcome.committed());
      assertThat("case " + seed, settled, is(of.shop.naive(of.wishes)));
      assertThat("case " + seed, outcome.committed().size(), is(settled.size()));
      restores += outcome.restores();
    }
    assertThat(restores, is(greaterThan(CASES / 2)));
  }

  @Test
  void decisionsAtArrivalAreSetRightWhereverTheStreamIsRestored() throws Exception {
    int corrected = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Case of = Case.of(random);
      Outcome<Answer<About, Sold>> outcome = of.play(true, random);

      Map<About, Sold> expected = of.shop.naive(of.wishes);
      assertThat("case " + seed, counting(outcome.committed()), is(expected));
      assertThat("case " + seed + ", written", counting(outcome.written()), is(expected));
      corrected += (int) outcome.committed().stream().filter(sold -> sold.revision() > 0).count();
    }
    assertThat(corrected, is(greaterThan(CASES)));
  }

  /** Limits hold among the decisions at arrival of what has not settled. */
  @Test
  void whatIsSoldAtArrivalIsNeverMoreThanTheLimit() throws Exception {
    int full = 0;
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<Wish> wishes = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        Instant at = time("10:00:00").plusMillis(random.nextInt(10_000));
        wishes.add(new Wish("w" + i, at, "shop", "b" + i, 1 + random.nextInt(30), 0));
      }
      Arrivals<Wish> arrivals = Arrivals.of(RecordCoder.of(Wish.class));
      arrivals.bundle(time("10:00:00"), wishes, Wish::at);
      Map<String, Long> prices = new HashMap<>();
      wishes.forEach(wish -> prices.put(wish.id(), wish.price()));
      long sold =
          arrivals.streamed(SHOP.over(Duration.ZERO, true)).stream()
              .filter(answer -> answer.revision() == 0 && answer.value().sold())
              .mapToLong(answer -> prices.get(answer.key().wish()))
              .sum();
      assertThat(sold <= 100, is(true));
      full += sold > 90 ? 1 : 0;
    }
    assertThat(full, is(greaterThan(14)));
  }

  private static Map<About, Sold> counting(List<Answer<About, Sold>> answers) {
    Map<About, Sold> counting = new HashMap<>();
    Map<About, Long> revisions = new HashMap<>();
    for (Answer<About, Sold> answer : answers) {
      long revision = revisions.merge(answer.key(), answer.revision(), Math::max);
      if (revision == answer.revision()) {
        counting.put(answer.key(), answer.value());
      }
    }
    return counting;
  }
}
