package dhara.connectors.postgres;

import static dhara.connectors.postgres.Tides.HEIGHTS;
import static dhara.connectors.postgres.Tides.answer;
import static dhara.connectors.postgres.Tides.withdrawal;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Connector;
import dhara.connectors.Connector.Rows;
import dhara.connectors.RowFeed;
import dhara.connectors.RowFormat;
import dhara.connectors.TooLong;
import dhara.connectors.postgres.Tides.Harbour;
import dhara.connectors.postgres.Tides.Height;
import dhara.transforms.aggregate.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that is followed while it is written. */
class TableFeedTest {

  @TempDir private static Path folder;
  private static PostgresServer server;

  private final Map<String, String> positions = new TreeMap<>();

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

  private RowFeed feed(String table) {
    return Connector.of(Tides.at(server.uri(table)), Connector.Ability.FOLLOW)
        .feed(Tides.at(server.uri(table)), "heights", "", positions);
  }

  /** The rows of a poll: name, value and revision, in the order of the names. */
  private List<String> polled(RowFeed feed) throws Exception {
    List<String> rows = new ArrayList<>();
    feed.poll(
        Duration.ZERO,
        batch -> {
          positions.putAll(batch.positions());
          batch
              .rows()
              .forEach(
                  row ->
                      rows.add(
                          (row.tombstone() ? "-" : "")
                              + row.columns().get("name").asText()
                              + " "
                              + row.columns().path("millimetres").asText()
                              + " r"
                              + row.columns().get("revision").asText()));
        });
    assertThat(feed.lag(), is(0L));
    return rows.stream().sorted().toList();
  }

  private static TableUpsert upsert(String table) {
    return PostgresTable.of(
            Tides.at(server.uri(table)),
            PostgresAddress.of(Tides.at(server.uri(table)), ""),
            new Rows<>(
                "heights",
                "",
                true,
                false,
                RowFormat.answers(Harbour.class, Height.class),
                TooLong.answers("heights"),
                null))
        .upsert();
  }

  private static Connection writing(String table, Answer<Harbour, Height> answer) throws Exception {
    Connection connection = server.connect();
    connection.setAutoCommit(false);
    byte[] json = RowFormat.answers(Harbour.class, Height.class).json(answer);
    upsert(table).write(connection, List.of(StorableRow.of(json, upsert(table).columns()).json()));
    return connection;
  }

