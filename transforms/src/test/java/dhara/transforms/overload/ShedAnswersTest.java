package dhara.transforms.overload;

import static dhara.transforms.load.LoadLevel.EMERGENCY;
import static dhara.transforms.load.LoadLevel.ESSENTIAL;
import static dhara.transforms.load.LoadLevel.NORMAL;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.load.LoadLevel;
import dhara.transforms.load.LoadTerms;
import dhara.transforms.load.StandingLoad;
import dhara.transforms.load.WorkerLoad;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class ShedAnswersTest {

  record Product(String code) {}

  record Sold(long units) {}

  private static final Instant TEN = Arrivals.time("10:00:00");
  private static final Answer<Product, Sold> TEA = answer("tea", 0, 0, 7);
  private static final Answer<Product, Sold> MORE_TEA = answer("tea", 0, 1, 8);
  private static final Answer<Product, Sold> RICE = answer("rice", 2, 0, 3);
  private static final Answer<Product, Sold> NO_TEA =
      Answer.withdrawn(new Product("tea"), TEN, TEN.plusSeconds(60), 2);

  private static Answer<Product, Sold> answer(String code, int minute, long revision, long units) {
    Instant start = TEN.plusSeconds(60L * minute);
    return new Answer<>(new Product(code), start, start.plusSeconds(60), revision, new Sold(units));
  }

  private final LoadTerms terms = LoadTerms.of(3_600_000, 0.8, 0.9, 0.95);

  private static Arrivals<Answer<Product, Sold>> answers(List<Answer<Product, Sold>> bundle) {
    return Arrivals.of(AnswerCoder.of(RecordCoder.of(Product.class), RecordCoder.of(Sold.class)))
        .bundle(TEN, bundle, answer -> answer.end().minusMillis(1));
  }

  private static Arrivals<Answer<Product, Sold>> answers() {
    return answers(List.of(TEA, MORE_TEA, RICE, NO_TEA));
  }

  private PTransform<PCollection<Answer<Product, Sold>>, PCollection<Answer<Product, Sold>>> kept(
      LoadLevel from) {
    ShedAnswers<Product, Sold> shed = ShedAnswers.from(from, terms);
    return new PTransform<>() {
      @Override
      public PCollection<Answer<Product, Sold>> expand(PCollection<Answer<Product, Sold>> given) {
        return given.apply(shed).get(shed.kept());
      }
    };
  }

  private PTransform<PCollection<Answer<Product, Sold>>, PCollection<ShedCount>> counts(
      LoadLevel from) {
    ShedAnswers<Product, Sold> shed = ShedAnswers.from(from, terms);
    return new PTransform<>() {
      @Override
      public PCollection<ShedCount> expand(PCollection<Answer<Product, Sold>> given) {
        return given.apply(shed).get(shed.counts());
      }
    };
  }

  @Test
  void aWorkerThatKeepsUpPassesAllAnswersOn() {
    WorkerLoad load = StandingLoad.of(terms, 10);

    assertThat(
        answers().streamed(kept(ESSENTIAL)), containsInAnyOrder(TEA, MORE_TEA, RICE, NO_TEA));
    assertThat(answers().streamed(counts(ESSENTIAL)), contains(new ShedCount(4, 0, null, null)));
    assertThat(load.level(), is(NORMAL));
  }

  @Test
  void anOverloadedOneShedsAnswersButNoWithdrawalAndCountsThemWithTheirWindows() {
    WorkerLoad load = StandingLoad.of(terms, 7_200_000);

    assertThat(answers().streamed(kept(ESSENTIAL)), contains(NO_TEA));
    assertThat(
        answers().streamed(counts(ESSENTIAL)),
        contains(new ShedCount(4, 3, TEN, TEN.plusSeconds(180))));
    assertThat(load.level(), is(EMERGENCY));
  }

  @Test
  void anOutputIsKeptBelowItsLevel() {
    WorkerLoad load = StandingLoad.of(terms, 3_330_000); // 0.925 of the capacity

    assertThat(
        answers().streamed(kept(EMERGENCY)), containsInAnyOrder(TEA, MORE_TEA, RICE, NO_TEA));
    assertThat(answers().streamed(kept(ESSENTIAL)), contains(NO_TEA));
    assertThat(load.level(), is(ESSENTIAL));
  }

  @Test
  void aWithdrawalAloneIsCountedAsGiven() {
    WorkerLoad load = StandingLoad.of(terms, 7_200_000);

    assertThat(
        answers(List.of(NO_TEA)).streamed(counts(ESSENTIAL)),
        contains(new ShedCount(1, 0, null, null)));
    assertThat(load.level(), is(EMERGENCY));
  }
}
