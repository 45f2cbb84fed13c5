package dhara.connectors.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dhara.connectors.RowFormat;
import dhara.events.DeadLetter;
import dhara.testkit.Command;
import dhara.testkit.Receiver;
import dhara.testkit.Receiver.Request;
import dhara.testkit.SentRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that a real server did not take are sent to it again. */
class WebhookRedriveTest {

  private static final String HASTY =
      "backoff=PT0.02S&maxBackoff=PT0.1S&timeout=PT30S&breaker=PT0.05S&attempts=2";

  @TempDir private Path folder;

  private Receiver receiver;

  @BeforeEach
  void start() {
    receiver = Receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Test
  void rowsThatWereRefusedAreTakenUnderTheirNames() throws IOException {
    int rows = 30;
    refuse(rows);

    Command done = Command.done(redriving());

    assertThat(
        done.out(),
        is(
            """
            alerts: read 30 = sent 30 + skipped 0 + sent before 0 + over the cap 0 + still dead 0 + unreadable 0
            sent: UNDELIVERED 30
            """));
    assertThat(receiver.taken(), is(rows(rows)));
    assertThat(requestsOf(rows), is(each(rows, 1)));

    Command again = Command.done(redriving());

    assertThat(again.out(), containsString("sent 0 + skipped 0 + sent before 30"));
    assertThat(requestsOf(rows), is(each(rows, 1)));
  }

  @Test
  void rowsThatAreRefusedAgainStayDeadUntilTheCap() throws IOException {
    refuse(3);
    receiver.mood(Receiver.first(1, Receiver.takes(), Receiver.status(422)));

    Command first = Command.done(redriving("--attempts=2"));
    Command second = Command.done(redriving("--attempts=2"));
    Command third = Command.done(redriving("--attempts=2"));

    assertThat(first.out(), startsWith("alerts: read 3 = sent 1 + skipped 0 + sent before 0 +"));
    assertThat(first.out(), containsString("still dead UNDELIVERED webhook://"));
    assertThat(first.out(), containsString("refused: HTTP 422"));
    assertThat(
        second.out(),
        startsWith(
            "alerts: read 3 = sent 0 + skipped 0 + sent before 1 + over the cap 0 + still dead 2"));
    assertThat(
        third.out(),
        startsWith(
            "alerts: read 3 = sent 0 + skipped 0 + sent before 1 + over the cap 2 + still dead 0"));
    assertThat(receiver.taken().size(), is(1));
  }

  /** The process dies in its second batch, while the server takes rows and does not answer. */
  @Test
  void aProcessThatIsKilledSendsNothingAgainThatItHasNoted() throws Exception {
    int rows = 1_500;
    int noted = 1_000;
    refuse(rows);
    receiver.mood(Receiver.first(noted, Receiver.takes(), Receiver.dawdles(new CountDownLatch(1))));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "dhara.tools.Dhara"));
    command.addAll(redriving());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    try {
      receiver.await(() -> receiver.requests().size() > noted);
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<String> seen = receiver.requests().stream().map(Request::key).toList();
    List<String> first = seen.subList(0, noted);
    receiver.mood(Receiver.takes());

    Command done = Command.done(redriving());

    assertThat(
        done.out(), startsWith("alerts: read 1,500 = sent 500 + skipped 0 + sent before 1,000 +"));
    assertThat(receiver.taken(), is(rows(rows)));
    List<String> again = receiver.requests().stream().map(Request::key).toList();
    assertThat(again.size(), is(500));
    assertThat("noted, and sent again", again.stream().anyMatch(first::contains), is(false));
  }

  /** Lets a backfill send rows to a server that refuses them, and writes its dead letters. */
  private void refuse(int rows) throws IOException {
    receiver.mood(Receiver.status(400));
    List<DeadLetter> letters = SentRows.backfill(receiver.uri(HASTY), rows);
    assertThat(letters.size(), is(rows));
    List<String> lines = new ArrayList<>();
    RowFormat<DeadLetter> format = RowFormat.deadLetters();
    for (DeadLetter letter : letters) {
      lines.add(new String(format.json(letter), UTF_8));
    }
    Files.createDirectories(folder.resolve("dead-letters"));
    Files.write(folder.resolve("dead-letters/letters.jsonl"), lines);
    receiver.mood(Receiver.takes());
  }

  private List<String> redriving(String... options) {
    return Command.line(
        List.of(
            "redrive",
            "shop-alerts",
            "--output=alerts",
            "--letters=" + folder.resolve("dead-letters"),
            "--to=" + receiver.uri(HASTY),
            "--journal=" + folder.resolve("journal")),
        List.of(options));
  }

  private Map<String, Long> requestsOf(int rows) {
    List<String> names = SentRows.names(rows);
    return receiver.requests().stream()
        .map(Request::key)
        .filter(names::contains)
        .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
  }

  private static Map<String, Long> each(int rows, long times) {
    return SentRows.names(rows).stream()
        .collect(Collectors.toMap(name -> name, name -> times, Long::sum, TreeMap::new));
  }

  private static Map<String, String> rows(int last) {
    return IntStream.rangeClosed(1, last)
        .boxed()
        .collect(
            Collectors.toMap(SentRows::name, SentRows::row, (one, other) -> one, TreeMap::new));
  }
}
