package dhara.connectors.webhook;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.testkit.Receiver;
import dhara.testkit.Receiver.Mood;
import dhara.testkit.Receiver.Request;
import dhara.testkit.SentRows;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are posted to a real server, which fails in every way. */
class WebhookTest {

  private static final int ROWS = 30;

  /** Short waits, and a breaker that closes soon. */
  private static final String HASTY =
      "backoff=PT0.02S&maxBackoff=PT0.1S&timeout=PT1S&breaker=PT0.05S&attempts=100";

  private Receiver receiver;

  @BeforeEach
  void start() {
    receiver = Receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  /** Latches that are never released: the server is closed at the end of the test. */
  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("none", Receiver.takes()),
        Arguments.of("500", Receiver.first(40, Receiver.status(500), Receiver.takes())),
        Arguments.of("408", Receiver.first(40, Receiver.status(408), Receiver.takes())),
        Arguments.of("429", Receiver.first(3, Receiver.overloaded(), Receiver.takes())),
        Arguments.of("hangs up", Receiver.first(40, Receiver.hangsUp(), Receiver.takes())),
        Arguments.of(
            "hangs", Receiver.first(10, Receiver.hangs(new CountDownLatch(1)), Receiver.takes())),
        Arguments.of(
            "slow bodies",
            Receiver.first(10, Receiver.dawdles(new CountDownLatch(1)), Receiver.takes())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aStreamDeliversEveryRow(String fault, Mood mood) throws Exception {
    receiver.mood(mood);
    try (SentRows stream = SentRows.stream(receiver.uri(HASTY))) {
      stream.add(1, ROWS);
      receiver.await(() -> receiver.taken().keySet().containsAll(SentRows.names(ROWS)));

      assertThat(stream.undelivered(), is(empty()));
    }
    assertThat(receiver.taken(), is(rows(ROWS)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aBackfillDeliversEveryRowBeforeItEnds(String fault, Mood mood) {
    receiver.mood(mood);

    List<DeadLetter> undelivered = SentRows.backfill(receiver.uri(HASTY), ROWS);

    assertThat(undelivered, is(empty()));
    assertThat(receiver.taken(), is(rows(ROWS)));
  }

  @Test
  void aServerThatGoesAwayAndComesBackGetsEveryRow() throws Exception {
    try (SentRows stream = SentRows.stream(receiver.uri(HASTY))) {
      stream.add(1, 10);
      receiver.await(() -> receiver.taken().size() == 10);
      receiver.goAway();
      stream.add(11, 20);
      receiver.comeBack();
      stream.add(21, ROWS);
      receiver.await(() -> receiver.taken().size() == ROWS);

      assertThat(stream.undelivered(), is(empty()));
    }
    assertThat(receiver.taken(), is(rows(ROWS)));
  }

  /** A receiver takes a row and hangs up, so the row comes again with the key of before. */
  @Test
  void aRowThatComesAgainHasTheSameKey() throws Exception {
    CountDownLatch released = new CountDownLatch(0);
    receiver.mood(Receiver.first(ROWS, Receiver.hangs(released), Receiver.takes()));
    try (SentRows stream = SentRows.stream(receiver.uri(HASTY))) {
      stream.add(1, ROWS);
      receiver.await(
          () -> receiver.requests().size() >= 2 * ROWS && receiver.taken().size() >= ROWS);
    }
    Map<String, Long> sent =
        receiver.requests().stream()
            .collect(Collectors.groupingBy(Request::key, TreeMap::new, Collectors.counting()));
    assertThat(sent.values().stream().mapToLong(Long::longValue).sum(), is(2L * ROWS));
    assertThat(receiver.taken(), is(rows(ROWS)));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 301, 422})
  void aRowThatIsRefusedIsADeadLetterAtOnce(int status) {
    receiver.mood(Receiver.status(status));

    List<DeadLetter> undelivered = SentRows.backfill(receiver.uri(HASTY), 3);

    assertThat(
        undelivered.stream().map(WebhookTest::shown).toList(),
        containsInAnyOrder(
            shown(1, "refused: HTTP " + status),
            shown(2, "refused: HTTP " + status),
            shown(3, "refused: HTTP " + status)));
    assertThat(receiver.requests().size(), is(3));
  }

  /** Four requests are too few for the breaker, which would count an outage as an attempt. */
  @Test
  void aRowThatIsNotTakenInItsAttemptsIsADeadLetter() throws Exception {
    receiver.mood(Receiver.status(503));
    try (SentRows stream =
        SentRows.stream(receiver.uri(HASTY.replace("attempts=100", "attempts=2")))) {
      stream.add(1, 2);
      receiver.await(() -> receiver.requests().size() == 4);

      assertThat(
          stream.undelivered(2).stream().map(WebhookTest::shown).toList(),
          containsInAnyOrder(
              shown(1, "not taken in 2 attempts, the last: HTTP 503"),
              shown(2, "not taken in 2 attempts, the last: HTTP 503")));
    }
    assertThat(receiver.taken(), is(Map.of()));
  }

  /** Rows 1 to 5 fill the queue of a server that hangs; the rest is kept as dead letters. */
  @Test
  void aQueueThatIsFullLosesNothing() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    receiver.mood(Receiver.first(2, Receiver.hangs(release), Receiver.takes()));
    try (SentRows stream =
        SentRows.stream(receiver.uri("inFlight=2&queue=5&timeout=PT1M&backoff=PT0.02S"))) {
      stream.add(1, 5);
      receiver.await(() -> receiver.requests().size() == 2);
      stream.add(6, ROWS);
      assertThat(stream.undelivered(ROWS - 5).size(), is(ROWS - 5));
      release.countDown();
      receiver.await(() -> receiver.taken().size() == 5);

      assertThat(
          stream.undelivered().stream().map(WebhookTest::shown).toList(),
          containsInAnyOrder(
              IntStream.rangeClosed(6, ROWS)
                  .mapToObj(n -> shown(n, "5 rows wait already: queue="))
                  .toArray(String[]::new)));
    }
    assertThat(receiver.taken(), is(rows(5)));
  }

  /** While the breaker is open, the server is left alone; then one row tries, and it closes. */
  @Test
  void theBreakerLeavesAServerAlone() throws Exception {
    receiver.mood(Receiver.status(500));
    try (SentRows stream =
        SentRows.stream(
            receiver.uri("inFlight=1&backoff=PT0.01S&maxBackoff=PT0.01S&breaker=PT2S"))) {
      stream.add(1, ROWS);
      receiver.await(() -> receiver.requests().size() >= 5);
      assertThat(receiver.requests().size(), is(lessThanOrEqualTo(10)));
      receiver.mood(Receiver.takes());
      receiver.await(() -> receiver.taken().size() == ROWS);

      assertThat(receiver.requests().size(), is(ROWS));
      assertThat(stream.undelivered(), is(empty()));
    }
  }

  private static Map<String, String> rows(int last) {
    return IntStream.rangeClosed(1, last)
        .boxed()
        .collect(
            Collectors.toMap(SentRows::name, SentRows::row, (one, other) -> one, TreeMap::new));
  }

  private static String shown(int row, String text) {
    return "alerts %s %s %s".formatted(Reason.UNDELIVERED, text, SentRows.row(row));
  }

  private static String shown(DeadLetter letter) {
    assertThat(letter.source().replaceAll("\\d+", "N"), is("webhook://localhost:N/hook"));
    return "%s %s %s %s"
        .formatted(
            letter.input(),
            letter.reason(),
            letter.text(),
            new String(letter.bytes(), StandardCharsets.UTF_8));
  }
}
