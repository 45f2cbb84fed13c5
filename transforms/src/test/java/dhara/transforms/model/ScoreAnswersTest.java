package dhara.transforms.model;

import static dhara.transforms.aggregate.Arrivals.time;
import static dhara.transforms.model.Offers.linear;
import static dhara.transforms.model.Offers.scripted;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.Versioned;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/** Releases come into force, and answers are scored by the one of their time. */
class ScoreAnswersTest {

  /** What is scored. */
  record Trip(String id, Instant at, float x) implements Event {}

  /** What an answer is about. */
  record Of(String trip) {}

  record Modelled(float x, @Nullable ModelInForce model) {}

  record Verdict(String said) {}

  /** What arrives: one or the other. */
  record Arrival(@Nullable Trip trip, @Nullable ModelRelease release) {}

  private static Arrival trip(String id, String at, float x) {
    return new Arrival(new Trip(id, time(at), x), null);
  }

  private static Arrival offered(ModelRelease release) {
    return new Arrival(null, release);
  }

  private static Arrivals<Arrival> arrivals() {
    return Arrivals.of(RecordCoder.of(Arrival.class));
  }

  /** Shows what the model says, and lets models go on that wait for {@code slow} to be said. */
  private static final class Shown implements Scoring<Modelled, Verdict> {

    private static final long serialVersionUID = 1L;

    private final String latch;

    Shown(String latch) {
      this.latch = latch;
    }

    @Override
    public @Nullable ModelInForce model(Modelled value) {
      return value.model;
    }

    @Override
    public void row(Modelled value, float[] row) {
      row[0] = value.x;
    }

    @Override
    public Verdict with(Modelled value, @Nullable Scored scored) {
      if (scored == null) {
        return new Verdict("no model");
      }
      if (scored.fallback() == Scored.Fallback.SLOW) {
        ScriptedFormat.LATCHES.get(latch).countDown();
      }
      return new Verdict(
          scored.fallback() == null
              ? "%s %.3f".formatted(scored.version(), scored.probability())
              : scored.version() + " " + scored.fallback());
    }
  }

  /** What a run gives, as lines: {@code a/0 v1 0.500} or {@code refused v2 WORSE}. */
  private static PTransform<PCollection<Arrival>, PCollection<String>> scored(
      ModelTerms terms, String latch, @Nullable Duration limit, boolean provisionally) {
    return new PTransform<>() {
      @Override
      public PCollection<String> expand(PCollection<Arrival> arrivals) {
        ReleasedModels models =
            ReleasedModels.of(
                AsOf.of(
                        arrivals
                            .apply("IsRelease", Filter.by(each -> each.release() != null))
                            .apply(
                                "Releases",
                                MapElements.into(TypeDescriptor.of(ModelRelease.class))
                                    .via(Arrival::release))
                            .apply("Versions", Versioned.by(ModelRelease::model)),
                        Duration.ofMinutes(5))
                    .withLateness(Duration.ofSeconds(10)),
                List.of("x"),
                terms);
        PCollection<String> answers =
            arrivals
                .apply("IsTrip", Filter.by(each -> each.trip() != null))
                .apply(
                    "Trips",
                    MapElements.into(new TypeDescriptor<Answer<Of, Trip>>() {})
                        .via(
                            each ->
                                Answer.at(new Of(each.trip().id()), each.trip().at(), each.trip())))
                .setCoder(AnswerCoder.of(RecordCoder.of(Of.class), RecordCoder.of(Trip.class)))
                .apply(
                    "Model",
                    models
                        .inForce()
                        .<Of, Trip, Modelled>intoAnswers(
                            Modelled.class,
                            (trip, inForce) ->
                                new Modelled(trip.x(), inForce.get("m").orElse(null)))
                        .provisionally(provisionally))
                .apply(
                    "Score",
                    ScoreAnswers.<Of, Modelled, Verdict>of(
                            Verdict.class, List.of("x"), new Shown(latch))
                        .atOnce(provisionally)
                        .answeringWithin(limit))
                .apply(
                    "Show",
                    MapElements.into(TypeDescriptors.strings())
                        .via(
                            answer ->
                                "%s/%d %s"
                                    .formatted(
                                        answer.key().trip(),
                                        answer.revision(),
                                        answer.value().said())));
        PCollection<String> refused =
            models
                .refusals()
                .apply(
                    "ShowRefusals",
                    MapElements.into(TypeDescriptors.strings())
                        .via(
                            answer ->
                                "refused %s %s"
                                    .formatted(answer.key().version(), answer.value().reason())));
        return PCollectionList.of(answers).and(refused).apply("All", Flatten.pCollections());
      }
    };
  }

  private static PTransform<PCollection<Arrival>, PCollection<String>> scored() {
    return scored(new ModelTerms(0.5, 0.01, null), "", null, false);
  }

