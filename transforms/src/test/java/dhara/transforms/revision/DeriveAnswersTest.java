package dhara.transforms.revision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class DeriveAnswersTest {

  record Product(String code) {}

  record Shelf(int number) {}

  record Level(long units) {}

  record Low(long missing) {}

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final Instant TEN = Instant.parse("2026-01-05T10:00:00Z");
  private static final Product TEA = new Product("tea");

  private static final DeriveAnswers<Product, Level, Product, Low> LOW =
      DeriveAnswers.of(
          Low.class, (Level level) -> level.units() < 100 ? new Low(100 - level.units()) : null);

  private static Answer<Product, Level> level(long revision, boolean first, long units) {
    return new Answer<>(TEA, NINE, TEN, revision, first, new Level(units));
  }

  private static Answer<Product, Low> low(long revision, boolean first, long missing) {
    return new Answer<>(TEA, NINE, TEN, revision, first, new Low(missing));
  }

  private static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    return Pipeline.create(options);
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static PCollection<Answer<Product, Level>> levels(
      Pipeline pipeline, Answer<Product, Level>... levels) {
    return pipeline.apply(
        Create.of(List.of(levels))
            .withCoder(AnswerCoder.of(RecordCoder.of(Product.class), RecordCoder.of(Level.class))));
  }

  @Test
  void anAnswerIsMadeOfTheSameWindowAndRevision() {
    Pipeline pipeline = pipeline();

    PAssert.that(levels(pipeline, level(0, true, 30), level(3, false, 40)).apply(LOW))
        .containsInAnyOrder(List.of(low(0, true, 70), low(3, false, 60)));
    var unused = pipeline.run().waitUntilFinish();
  }

  @Test
  void aFirstAnswerThatMakesNoneIsPassedOver() {
    Pipeline pipeline = pipeline();

    PAssert.that(levels(pipeline, level(0, true, 500)).apply(LOW)).empty();
    var unused = pipeline.run().waitUntilFinish();
  }

  @Test
  void aLaterOneThatMakesNoneWithdrawsWhatAnEarlierOneMade() {
    Pipeline pipeline = pipeline();

    PAssert.that(
            levels(pipeline, level(1, false, 500), Answer.withdrawn(TEA, NINE, TEN, 2)).apply(LOW))
        .containsInAnyOrder(
            List.of(Answer.withdrawn(TEA, NINE, TEN, 1), Answer.withdrawn(TEA, NINE, TEN, 2)));
    var unused = pipeline.run().waitUntilFinish();
  }

  @Test
  void answersCanBeAboutOtherKeys() {
    Pipeline pipeline = pipeline();

    PAssert.that(
            levels(pipeline, level(0, true, 30), Answer.withdrawn(TEA, NINE, TEN, 2))
                .apply(LOW.about(Shelf.class, product -> new Shelf(product.code().length()))))
        .containsInAnyOrder(
            List.of(
                new Answer<>(new Shelf(3), NINE, TEN, 0, new Low(70)),
                Answer.withdrawn(new Shelf(3), NINE, TEN, 2)));
    var unused = pipeline.run().waitUntilFinish();
  }

  @Test
  void windowsCanReachFurtherBackFromTheSameEnd() {
    Pipeline pipeline = pipeline();
    Instant tenAtNight = TEN.minus(Duration.ofHours(12));

    PAssert.that(
            levels(pipeline, level(0, true, 30), Answer.withdrawn(TEA, NINE, TEN, 2))
                .apply(LOW.reachingBack(Duration.ofHours(12))))
        .containsInAnyOrder(
            List.of(
                new Answer<>(TEA, tenAtNight, TEN, 0, new Low(70)),
                Answer.withdrawn(TEA, tenAtNight, TEN, 2)));
    var unused = pipeline.run().waitUntilFinish();
  }

  @Test
  void onlyAnswersAreTaken() {
    Pipeline pipeline = pipeline();
    @SuppressWarnings({"unchecked", "rawtypes"})
    PCollection<Answer<Product, Level>> texts = (PCollection) pipeline.apply(Create.of("tea"));

    assertThat(
        assertThrows(IllegalArgumentException.class, () -> texts.apply(LOW)).getMessage(),
        containsString("coded by an AnswerCoder"));
  }
}
