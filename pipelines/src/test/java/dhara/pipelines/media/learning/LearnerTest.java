package dhara.pipelines.media.learning;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.nullValue;

import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.learning.Learner.Report;
import dhara.records.RecordCoder;
import dhara.transforms.learn.Ftrl;
import dhara.transforms.learn.HashedFeatures;
import dhara.transforms.learn.Logistic;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

/** The planted click rates are learned; reports come by the hour; the state may be stored. */
class LearnerTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration WITHIN = Duration.ofMinutes(10);
  private static final int BUCKETS = 1_024;
  private static final Learner LEARNER = new Learner(new Ftrl(0.1, 1, 0.5, 0.5), BUCKETS, HOUR);

  /** Impressions of the scenario, with what came of each. */
  private static Map<Playback, LabelledImpression> labelled(long seed, long events) {
    Map<String, Playback> byViewer = new HashMap<>();
    Map<Playback, LabelledImpression> labelled = new HashMap<>();
    MadeUpImpressions.events(seed, events)
        .filter(given -> given.event() instanceof Playback)
        .map(given -> (Playback) given.event())
        .filter(event -> event.kind().isAd())
        .forEach(
            event -> {
              if (event.kind() == Kind.AD_IMPRESSION) {
                byViewer.put(event.user(), event);
                labelled.put(event, label(event, Optional.empty()));
                return;
              }
              Playback shown = byViewer.get(event.user());
              if (!labelled.get(shown).clicked() && !event.at().isAfter(shown.at().plus(WITHIN))) {
                labelled.put(shown, label(shown, Optional.of(event)));
              }
            });
    return labelled;
  }

  private static LabelledImpression label(Playback shown, Optional<Playback> click) {
    return LabelledImpression.of(shown, click, WITHIN, LearnBy.none, BUCKETS);
  }

  private static double logOdds(LearnedWeights model, List<Integer> features) {
    double sum = model.bias();
    for (int feature : features) {
      int at = model.features().indexOf(HashedFeatures.name(feature));
      sum += at < 0 ? 0 : model.weights().get(at);
    }
    return sum;
  }

  /**
   * The loss of a model cannot be less than that of the truth, but for chance; what it has more is
   * what it does not know.
   */
  @Test
  void itLearnsThePlantedLogOdds() {
    Map<Playback, LabelledImpression> labelled = labelled(1, 60_000);
    List<Example> examples =
        labelled.values().stream().map(LabelledImpression::example).sorted(Fold.ORDER).toList();

    List<Report> reports = LEARNER.over(examples);

    Map<Instant, double[]> truth = new HashMap<>();
    labelled.forEach(
        (shown, of) -> {
          double[] sums =
              truth.computeIfAbsent(
                  of.knownAt().truncatedTo(ChronoUnit.HOURS), hour -> new double[2]);
          sums[0] += Logistic.lossAt(MadeUpImpressions.logOdds(shown), of.clicked());
          sums[1]++;
        });
    double early = 0;
    double late = 0;
    double lateExamples = 0;
    for (int i = 0; i < reports.size(); i++) {
      Report report = reports.get(i);
      double[] ofTruth = truth.get(report.start());
      double examplesOf = report.progress().examples();
      assertThat(examplesOf, is(ofTruth[1]));
      double excess = report.progress().logLoss() * examplesOf - ofTruth[0];
      if (i < 3) {
        early += excess / examplesOf / 3;
      } else if (i >= reports.size() / 2) {
        late += excess;
        lateExamples += examplesOf;
      }
    }
    assertThat(early, is(greaterThan(0.01)));
    assertThat(late / lateExamples, is(both(greaterThan(-0.002)).and(lessThan(0.004))));

    LearnedWeights model = reports.get(reports.size() - 1).weights();
    double distance = 0;
    for (Map.Entry<Playback, LabelledImpression> each : labelled.entrySet()) {
      distance +=
          Math.abs(
              logOdds(model, each.getValue().features())
                  - MadeUpImpressions.logOdds(each.getKey()));
    }
    assertThat(distance / labelled.size(), is(lessThan(0.12)));
    assertThat(model.examples(), is((long) labelled.size()));
    long clicks = examples.stream().filter(Example::clicked).count();
    double calibration =
        reports.stream()
                .mapToDouble(of -> of.progress().predictedRate() * of.progress().examples())
                .sum()
            / clicks;
    assertThat(calibration, is(closeTo(1, 0.02)));
  }

  private static Example example(String id, int minute, boolean clicked, Integer... features) {
    return new Example(
        id,
        Instant.parse("2026-01-05T14:00:00Z").plusSeconds(60L * minute),
        "all",
        List.of(features),
        clicked);
  }

  /** The figures of the first two examples were computed by hand. */
  @Test
  void eachHourWithExamplesIsReportedAndTheModelGoesOn() {
    Learner learner = new Learner(new Ftrl(1, 1, 0.25, 1), 4, HOUR);

    List<Report> reports =
        learner.over(
            List.of(
                example("a", 0, true, 2),
                example("b", 59, true, 2),
                example("c", 60, false), // the first of the next hour
                example("d", 60 * 5, false, 2)));

    assertThat(
        reports.stream().map(of -> of.start() + " " + of.progress().examples()).toList(),
        is(List.of("2026-01-05T14:00:00Z 2", "2026-01-05T15:00:00Z 1", "2026-01-05T19:00:00Z 1")));
    Report first = reports.get(0);
    assertThat(first.segment(), is("all"));
    assertThat(first.end(), is(Instant.parse("2026-01-05T15:00:00Z")));
    assertThat(first.weights().features(), is(List.of("h2")));
    assertThat(first.weights().weights().get(0), is(closeTo(0.249205487, 1e-9)));
    assertThat(first.weights().bias(), is(closeTo(0.573730885, 1e-9)));
    assertThat(first.weights().examples(), is(2L));
    // Scores of 0 and 0.4333, before the examples were learned from.
    assertThat(
        first.progress().logLoss(),
        is(closeTo((Math.log(2) + Math.log1p(Math.exp(-0.43333333))) / 2, 1e-6)));
    assertThat(first.progress().auc(), is(nullValue()));
    assertThat(first.progress().rate(), is(1.0));
    assertThat(reports.get(2).weights().examples(), is(4L));
    assertThat(reports.get(2).weights().bias(), is(closeTo(-0.058261642, 1e-9)));
    assertThat(reports.get(2).weights().weights().get(0), is(closeTo(0.034747523, 1e-9)));
    assertThat(reports.get(1).progress().calibration(), is(nullValue()));
  }

  @Test
  void aStoredStateGoesOnToTheSameBits() throws CoderException {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      examples.add(example("e%03d".formatted(i), i, i % 3 == 0, i % 7, 7 + i % 5));
    }
    Learner learner = new Learner(new Ftrl(0.3, 0.5, 0.01, 0.1), 16, Duration.ofDays(1));
    RecordCoder<Learner.State> coder = RecordCoder.of(Learner.State.class);

    Learner.State kept = learner.initial();
    Learner.State stored = learner.initial();
    for (Example each : examples) {
      kept = learner.apply(kept, each, report -> {});
      byte[] bytes = CoderUtils.encodeToByteArray(coder, stored);
      stored = learner.apply(CoderUtils.decodeFromByteArray(coder, bytes), each, report -> {});
    }

    assertThat(stored, is(kept));
    assertThat(
        CoderUtils.encodeToByteArray(coder, stored), is(CoderUtils.encodeToByteArray(coder, kept)));
  }

  @Test
  void aModelIsWrittenAsTheLinearFormatReadsIt() {
    LearnedWeights model = new LearnedWeights(7, List.of("h1", "h9"), -1.5, List.of(0.25, 1e-7));

    assertThat(
        model.json(), is("{\"features\":[\"h1\",\"h9\"],\"bias\":-1.5,\"weights\":[0.25,1.0E-7]}"));
  }
}
