package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.formats.RecordFields;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.Activity;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random activities of a thousand users, in any order and with copies, against the oracle. */
class JourneysTest {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final int USERS = 1_000;

  @Test
  void aThousandRandomUsersHaveTheJourneysOfTheOracle(@TempDir Path folder) throws IOException {
    Random random = new Random(1);
    List<Activity> activities = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      long millis = random.nextInt(60_000);
      for (int i = random.nextInt(25); i >= 0; i--) {
        // Some at one time, some exactly a gap later, some a millisecond less or more.
        long[] pauses = {0, 0, 1, 9_999, 10_000, 10_001, random.nextInt(20_000)};
        millis += pauses[random.nextInt(pauses.length)];
        activities.add(activity(activities.size(), millis, user, random));
      }
    }
    RecordFields<Activity> fields = RecordFields.of(Activity.class);
    List<String> lines = new ArrayList<>();
    for (Activity activity : activities) {
      String line = new String(fields.json(activity), StandardCharsets.UTF_8);
      lines.addAll(Collections.nCopies(random.nextInt(10) == 0 ? 3 : 1, line));
    }
    Collections.shuffle(lines, random);
    Path file = folder.resolve("activities.jsonl");
    Files.write(file, lines);
    Path out = folder.resolve("out");

    Command.done(
        List.of("customer-journey", "--events=" + file, "--gap=PT10S", "--answers=files:" + out));

    Analysis<?> analysis = Analysis.all().get("customer-journey");
    List<String> journeys =
        Oracle.settled(
                analysis, Inputs.of(analysis.inputs().get(0), activities), List.of("--gap=PT10S"))
            .get("journeys");
    assertThat(journeys.size(), is(greaterThan(2 * USERS)));
    assertThat(SettledAnswers.in(out.resolve("journeys")), is(journeys));
  }

  private static Activity activity(int number, long millis, int user, Random random) {
    Activity.Kind[] kinds = Activity.Kind.values();
    Activity.Device[] devices = Activity.Device.values();
    return new Activity(
        // Ids are in no order of time.
        "%05d".formatted((number * 7_919) % 100_000),
        START.plusMillis(millis),
        "user-" + user,
        sometimes(random, "session-" + random.nextInt(3)),
        kinds[random.nextInt(kinds.length)],
        sometimes(random, "product-" + random.nextInt(5)),
        sometimes(random, "category-" + random.nextInt(4)),
        null,
        sometimes(random, (long) random.nextInt(10_000)),
        sometimes(random, devices[random.nextInt(devices.length)]),
        null,
        null,
        null,
        null);
  }

  private static <T> @Nullable T sometimes(Random random, T value) {
    return random.nextInt(3) == 0 ? null : value;
  }
}
