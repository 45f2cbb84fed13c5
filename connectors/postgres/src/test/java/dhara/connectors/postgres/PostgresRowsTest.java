package dhara.connectors.postgres;

import static dhara.connectors.postgres.Tides.HEIGHTS;
import static dhara.connectors.postgres.Tides.NINE;
import static dhara.connectors.postgres.Tides.answer;
import static dhara.connectors.postgres.Tides.withdrawal;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Connector.Rows;
import dhara.connectors.RowFormat;
import dhara.connectors.TooLong;
import dhara.connectors.postgres.Tides.Harbour;
import dhara.connectors.postgres.Tides.Height;
import dhara.events.DeadLetter;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.AnswerCoder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which row counts, whoever writes and whatever happens to the database meanwhile. */
class PostgresRowsTest {

  @TempDir private static Path folder;
  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static List<String> heights(String table) throws SQLException {
    return server.rows(
        "select name, millimetres from " + table + " where not withdrawn order by name");
  }

  @Test
  void ofOneKeyAndWindowTheHighestRevisionStays() throws Exception {
    List<Answer<Harbour, Height>> answers = new ArrayList<>();
    Map<String, Long> last = new TreeMap<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 5_000; i++) {
      String name = "H" + random.nextInt(300);
      int minute = random.nextInt(9);
      answers.add(answer(name, minute, i, i * 10L));
      last.merge(name + " " + minute, i * 10L, Math::max);
    }
    Collections.shuffle(answers, new Random(7));
    answers.addAll(answers.subList(0, 1_000)); // what a retried bundle writes again

    Tides.write(server.uri("highest"), HEIGHTS, answers);

