package dhara.parity.nab;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.parity.RealData;
import dhara.parity.nab.NabScoring.Profile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The scoring and the detectors on the published series and labels. */
class NabTest {

  private static final NabScoring STANDARD = new NabScoring(Profile.STANDARD);

  /**
   * Points at threshold 1.0 of results/windowedGaussian/windowedGaussian_standard_scores.csv; the
   * other series with windows are missed entirely.
   */
  private static final Map<String, Double> PUBLISHED =
      Map.of(
          "artificialWithAnomaly/art_load_balancer_spikes.csv", -0.692444609523,
          "realKnownCause/ambient_temperature_system_failure.csv", -2.0,
          "realKnownCause/cpu_utilization_asg_misconfiguration.csv", -1.11,
          "realKnownCause/ec2_request_latency_system_failure.csv", 2.02150685678,
          "realKnownCause/machine_temperature_system_failure.csv", -4.0,
          "realKnownCause/nyc_taxi.csv", -5.0,
          "realKnownCause/rogue_agent_key_hold.csv", -2.44,
          "realKnownCause/rogue_agent_key_updown.csv", -1.3964908955);

  private static List<NabSeries> series() throws IOException {
    return NabSeries.in(RealData.data().resolve("nab"));
  }

  @Test
  void theWindowedGaussianHasThePublishedPointsOfEachSeries() throws IOException {
    List<NabSeries> series = series();
    assertThat(series.size(), is(18));

    Map<String, Double> points = new TreeMap<>();
    for (NabSeries of : series) {
      points.put(
          of.name(),
          STANDARD.points(
              of, WindowedGaussian.scores(of.samples()), WindowedGaussian.PUBLISHED_THRESHOLD));
    }

    points.forEach(
        (name, of) -> {
          double missed = name.startsWith("artificialWithAnomaly") ? -1 : 0;
          assertThat(name, of, is(closeTo(PUBLISHED.getOrDefault(name, missed), 1e-10)));
        });
  }

  @Test
  void aSeasonalBaselineIsAboveTheWindowedGaussianInEachProfile() throws IOException {
    List<NabSeries> series = series();
    List<List<Double>> seasonal =
        Nab.scores(Nab.detectors().get("z-score, same hour of 14 days, quiet for a day"), series);
    List<List<Double>> gaussian = Nab.gaussian(series);

    Nab.print(series, System.err);
    for (Profile profile : Profile.values()) {
      NabScoring scoring = new NabScoring(profile);
      assertThat(
          profile.name(),
          scoring.best(series, seasonal).normalised(),
          is(greaterThan(scoring.best(series, gaussian).normalised() + 10)));
    }
  }
}
