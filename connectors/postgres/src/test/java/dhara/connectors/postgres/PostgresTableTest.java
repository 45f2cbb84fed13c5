package dhara.connectors.postgres;

import static dhara.connectors.postgres.Tides.HEIGHTS;
import static dhara.connectors.postgres.Tides.NINE;
import static dhara.connectors.postgres.Tides.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.assembly.Sink;
import dhara.connectors.Connector;
import dhara.connectors.RunFolder;
import dhara.connectors.postgres.Tides.Harbour;
import dhara.connectors.postgres.Tides.Height;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.transforms.aggregate.Answer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables that runs create, and those that they refuse. */
class PostgresTableTest {

  enum Moon {
    NEW,
    FULL
  }

  record Boat(String name, BigDecimal tonnes) {}

  /** A component of every type that files can hold. */
  @SuppressWarnings("ArrayRecordComponent") // as in events; never compared
  record Everything(
      byte tiny,
      short small,
      int middling,
      long large,
      float rough,
      double fine,
      BigDecimal exact,
      boolean yes,
      String text,
      Moon moon,
      Instant at,
      LocalDate day,
      byte[] bytes,
      List<String> words,
      Boat boat,
      List<Boat> boats,
      Optional<Long> perhaps,
      @Nullable String none) {}

  record Berth(@Nullable String name) {}

  private static final Output<Harbour, Everything> ALL =
      new Output<>("all", Harbour.class, Everything.class);

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

  private static List<String> columns(String table) throws Exception {
    return server.rows(
        """
        select attname || ':', format_type(atttypid, atttypmod), case when attnotnull then '!' else '' end
        from pg_attribute where attrelid = '%s'::regclass and attnum > 0 order by attnum
        """
            .formatted(table));
  }

  @Test
  void aTableIsCreatedWithTypesAndThePrimaryKey() throws Exception {
    Tides.write(server.uri("all_types"), ALL, List.of());

    assertThat(
        String.join(", ", columns("all_types")),
        is(
            "name: text !, window_start: timestamp with time zone !, window_end: timestamp with"
                + " time zone !, revision: bigint !, tiny: bigint , small: bigint , middling: bigint"
                + " , large: bigint , rough: real , fine: double precision , exact: numeric , yes:"
                + " boolean , text: text , moon: text , at: timestamp with time zone , day: date ,"
                + " bytes: bytea , words: jsonb , boat: jsonb , boats: jsonb , perhaps: bigint ,"
                + " none: text , withdrawn: boolean !, written_in: xid8 !"));
    assertThat(
        server.rows(
            "select pg_get_indexdef(indexrelid) from pg_index where indrelid ="
                + " 'all_types'::regclass order by indisprimary desc"),
        is(
            List.of(
                "CREATE UNIQUE INDEX all_types_pkey ON public.all_types USING btree (name,"
                    + " window_start, window_end)",
                "CREATE INDEX all_types_written_in_idx ON public.all_types USING btree"
                    + " (written_in)")));
    assertThat(
        server.rows(
            "select pg_get_constraintdef(oid) from pg_constraint where contype = 'p' and conrelid ="
                + " 'all_types_dead_letters'::regclass"),
        is(List.of("PRIMARY KEY (input, source, \"position\")")));
  }

  private static Everything everything(String text, Instant at, LocalDate day, double fine) {
    return new Everything(
        (byte) -1,
        (short) 2,
        3,
        9_007_199_254_740_993L,
        0.1f,
        fine,
        new BigDecimal("12.50"),
        true,
        text,
        Moon.FULL,
        at,
        day,
        new byte[] {0, 1, -1},
        List.of("a", text),
        new Boat(text, new BigDecimal("1.10")),
        List.of(new Boat("Mira", new BigDecimal("2"))),
        Optional.of(7L),
        null);
  }