    Map<String, Long> kept = new TreeMap<>();
    for (String row :
        server.rows(
            "select name, extract(minute from window_start), millimetres, revision * 10 ="
                + " millimetres from highest where not withdrawn")) {
      String[] cells = row.split(" ", -1);
      assertThat(cells[3], is("t"));
      kept.put(cells[0] + " " + cells[1], Long.parseLong(cells[2]));
    }
    assertThat(kept, is(last));
    assertThat(server.rows("select count(*) from highest"), is(List.of("" + last.size())));
  }

  @Test
  void atEqualRevisionsTheLaterRowCountsAndAnEqualOneIsNoChange() throws Exception {
    String uri = server.uri("equal");
    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 10), answer("Mumbai", 0, 1, 20)));
    List<String> before = server.rows("select name, written_in from equal order by name");
    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 10), answer("Mumbai", 0, 1, 21)));

    assertThat(heights("equal"), is(List.of("Kochi 10", "Mumbai 21")));
    List<String> after = server.rows("select name, written_in from equal order by name");
    assertThat(after.get(0), is(before.get(0)));
    assertThat(after.get(1).equals(before.get(1)), is(false));
  }

  @Test
  void aWithdrawnAnswerStaysAwayUntilALaterRevisionComes() throws Exception {
    String uri = server.uri("withdrawn");
    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 95), answer("Mumbai", 0, 5, 310)));
    Tides.write(uri, HEIGHTS, List.of(withdrawal("Kochi", 0, 3), withdrawal("Mumbai", 0, 4)));
    assertThat(heights("withdrawn"), is(List.of("Mumbai 310")));

    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 2, 96)));
    assertThat(heights("withdrawn"), is(List.of("Mumbai 310")));
    assertThat(
        Tides.read(uri).get(0),
        is(
            "-{\"name\":\"Kochi\",\"window_start\":\"2026-01-05T09:00:00.000Z\",\"window_end\":\"2026-01-05T09:01:00.000Z\",\"revision\":3}"));

    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 4, 97)));
    assertThat(heights("withdrawn"), is(List.of("Kochi 97", "Mumbai 310")));
  }

  @Test
  void aWithdrawalThatComesFirstKeepsLowerRevisionsOut() throws Exception {
    String uri = server.uri("early");
    Tides.write(uri, HEIGHTS, List.of(withdrawal("Kochi", 0, 3)));
    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 2, 96)));
    assertThat(heights("early"), is(List.of()));
  }

  @Test
  void keysThatPostgresHoldsForEqualAreOneRow() throws Exception {
    // U+0000 is stored as its picture.
    Tides.write(
        server.uri("alike"), HEIGHTS, List.of(answer("a\0", 0, 1, 1), answer("a\u2400", 0, 2, 2)));
    assertThat(heights("alike"), is(List.of("a\u2400 2")));
  }

  @Test
  void twoWritersAtOnceSettleOnTheHighestRevision() throws Exception {
    List<Answer<Harbour, Height>> odd = new ArrayList<>();
    List<Answer<Harbour, Height>> even = new ArrayList<>();
    List<String> last = new ArrayList<>();
    for (int key = 100; key < 400; key++) {
      for (int i = 0; i < 20; i++) {
        (i % 2 == 0 ? even : odd).add(answer("H" + key, 0, i, key * 100L + i));
      }
      last.add("H" + key + " " + (key * 100 + 19));
    }
    Collections.shuffle(odd, new Random(3));
    Collections.shuffle(even, new Random(4));
    String uri = server.uri("two");
    Tides.write(uri, HEIGHTS, List.of());

    together(
        () -> {
          Tides.write(uri, HEIGHTS, odd);
          return null;
        },
        () -> {
          Tides.write(uri, HEIGHTS, even);
          return null;
        });

    assertThat(heights("two"), is(last));
  }

  private static void together(Callable<Void> one, Callable<Void> other) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<Void> done : threads.invokeAll(List.of(one, other))) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** A lock holds the write up until the database is stopped in the middle of it. */
  @Test
  void aRestartInTheMiddleOfAWriteLosesAndDoublesNothing(@TempDir Path own) throws Exception {
    List<Answer<Harbour, Height>> answers = new ArrayList<>();
    List<String> all = new ArrayList<>();
    for (int i = 1_000; i < 4_500; i++) {
      answers.add(answer("H" + i, 0, 1, i));
      all.add("H" + i + " " + i);
    }
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (PostgresServer restarted = PostgresServer.start(own)) {
      String uri = restarted.uri("tides");
      Tides.write(uri, HEIGHTS, List.of());
      try (Connection locking = restarted.connect();
          Statement lock = locking.createStatement()) {
        locking.setAutoCommit(false);
        lock.execute("lock table tides in exclusive mode");
        Future<?> writing =
            thread.submit(
                () -> {
                  Tides.write(uri, HEIGHTS, answers);
                  return null;
                });
        restarted.await(
            "select pid from pg_stat_activity where wait_event_type = 'Lock' and query like"
                + " 'insert into%'");
        restarted.stop();
        restarted.startAgain();
        writing.get(3, TimeUnit.MINUTES);
      }
      assertThat(
          restarted.rows("select name, millimetres from tides where not withdrawn order by name"),
          is(all));
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void aDatabaseThatStaysAwayFailsTheRunWithOneLine(@TempDir Path own) throws Exception {
    Rows<Answer<Harbour, Height>> rows =
        new Rows<>(
            "heights",
            "",
            true,
            false,
            RowFormat.answers(Harbour.class, Height.class),
            TooLong.answers("heights"),
            null);
    PostgresServer gone = PostgresServer.start(own);
    PostgresAddress address = PostgresAddress.of(Tides.at(gone.uri("tides")), "");
    PostgresTable table = PostgresTable.of(Tides.at(gone.uri("tides")), address, rows);
    table.create();
    gone.stop();
    Pipeline pipeline = Pipeline.create(Tides.options());
    PCollectionTuple unused =
        pipeline
            .apply(
                Create.of(answer("Kochi", 0, 1, 10))
                    .withCoder(
                        AnswerCoder.of(
                            RecordCoder.of(Harbour.class), RecordCoder.of(Height.class))))
            .apply(
                new PostgresRows<>(rows, address, table.upsert())
                    .retryingFor(Duration.ofMillis(1)));

    PipelineExecutionException failure =
        assertThrows(PipelineExecutionException.class, () -> pipeline.run().waitUntilFinish());

    assertThat(
        failure.getCause().getMessage(),
        startsWith(
            ("postgres://localhost:%1$d/postgres/public/tides: PostgreSQL does not answer at"
                    + " localhost:%1$d (Connection to localhost:%1$d refused.")
                .formatted(gone.port())));
  }

  @Test
  void aRowThatPostgresRefusesFailsTheRun() throws Exception {
    String uri = server.uri("limited");
    Tides.write(uri, HEIGHTS, List.of());
    server.execute("alter table limited add constraint low check (millimetres < 100)");

    PipelineExecutionException failure =
        assertThrows(
            PipelineExecutionException.class,
            () -> Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 500))));

    assertThat(
        failure.getCause().getMessage(),
        is(
            "postgres://localhost:"
                + server.port()
                + "/postgres/public/limited: PostgreSQL refuses it (ERROR: new row for relation"
                + " \"limited\" violates check constraint \"low\")"));
  }

  @Test
  void deadLettersOfTwoInputsAtOnePlaceAreBothKeptAndWrittenOnce() throws Exception {
    Rows<DeadLetter> rows =
        new Rows<>(
            "dead-letters",
            "-dead-letters",
            false,
            true,
            RowFormat.deadLetters(),
            TooLong.deadLetters(),
            null);
    PostgresAddress address = PostgresAddress.of(Tides.at(server.uri("letters")), "-dead-letters");
    PostgresTable table = PostgresTable.of(Tides.at(server.uri("letters")), address, rows);
    table.create();
    for (int run = 0; run < 2; run++) {
      Pipeline pipeline = Pipeline.create(Tides.options());
      PCollectionTuple unused =
          pipeline
              .apply(
                  Create.of(
                          letter("orders", "byte=7"),
                          letter("stock", "byte=7"),
                          letter("stock", "byte=8"))
                      .withCoder(RecordCoder.of(DeadLetter.class)))
              .apply(new PostgresRows<>(rows, address, table.upsert()));
      pipeline.run().waitUntilFinish();
    }

    assertThat(
        server.rows(
            "select input, position, reason, encode(bytes, 'hex') from letters_dead_letters order"
                + " by input, position"),
        is(
            List.of(
                "orders byte=7 MALFORMED 7b00",
                "stock byte=7 MALFORMED 7b00",
                "stock byte=8 MALFORMED 7b00")));
  }

  private static DeadLetter letter(String input, String position) {
    return new DeadLetter(
        input,
        DeadLetter.Reason.MALFORMED,
        "no JSON: \0",
        "files:/data/a.jsonl",
        position,
        NINE,
        new byte[] {'{', 0});
  }

  @Test
  void aPoolIsSharedAndClosedByItsLastUser() throws Exception {
    PostgresAddress address = PostgresAddress.of(Tides.at(server.uri("pool")), "");
    PostgresPool one = PostgresPool.open(address);
    PostgresPool other = PostgresPool.open(address.withTable("other"));
    one.close();
    try (Connection connection = other.connection()) {
      assertThat(connection.isValid(10), is(true));
    }
    other.close();
    assertThrows(SQLException.class, other::connection);
  }
}