  @Test
  void theRowsThatAreThereComeFirstThenTheirChanges() throws Exception {
    String uri = server.uri("changes");
    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 10), answer("Mumbai", 0, 1, 20)));
    try (RowFeed feed = feed("changes")) {
      assertThat(polled(feed), is(List.of("Kochi 10 r1", "Mumbai 20 r1")));
      assertThat(polled(feed), is(List.of()));

      Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 10), answer("Mumbai", 0, 2, 21)));
      assertThat(polled(feed), is(List.of("Mumbai 21 r2")));
      Tides.write(uri, HEIGHTS, List.of(withdrawal("Mumbai", 0, 3)));
      assertThat(polled(feed), is(List.of("-Mumbai  r3")));
      assertThat(feed.ended(), is(false));
    }
  }

  /** The transaction that began first commits last. */
  @Test
  void aRowWhoseTransactionCommitsLateIsNotMissed() throws Exception {
    Tides.write(server.uri("late"), HEIGHTS, List.of());
    try (RowFeed feed = feed("late")) {
      assertThat(polled(feed), is(List.of()));
      try (Connection first = writing("late", answer("First", 0, 1, 1))) {
        try (Connection second = writing("late", answer("Second", 0, 1, 2))) {
          second.commit();
        }
        assertThat(polled(feed), is(List.of("Second 2 r1")));
        // The first one is still open: nothing is read twice meanwhile.
        assertThat(polled(feed), is(List.of()));
        try (Connection third = writing("late", answer("Third", 0, 1, 3))) {
          third.commit();
        }
        assertThat(polled(feed), is(List.of("Third 3 r1")));
        first.commit();
      }
      try (RowFeed again = feed("late")) {
        assertThat(polled(again), is(List.of("First 1 r1")));
      }
      assertThat(polled(feed), is(List.of("First 1 r1")));
      assertThat(polled(feed), is(List.of()));
    }
  }

  @Test
  void aTransactionThatRollsBackIsNeverSeen() throws Exception {
    Tides.write(server.uri("rolled"), HEIGHTS, List.of());
    try (RowFeed feed = feed("rolled")) {
      assertThat(polled(feed), is(List.of()));
      try (Connection first = writing("rolled", answer("First", 0, 1, 1))) {
        assertThat(polled(feed), is(List.of()));
        first.rollback();
      }
      assertThat(polled(feed), is(List.of()));
    }
  }

  @Test
  void aFeedContinuesWhereItsPositionsSay() throws Exception {
    String uri = server.uri("again");
    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 10)));
    try (RowFeed feed = feed("again")) {
      assertThat(polled(feed), is(List.of("Kochi 10 r1")));
    }
    Tides.write(uri, HEIGHTS, List.of(answer("Mumbai", 0, 1, 20)));
    try (RowFeed feed = feed("again")) {
      assertThat(polled(feed), is(List.of("Mumbai 20 r1")));
    }
  }

  @Test
  void aTableThatComesLaterOrIsCreatedAnewIsReadFromItsStart() throws Exception {
    String uri = server.uri("anew");
    try (RowFeed feed = feed("anew")) {
      IOException absent = assertThrows(IOException.class, () -> polled(feed));
      assertThat(
          absent.getMessage(),
          is(
              "postgres://localhost:"
                  + server.port()
                  + "/postgres/public/anew: there is no table public.anew"));
      Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 5, 10)));
      assertThat(polled(feed), is(List.of("Kochi 10 r5")));
    }
    server.execute("create table kept as select * from anew");
    server.execute("drop table anew");
    Tides.write(uri, HEIGHTS, List.of());
    server.execute("insert into anew select * from kept"); // as a restored backup does
    try (RowFeed feed = feed("anew")) {
      assertThat(polled(feed), is(List.of("Kochi 10 r5")));
    }
  }

  @Test
  void aDatabaseThatWasSetBackIsReadFromItsStart() throws Exception {
    Tides.write(server.uri("back"), HEIGHTS, List.of(answer("Kochi", 0, 1, 10)));
    try (RowFeed feed = feed("back")) {
      assertThat(polled(feed), is(List.of("Kochi 10 r1")));
    }
    positions.put("snapshot", "999999999:999999999:");
    try (RowFeed feed = feed("back")) {
      assertThat(polled(feed), is(List.of("Kochi 10 r1")));
      assertThat(polled(feed), is(List.of()));
    }
  }

  @Test
  void rowsOfAnotherServersTransactionsAreReadAtFirstAndNotAgain() throws Exception {
    Tides.write(server.uri("moved"), HEIGHTS, List.of(answer("Kochi", 0, 1, 10)));
    server.execute("update moved set written_in = '999999999'");
    try (RowFeed feed = feed("moved")) {
      assertThat(polled(feed), is(List.of("Kochi 10 r1")));
      Tides.write(server.uri("moved"), HEIGHTS, List.of(answer("Mumbai", 0, 1, 20)));
      assertThat(polled(feed), is(List.of("Mumbai 20 r1")));
    }
  }

  @Test
  void aFeedOutlivesARestartOfTheDatabase(@TempDir Path own) throws Exception {
    try (PostgresServer restarted = PostgresServer.start(own)) {
      String uri = restarted.uri("tides");
      Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 10)));
      try (RowFeed feed =
          Connector.of(Tides.at(uri), Connector.Ability.FOLLOW)
              .feed(Tides.at(uri), "heights", "", positions)) {
        assertThat(polled(feed), is(List.of("Kochi 10 r1")));
        restarted.stop();
        IOException gone = assertThrows(IOException.class, () -> polled(feed));
        assertThat(gone.getMessage(), containsString("/postgres/public/tides: PostgreSQL "));
        restarted.startAgain();
        Tides.write(uri, HEIGHTS, List.of(answer("Mumbai", 0, 1, 20)));
        assertThat(polled(feed), is(List.of("Mumbai 20 r1")));
      }
    }
  }

  @Test
  void moreRowsThanABatchAreReadOnce() throws Exception {
    List<Answer<Harbour, Height>> answers = new ArrayList<>();
    List<String> all = new ArrayList<>();
    for (int i = 10_000; i < 22_345; i++) {
      answers.add(answer("H" + i, 0, 1, i));
      all.add("H" + i + " " + i + " r1");
    }
    Tides.write(server.uri("many"), HEIGHTS, answers);
    try (RowFeed feed = feed("many")) {
      assertThat(polled(feed), is(all));
      assertThat(polled(feed), is(List.of()));
    }
  }
}