  @Test
  void everyTypeIsStoredAndReadBackAsFilesHaveIt() throws Exception {
    Everything value =
        everything(
            "t\"\\\n\u0939", NINE.plusNanos(123_456_000), LocalDate.parse("2026-01-05"), 0.1);
    String uri = server.uri("everything");
    Tides.write(
        uri, ALL, List.of(new Answer<>(new Harbour("K"), NINE, NINE.plusSeconds(60), 5, value)));

    assertThat(
        server.rows(
            "select tiny, large, rough, fine, exact, moon, at at time zone 'UTC', day, bytes,"
                + " words->>0, boat->>'tonnes', perhaps, none is null from everything"),
        is(
            List.of(
                "-1 9007199254740993 0.1 0.1 12.50 FULL 2026-01-05 09:00:00.123456 2026-01-05"
                    + " \\x0001ff a 1.10 7 t")));
    assertThat(
        Tides.read(uri),
        is(
            List.of(
                "{\"name\":\"K\",\"window_start\":\"2026-01-05T09:00:00.000Z\",\"window_end\":\"2026-01-05T09:01:00.000Z\",\"revision\":5,"
                    + "\"tiny\":-1,\"small\":2,\"middling\":3,\"large\":9007199254740993,\"rough\":0.1,\"fine\":0.1,\"exact\":12.50,"
                    + "\"yes\":true,\"text\":\"t\\\"\\\\\\n\u0939\",\"moon\":\"FULL\",\"at\":\"2026-01-05T09:00:00.123456Z\",\"day\":\"2026-01-05\","
                    + "\"bytes\":\"AAH/\",\"words\":[\"a\",\"t\\\"\\\\\\n\u0939\"],\"boat\":{\"name\":\"t\\\"\\\\\\n\u0939\",\"tonnes\":1.10},"
                    + "\"boats\":[{\"name\":\"Mira\",\"tonnes\":2}],\"perhaps\":7,\"none\":null}")));
  }

  /** Nothing in an event may stop a run. */
  @Test
  void whatPostgresCannotStoreIsReplaced() throws Exception {
    String uri = server.uri("odd");
    String[] instants = {
      "+10000-01-01T00:00:00Z",
      "-0043-03-15T12:00:00.5Z",
      "0000-12-31T00:00:00Z",
      "-4713-12-31T00:00:00Z",
      "+294277-01-01T00:00:00Z"
    };
    String[] days = {
      "+10000-01-01", "-0043-03-15", "0000-12-31", "-4713-12-31", "+999999999-12-31"
    };
    List<Answer<Harbour, Everything>> answers = new ArrayList<>();
    for (int i = 0; i < instants.length; i++) {
      answers.add(
          new Answer<>(
              new Harbour("a\0" + i),
              NINE,
              NINE.plusSeconds(60),
              1,
              everything("\0", Instant.parse(instants[i]), LocalDate.parse(days[i]), Double.NaN)));
    }
    Tides.write(uri, ALL, answers);

    assertThat(
        server.rows(
            "select name, (at at time zone 'UTC')::text, day::text, text, words->>1, boat->>'name',"
                + " fine is null from odd order by name"),
        is(
            List.of(
                "a␀0 10000-01-01 00:00:00 10000-01-01 ␀ ␀ ␀ t",
                "a␀1 0044-03-15 12:00:00.5 BC 0044-03-15 BC ␀ ␀ ␀ t",
                "a␀2 0001-12-31 00:00:00 BC 0001-12-31 BC ␀ ␀ ␀ t",
                "a␀3 -infinity -infinity ␀ ␀ ␀ t",
                "a␀4 infinity infinity ␀ ␀ ␀ t")));
    assertThat(
        Tides.read(uri).stream()
            .map(row -> row.replaceFirst(".*\"at\":\"(.*?)\",\"day\":\"(.*?)\".*", "$1 $2"))
            .toList(),
        is(
            List.of(
                "+10000-01-01T00:00:00Z +10000-01-01",
                "-0043-03-15T12:00:00.500Z -0043-03-15",
                "0000-12-31T00:00:00.000Z 0000-12-31",
                "-infinity -infinity",
                "infinity infinity")));
  }

