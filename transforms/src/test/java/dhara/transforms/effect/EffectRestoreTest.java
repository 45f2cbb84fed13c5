package dhara.transforms.effect;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.effect.OncePerIncidentTest.Failures;
import dhara.transforms.effect.OncePerIncidentTest.Host;
import dhara.transforms.restore.RestoredStream;
import dhara.transforms.restore.RestoredStream.Outcome;
import dhara.transforms.restore.Waves;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Alerts in streams that fail: whatever revisions come, and wherever the stream is restored, each
 * incident is acted on once, by its settled answer. An alert that is sent again after a failure has
 * the same incident and says the same.
 */
class EffectRestoreTest {

  private static final int CASES = 1_000;
  private static final long WIDTH = 50;

  /** Something that failed. */
  record Fault(String id, Instant at, String host) implements Event {}

  /** What is acted on. */
  private record Alert(String host, Instant start, long faults) {}

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachIncidentIsActedOnOnceWhereverItIsRestored(boolean named) throws Exception {
    int restores = 0;
    int alerts = 0;
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int span = 1 + random.nextInt(1_000);
      int hosts = 1 + random.nextInt(3);
      List<Fault> faults = new ArrayList<>();
      for (int i = 1 + random.nextInt(40); i > 0; i--) {
        faults.add(
            new Fault(
                "f" + i,
                time("10:00:00").plusMillis(random.nextInt(span)),
                "host" + random.nextInt(hosts)));
      }
      int lateness = random.nextInt(3) * random.nextInt(300);
      long lasting = random.nextInt(3) * WIDTH;
      Windows windows =
          Windows.tumbling(Duration.ofMillis(WIDTH)).withLateness(Duration.ofMillis(lateness));
      OncePerIncident<Host, Failures> settled = OncePerIncident.onSettled(Host.class);
      OncePerIncident<Host, Failures> once =
          named
              ? settled.named((host, failures) -> host.name(), Duration.ofMillis(lasting))
              : settled;
      Outcome<Answer<Incident<Host>, Failures>> outcome =
          RestoredStream.of(RecordCoder.of(Fault.class), Waves.unique(alerting(windows, once)))
              .play(Waves.of(faults, fault -> lateness, 300, random), random);

      List<Alert> expected = naive(faults, named, lasting);
      assertThat("case " + seed, alerts(outcome.committed()), is(expected));
      assertThat(
          "case " + seed + ", written",
          new HashSet<>(outcome.written()),
          is(new HashSet<>(outcome.committed())));
      restores += outcome.restores();
      alerts += expected.size();
    }
    assertThat(restores, is(greaterThan(CASES)));
    assertThat(alerts, is(greaterThan(CASES)));
  }

  private static PTransform<PCollection<Fault>, PCollection<Answer<Incident<Host>, Failures>>>
      alerting(Windows windows, OncePerIncident<Host, Failures> once) {
    return new PTransform<>() {
      private static final long serialVersionUID = 1L;

      @Override
      public PCollection<Answer<Incident<Host>, Failures>> expand(PCollection<Fault> faults) {
        return faults
            .apply(
                "Alerts",
                Answers.in(windows)
                    .perKey(
                        Host.class,
                        (Fault fault) -> new Host(fault.host()),
                        TallyFn.of(
                            Failures.class,
                            (Fault fault) -> new Failures(1),
                            Failures.class,
                            sum -> sum.count() < 2 ? null : sum)))
            .apply("Once", once);
      }
    };
  }

  /** Windows with two faults or more; of one incident only the first. */
  private static List<Alert> naive(List<Fault> faults, boolean named, long lastingMillis) {
    Map<String, TreeMap<Long, Long>> byHost = new TreeMap<>();
    for (Fault fault : faults) {
      long start = Math.floorDiv(fault.at().toEpochMilli(), WIDTH) * WIDTH;
      byHost.computeIfAbsent(fault.host(), host -> new TreeMap<>()).merge(start, 1L, Long::sum);
    }
    List<Alert> alerts = new ArrayList<>();
    byHost.forEach(
        (host, windows) -> {
          windows.values().removeIf(count -> count < 2);
          windows.forEach(
              (start, count) -> {
                boolean goesOn =
                    named
                        && windows.keySet().stream()
                            .anyMatch(other -> other < start && start - other <= lastingMillis);
                if (!goesOn) {
                  alerts.add(new Alert(host, Instant.ofEpochMilli(start), count));
                }
              });
        });
    return alerts;
  }

  private static List<Alert> alerts(List<Answer<Incident<Host>, Failures>> acted) {
    return acted.stream()
        .map(answer -> new Alert(answer.key().key().name(), answer.start(), answer.value().count()))
        .sorted(Comparator.comparing(Alert::host).thenComparing(Alert::start))
        .toList();
  }
}