  private static final Arrivals<Arrival> GOOD_THEN_BAD_THEN_GOOD =
      arrivals()
          .row("10:00:00", "10:00:10", trip("before", "10:00:10", 1))
          .row("10:00:00", "10:00:20", offered(linear("v1", "10:00:20", 1)))
          .row("10:00:00", "10:00:20", trip("at", "10:00:20", 1))
          .row("10:00:05", "10:00:19", trip("just before", "10:00:19", 1))
          .row("10:00:30", "10:00:35", trip("by the first", "10:00:35", 2))
          .row("10:00:30", "10:00:40", offered(linear("v2", "10:00:40", -1)))
          .row("10:00:41", "10:00:45", trip("after the bad one", "10:00:45", 2))
          .row("10:00:59", "10:00:55", offered(linear("v3", "10:00:55", 2)))
          .row("10:00:59", "10:00:56", trip("by the second", "10:00:56", 1))
          .row("10:01:00", "10:00:54", trip("by the first, late", "10:00:54", 1))
          .row("10:09:00", "10:09:30", trip("much later", "10:09:30", Float.NaN));

  private static final String[] SETTLED = {
    "before/0 no model",
    "just before/0 no model",
    "at/0 v1 0.731",
    "by the first/0 v1 0.881",
    "after the bad one/0 v1 0.881",
    "by the first, late/0 v1 0.731",
    "by the second/0 v3 0.881",
    "much later/0 v3 0.500",
    "refused v2 BELOW_FLOOR",
  };

  @Test
  void anAnswerHasTheScoreOfTheModelThatWasInForceAtItsTime() {
    assertThat(GOOD_THEN_BAD_THEN_GOOD.streamed(scored()), containsInAnyOrder(SETTLED));
    assertThat(GOOD_THEN_BAD_THEN_GOOD.backfilled(scored()), containsInAnyOrder(SETTLED));
  }

  @Test
  void anAnswerAtArrivalIsReplacedIfItsModelComesLater() {
    Arrivals<Arrival> arrivals =
        arrivals()
            .row("10:00:00", "10:00:10", trip("a", "10:00:10", 1))
            .row("10:00:00", "10:00:05", offered(linear("v1", "10:00:05", 1)));

    assertThat(
        arrivals.streamed(scored(new ModelTerms(0.5, 0.01, null), "", null, true)),
        contains("a/0 no model", "a/1 v1 0.731"));
    assertThat(arrivals.backfilled(scored()), contains("a/0 v1 0.731"));
  }

  @Test
  void aPinnedVersionScoresAllAnswersOfABackfill() {
    List<String> scored =
        GOOD_THEN_BAD_THEN_GOOD.backfilled(
            scored(new ModelTerms(0.5, 0.01, "v2"), "", null, false));

    assertThat(
        scored,
        containsInAnyOrder(
            "before/0 v2 0.269",
            "just before/0 v2 0.269",
            "at/0 v2 0.269",
            "by the first/0 v2 0.119",
            "after the bad one/0 v2 0.119",
            "by the first, late/0 v2 0.269",
            "by the second/0 v2 0.269",
            "much later/0 v2 0.500"));
  }

  @Test
  void onlyTheRowOnWhichTheModelFailsGoesWithoutItsScore() {
    Arrivals<Arrival> arrivals =
        arrivals().row("10:00:00", "10:00:00", offered(scripted("v1", "10:00:00", "fails 7")));
    List<Arrival> trips = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int n = 0; n < 1_000; n++) {
      trips.add(trip("t" + n, "10:00:10", n));
      expected.add("t%d/0 %s".formatted(n, n == 7 ? "v1 FAILED" : "v1 0.500"));
    }
    arrivals.bundle(time("10:00:05"), trips, each -> each.trip().at());

    assertThat(arrivals.streamed(scored()), containsInAnyOrder(expected.toArray(String[]::new)));
    assertThat(arrivals.backfilled(scored()), containsInAnyOrder(expected.toArray(String[]::new)));
  }

  @Test
  void aModelThatIsTooSlowIsNotWaitedForAndHasTheLastWord() {
    ScriptedFormat.LATCHES.put("slow", new CountDownLatch(1));
    Arrivals<Arrival> arrivals =
        arrivals()
            .row("10:00:00", "10:00:05", trip("before", "10:00:05", 1))
            .row("10:00:00", "10:00:10", offered(slowOnTrips()))
            .row("10:00:15", "10:00:20", trip("a", "10:00:20", 9));
    ModelTerms terms = new ModelTerms(0, 0, "slow");

    List<String> streamed =
        arrivals.streamed(scored(new ModelTerms(0, 1, null), "slow", Duration.ofMillis(1), false));

    assertThat(
        streamed, containsInAnyOrder("before/0 no model", "a/0 slow SLOW", "a/1 slow 0.750"));
    assertThat(
        "a backfill has no limit",
        arrivals.backfilled(scored(terms, "slow", Duration.ofMillis(1), false)),
        containsInAnyOrder("before/0 slow 0.750", "a/0 slow 0.750"));
  }

  private static ModelRelease slowOnTrips() {
    return scripted("slow", "10:00:10", "waits slow");
  }
}
