package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backfill over answers that are there withdraws those that it does not have, if it is told. */
class OverwriteTest {

  private static final String BOOKS_AT_NINE = line("A", "2026-01-05T09:00:10Z", "books");
  private static final String GAMES_AT_NINE = line("B", "2026-01-05T09:00:20Z", "games");
  private static final String GAMES_AT_TEN = line("C", "2026-01-05T10:00:20Z", "games");

  private static EmbeddedKafka kafka;

  @TempDir private Path folder;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @Test
  void whatTheBackfillDoesNotHaveIsWithdrawn() throws IOException {
    Path all = file("all", BOOKS_AT_NINE, GAMES_AT_NINE, GAMES_AT_TEN);
    Path some = file("some", BOOKS_AT_NINE);
    String there = kafka.uri("whole");
    done(all, there);

    Command over = done(some, there, "--overwrite=true");

    assertThat(over.err(), containsString("2 of them withdraw what this backfill does not have"));
    assertThat(differences(there, some), is(0));
  }

  @Test
  void whatWasWithdrawnIsNotWithdrawnAgain() throws IOException {
    Path all = file("all", BOOKS_AT_NINE, GAMES_AT_NINE, GAMES_AT_TEN);
    Path some = file("some", BOOKS_AT_NINE);
    String there = kafka.uri("again");
    done(all, there);
    done(some, there, "--overwrite=true");

    Command again = done(some, there, "--overwrite=true");

    assertThat(again.err(), not(containsString("withdraw")));
    done(all, there);
    Command anew = done(some, there, "--overwrite=true");
    assertThat(anew.err(), containsString("2 of them withdraw what this backfill does not have"));
    assertThat(differences(there, some), is(0));
  }

  @Test
  void withoutTheOptionItStays() throws IOException {
    Path all = file("all", BOOKS_AT_NINE, GAMES_AT_NINE);
    Path some = file("some", BOOKS_AT_NINE);
    String there = kafka.uri("kept");
    done(all, there);

    Command beside = done(some, there);

    assertThat(beside.err(), not(containsString("withdraw")));
    assertThat(differences(there, some), is(1));
  }

  @Test
  void onlyWindowsInTheRangeAreWithdrawn() throws IOException {
    Path all = file("all", BOOKS_AT_NINE, GAMES_AT_NINE, GAMES_AT_TEN);
    Path some = file("some", BOOKS_AT_NINE, GAMES_AT_TEN);
    String there = kafka.uri("range");
    done(all, there);

    done(
        file("one", BOOKS_AT_NINE),
        there,
        "--overwrite=true",
        "--from=2026-01-05T09:00:00Z",
        "--until=2026-01-05T09:01:00Z");

    // The totals of the day are in no window of the range, and stay.
    assertThat(
        differences(there, some, "--from=2026-01-05T09:00:00Z", "--until=2026-01-05T11:00:00Z"),
        is(0));
    assertThat(differences(there, some), is(1));
  }

  @Test
  void whatCannotBeReadBackOrReplacedIsRefused() throws IOException {
    Command refused =
        Command.run(
            List.of(
                "order-metrics",
                "--events=" + file("all", BOOKS_AT_NINE),
                "--answers=files:" + folder.resolve("out"),
                "--overwrite=true"));

    assertThat(refused.exit(), is(2));
    assertThat(
        refused.err(),
        containsString("--overwrite=true: is for answers in a store whose rows can be read back"));
  }

  private int differences(String there, Path events, String... options) throws IOException {
    Path files = Files.createTempDirectory(folder, "wanted");
    done(events, "files:" + files);
    return Command.run(
            Command.line(
                List.of(
                    "reconcile",
                    there,
                    "files:" + files,
                    "--analysis=order-metrics",
                    "--deadLetters=none"),
                List.of(options)))
        .exit();
  }

  private static Command done(Path events, String answers, String... options) {
    return Command.done(
        Command.line(
            List.of("order-metrics", "--events=" + events, "--answers=" + answers),
            List.of(options)));
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name + ".jsonl"), List.of(lines));
  }

  private static String line(String id, String at, String category) {
    return ("{\"id\":\"%s\",\"at\":\"%s\",\"order\":\"%s\",\"product\":\"P1\",\"category\":\"%s\","
            + "\"country\":\"Nepal\",\"city\":\"Kathmandu\",\"customer\":\"C1\",\"quantity\":1,"
            + "\"unit_minor\":100}")
        .formatted(id, at, id, category);
  }
}