  @Test
  void aKeyThatIsTooLongForAnIndexIsADeadLetter() throws Exception {
    String longest = "k".repeat(2_400);
    Tides.write(
        server.uri("long"),
        HEIGHTS,
        List.of(answer("k" + longest.repeat(2), 0, 1, 1), answer(longest, 0, 1, 2)));

    assertThat(server.rows("select length(name), millimetres from long"), is(List.of("2400 2")));
    assertThat(
        server.rows(
            "select input, reason, text, source, left(position, 48) from long_dead_letters"),
        is(
            List.of(
                "heights ANSWER_TOO_LONG a key of 4,849 bytes, and a primary key of PostgreSQL takes"
                    + " 2,500; write this output to files or a topic postgres://localhost:"
                    + server.port()
                    + "/postgres/public/long"
                    + " window=2026-01-05T09:00:00Z/2026-01-05T09:01:00Z")));
  }

  /** The statement in an error mends what it complains about. */
  @Test
  void aTableWithOtherColumnsIsRefusedWithTheStatementThatMendsIt() throws Exception {
    server.execute(
        "create table others (name text primary key, window_start timestamptz not null, revision"
            + " integer not null, millimetres integer not null, operator text not null)");

    String refused = refused(server.uri("others"));

    assertThat(
        refused,
        is(
            "public.others has other columns than the rows; name another table, or mend it: alter"
                + " table public.others add column \"window_end\" timestamp with time zone not null,"
                + " alter column \"revision\" type bigint using \"revision\"::bigint, alter column"
                + " \"millimetres\" type bigint using \"millimetres\"::bigint, add column \"note\""
                + " text, add column \"written_in\" xid8 not null default pg_current_xact_id(), add"
                + " column \"withdrawn\" boolean not null default false, alter column \"operator\""
                + " drop not null, drop constraint \"others_pkey\", add primary key (\"name\","
                + " \"window_start\", \"window_end\")"));
    server.execute(refused.replaceFirst(".*mend it: ", ""));
    assertThat(
        refused(server.uri("others")),
        is(
            "public.others has other columns than the rows; name another table, or mend it: alter"
                + " table public.others alter column \"millimetres\" drop not null"));
    server.execute("alter table public.others alter column millimetres drop not null");
    Tides.write(server.uri("others"), HEIGHTS, List.of(answer("Kochi", 0, 1, 2)));
    assertThat(server.rows("select name, millimetres from others"), is(List.of("Kochi 2")));
  }

  @Test
  void aUserWithoutRightsIsToldWhichAreMissing() throws Exception {
    server.execute("create role guest login");
    String uri = server.uri("guarded").replace("user=postgres", "user=guest");

    assertThat(
        refused(uri),
        is(
            "guest may not write to public.guarded; grant it: grant create on schema public to"
                + " \"guest\""));
    Tides.write(server.uri("guarded"), HEIGHTS, List.of());
    assertThat(
        refused(uri),
        is(
            "guest may not write to public.guarded; grant it: grant select, insert, update on"
                + " public.guarded to \"guest\""));
    server.execute(
        "grant select, insert, update on public.guarded, public.guarded_dead_letters to guest");
    Tides.write(uri, HEIGHTS, List.of(answer("Kochi", 0, 1, 2)));
    assertThat(server.rows("select name from guarded"), is(List.of("Kochi")));
  }

