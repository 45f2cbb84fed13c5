package dhara.transforms.revision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
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

class DeriveValuesTest {

  record Lamp(String code) {}

  record Lit(Instant at) {}

  record Glow(String text) {}

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final Instant TEN = Instant.parse("2026-01-05T10:00:00Z");
  private static final Lamp LAMP = new Lamp("a");

  private static final DeriveValues<Lamp, Lit, Glow> GLOW =
      DeriveValues.of(
          Glow.class, of -> new Glow(of.key().code() + " " + of.value().at() + " " + of.end()));

  private static Pipeline pipeline() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRunner.class);
    return Pipeline.create(options);
  }

  @Test
  void aValueIsMadeOfKeyWindowAndValueAndAWithdrawalIsPassedOn() {
    Pipeline pipeline = pipeline();

    PAssert.that(
            pipeline
                .apply(
                    Create.of(
                            List.of(
                                new Answer<>(LAMP, NINE, TEN, 0, true, new Lit(NINE)),
                                new Answer<>(LAMP, NINE, TEN, 4, false, new Lit(TEN)),
                                Answer.<Lamp, Lit>withdrawn(LAMP, NINE, TEN, 5)))
                        .withCoder(
                            AnswerCoder.of(RecordCoder.of(Lamp.class), RecordCoder.of(Lit.class))))
                .apply(GLOW))
        .containsInAnyOrder(
            List.of(
                new Answer<>(LAMP, NINE, TEN, 0, true, new Glow("a " + NINE + " " + TEN)),
                new Answer<>(LAMP, NINE, TEN, 4, false, new Glow("a " + TEN + " " + TEN)),
                Answer.<Lamp, Glow>withdrawn(LAMP, NINE, TEN, 5)));
    var unused = pipeline.run().waitUntilFinish();
  }

  @Test
  void onlyAnswersAreTaken() {
    Pipeline pipeline = pipeline();
    @SuppressWarnings({"unchecked", "rawtypes"})
    PCollection<Answer<Lamp, Lit>> texts = (PCollection) pipeline.apply(Create.of("tea"));

    assertThat(
        assertThrows(IllegalArgumentException.class, () -> texts.apply(GLOW)).getMessage(),
        containsString("coded by an AnswerCoder"));
  }
}
