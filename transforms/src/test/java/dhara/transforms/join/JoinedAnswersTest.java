package dhara.transforms.join;

import static dhara.transforms.aggregate.Arrivals.time;
import static dhara.transforms.join.AsOfTest.arrivals;
import static dhara.transforms.join.AsOfTest.price;
import static dhara.transforms.join.AsOfTest.sale;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.join.AsOfTest.Arrival;
import dhara.transforms.join.AsOfTest.Price;
import dhara.transforms.join.AsOfTest.Sale;
import java.time.Duration;
import java.util.Optional;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JoinedAnswersTest {

  /** What an answer is about. */
  record Of(String sale) {}

  /** What an item costs. */
  record Cost(String price) {}

  /** The ways to join. */
  enum Way {
    BY_KEY,
    WHOLE;

    private JoinedAnswers<Of, Sale, Price, Cost> join(AsOf<Price> prices) {
      return this == BY_KEY
          ? prices.keyedByValue(Sale::item).intoAnswers(Cost.class, (sale, price) -> cost(price))
          : prices.intoAnswers(
              Cost.class, (Sale sale, InForce<Price> all) -> cost(all.get(sale.item())));
    }
  }

  private static Cost cost(Optional<Price> price) {
    return new Cost(price.map(p -> "" + p.minor()).orElse("none"));
  }

  /** The answer about a sale: {@code s/2} is of revision 2, and {@code s/2/-} withdraws it. */
  private static Answer<Of, Sale> answer(Sale sale) {
    String[] id = sale.id().split("/", -1);
    Answer<Of, Sale> answer = Answer.at(new Of(id[0]), sale.at(), sale);
    long revision = id.length < 2 ? 0 : Long.parseLong(id[1]);
    return id.length == 3
        ? Answer.withdrawn(answer.key(), answer.start(), answer.end(), revision)
        : new Answer<>(answer.key(), answer.start(), answer.end(), revision, sale);
  }

  private static PTransform<PCollection<Arrival>, PCollection<Answer<Of, Cost>>> priced(
      Way way, boolean provisionally) {
    return AsOfTest.over(
        (sales, prices) -> {
          JoinedAnswers<Of, Sale, Price, Cost> join =
              way.join(AsOf.of(prices, Duration.ofMinutes(5)));
          return sales
              .apply(
                  "Answers",
                  MapElements.into(new TypeDescriptor<Answer<Of, Sale>>() {})
                      .via(JoinedAnswersTest::answer))
              .setCoder(AnswerCoder.of(RecordCoder.of(Of.class), RecordCoder.of(Sale.class)))
              .apply("Price", join.provisionally(provisionally));
        });
  }

  private static Answer<Of, Cost> costs(String sale, String at, long revision, String price) {
    return new Answer<>(
        new Of(sale), time(at), time(at).plusMillis(1), revision, revision == 0, new Cost(price));
  }

  private static final Arrivals<Arrival> PRICE_COMES_LATER =
      arrivals()
          .row("10:00:00", "10:00:10", price("p1", "10:00:10", "apple", 7))
          .row("10:00:00", "10:00:40", sale("a", "10:00:40", "apple"))
          .row("10:00:00", "10:00:40", sale("b", "10:00:40", "pear"))
          .row("10:00:01", "10:00:30", price("p2", "10:00:30", "apple", 8))
          .row("10:00:02", "10:00:50", price("p3", "10:00:50", "pear", 9));

  @ParameterizedTest
  @EnumSource
  void anAnswerIsGivenOnceIfItIsNotAskedForAtArrival(Way way) {
    var join = priced(way, false);
    var expected = costs("a", "10:00:40", 0, "8");

    assertThat(
        PRICE_COMES_LATER.streamed(join),
        containsInAnyOrder(expected, costs("b", "10:00:40", 0, "none")));
    assertThat(
        PRICE_COMES_LATER.backfilled(join),
        containsInAnyOrder(expected, costs("b", "10:00:40", 0, "none")));
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerIsGivenAtArrivalAndReplacedOnlyIfItSettlesDifferently(Way way) {
    var join = priced(way, true);

    assertThat(
        PRICE_COMES_LATER.streamed(join),
        contains(
            costs("a", "10:00:40", 0, "7"),
            costs("b", "10:00:40", 0, "none"),
            costs("a", "10:00:40", 1, "8")));
    assertThat(
        PRICE_COMES_LATER.backfilled(join),
        containsInAnyOrder(costs("a", "10:00:40", 0, "8"), costs("b", "10:00:40", 0, "none")));
  }

  @Test
  void whatFollowsFromALaterRevisionIsAboveWhatFollowsFromAnEarlierOne() {
    Arrivals<Arrival> arrivals =
        arrivals()
            .row("10:00:00", "10:00:40", sale("a", "10:00:40", "apple"))
            .row("10:00:00", "10:00:40", sale("a/1", "10:00:40", "pear"))
            .row("10:00:01", "10:00:10", price("p1", "10:00:10", "apple", 7))
            .row("10:00:01", "10:00:10", price("p2", "10:00:10", "pear", 8));

    assertThat(
        arrivals.streamed(priced(Way.BY_KEY, true)),
        containsInAnyOrder(
            costs("a", "10:00:40", 0, "none"),
            costs("a", "10:00:40", 2, "none"),
            costs("a", "10:00:40", 1, "7"),
            costs("a", "10:00:40", 3, "8")));
  }

  @ParameterizedTest
  @EnumSource
  void aWithdrawnAnswerIsPassedOn(Way way) {
    Arrivals<Arrival> arrivals =
        arrivals()
            .row("10:00:00", "10:00:40", sale("a", "10:00:40", "apple"))
            .row("10:00:00", "10:00:40", sale("a/1/-", "10:00:40", "apple"));

    assertThat(
        arrivals.streamed(priced(way, true)),
        containsInAnyOrder(
            costs("a", "10:00:40", 0, "none"),
            Answer.withdrawn(new Of("a"), time("10:00:40"), time("10:00:40").plusMillis(1), 2)));
  }
}