  @Test
  void aPasswordIsReadFromItsReferenceAndNeverShown() throws Exception {
    server.execute("create role clerk login password 'TIGER-LILY'");
    server.execute("grant create on schema public to clerk");
    Path right = Files.writeString(folder.resolve("right"), "TIGER-LILY\n", UTF_8);
    Path wrong = Files.writeString(folder.resolve("wrong"), "LION-LILY\n", UTF_8);
    String uri = server.uri("secret").replace("user=postgres", "user=clerk&password=file:");

    Tides.write(uri + right, HEIGHTS, List.of(answer("Kochi", 0, 1, 2)));
    assertThat(server.rows("select name from secret"), is(List.of("Kochi")));

    assertThat(
        refused(uri + wrong),
        is(
            "PostgreSQL refuses the login (FATAL: password authentication failed for user"
                + " \"clerk\"); check user= and password="));
    assertThat(
        refused(uri + folder.resolve("nowhere")),
        is(
            "file:"
                + folder.resolve("nowhere")
                + ": cannot be read on this machine; put it on every worker"));
    assertThat(
        refused(server.uri("secret").replace("user=postgres", "user=clerk&password=env:NO_SUCH")),
        is("env:NO_SUCH: no such environment variable on this machine; set it on every worker"));
    BadOption told =
        assertThrows(
            BadOption.class,
            () ->
                Tides.at(
                    server.uri("secret").replace("user=postgres", "user=clerk&password=TIGER")));
    assertThat(told.getMessage(), containsString("password is a secret; name it instead"));
    assertThat(told.getMessage(), not(containsString("TIGER")));
  }

  @Test
  void aDatabaseThatCannotBeReachedIsRefusedInOneLine() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    assertThat(
        refused("postgres://localhost:" + closed + "/postgres/tides"),
        is(
            ("PostgreSQL does not answer at localhost:%1$d (Connection to localhost:%1$d refused."
                    + " Check that the hostname and port are correct and that the postmaster is"
                    + " accepting TCP/IP connections.); check host and port, that it runs, and"
                    + " sslmode=")
                .formatted(closed)));
    assertThat(
        refused(server.uri("tides").replace("/postgres/", "/nowhere/")),
        is("there is no database nowhere; create it: create database \"nowhere\""));
    assertThat(
        refused(server.uri("tides").replace("/postgres/", "/postgres/elsewhere/")),
        is("there is no schema elsewhere; create it: create schema elsewhere"));
    assertThat(
        refused(server.uri("tides") + "&sslmode=require"),
        containsString("(The server does not support SSL.)"));
  }

  @Test
  void aKeyThatMayBeNullIsRefused() {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                Tides.sink(
                    server.uri("berths"),
                    new Output<>("berths", Berth.class, Height.class),
                    RunFolder.create()));
    assertThat(
        refused.getMessage(),
        containsString("name is part of the key and may be null, which no primary key can"));
  }

  /** The line after the option and the URI. */
  private static String refused(String uri) throws IOException {
    try (RunFolder run = RunFolder.create()) {
      BadOption refused =
          assertThrows(BadOption.class, () -> Tides.sink(uri, HEIGHTS, run).check());
      assertThat(refused.getMessage().lines().count(), is(1L));
      assertThat(refused.getMessage(), containsString("--answers=" + Tides.at(uri) + ": "));
      return refused.getMessage().substring(("--answers=" + Tides.at(uri) + ": ").length());
    }
  }

  @Test
  void everyOutputOfEveryAnalysisHasATable() throws Exception {
    int tables = 0;
    try (RunFolder run = RunFolder.create()) {
      for (Analysis<?> analysis : Analysis.all().values()) {
        for (Output<?, ?> output : analysis.outputs()) {
          String table = (analysis.name() + "_" + output.name()).replace('-', '_');
          Sink<?> sink = created(output, server.uri("all_" + table), run);
          sink.check(); // what was created is what is wanted
          tables++;
        }
      }
    }
    assertThat(tables, greaterThan(30));
  }

  private static <K extends Record, V extends Record> Sink<?> created(
      Output<K, V> output, String uri, RunFolder folder) {
    Connector.Run run = new Connector.Run(true, folder, Tides.options());
    Sink<?> sink =
        output.acts()
            ? Sink.effects(Tides.at(uri), output, true, run)
            : Sink.answers(Tides.at(uri), output, true, null, run);
    sink.check();
    sink.create();
    sink.create(); // a table that is there stays
    return sink;
  }
}
