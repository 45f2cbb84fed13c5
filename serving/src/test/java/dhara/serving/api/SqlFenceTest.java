package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.serving.shop.ServedShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on the SQL of the API, and what must work nevertheless. */
class SqlFenceTest {

  private static ServedShop shop;
  private static SqlDesk desk;

  /** For statements that are to be stopped. */
  private static SqlDesk hasty;

  @TempDir private static Path folder;
  private static Path file;

  @BeforeAll
  static void open() throws IOException, SQLException {
    file = Files.writeString(folder.resolve("secret.csv"), "a,b\n1,2\n");
    shop = ServedShop.open();
    shop.sell("books", 0, 1_000);
    shop.sell("games", 0, 3_000);
    shop.sell("books", 1, 2_000);
    desk = new SqlDesk(shop.store(), Duration.ofMinutes(1), 1_000, 2);
    hasty = new SqlDesk(shop.store(), Duration.ofSeconds(2), 1_000, 2);
  }

  @AfterAll
  static void close() throws IOException, SQLException {
    hasty.close();
    desk.close();
    shop.close();
  }

  /** Statements that would read, write or change what they must not. */
  static String[] attacks() {
    return new String[] {
      // No SELECT.
      "insert into shop_sales values (1)",
      "delete from store.shop_sales",
      "update store.shop_sales set gmv_minor = 0",
      "truncate store.shop_sales",
      "merge into store.shop_sales using (select 1) on true when matched then delete",
      "create table t (a int)",
      "create or replace view shop_sales as select 1",
      "create macro f(x) as x",
      "create secret (type s3, key_id 'a', secret 'b')",
      "drop view shop_sales",
      "alter table store.shop_sales add column x int",
      "attach 'FILE' as other",
      "detach answers",
      "use store",
      "copy shop_sales to 'FILE'",
      "copy store.shop_sales from 'FILE'",
      "export database 'FILE'",
      "import database 'FILE'",
      "install httpfs",
      "load httpfs",
      "force install httpfs from 'http://127.0.0.1:1'",
      "update extensions",
      "set memory_limit = '1TB'",
      "set global enable_external_access = true",
      "reset lock_configuration",
      "set variable a = 1",
      "pragma database_list",
      "pragma enable_profiling",
      "call pragma_version()",
      "checkpoint",
      "vacuum",
      "analyze",
      "begin",
      "commit",
      "rollback",
      "prepare p as select 1",
      "execute p",
      "deallocate p",
      "explain select * from store.shop_sales",
      "explain analyze select * from shop_sales",
      "describe store.shop_sales",
      "summarize shop_sales",
      "show tables",
      "show all tables",
      "comment on view shop_sales is 'x'",
      // More than one statement.
      "select 1; drop view shop_sales",
      "select 1; select 2",
      "drop view shop_sales; select 1",
      "commit; delete from store.shop_sales; select 1",
      "",
      ";",
      "-- nothing",
      // Files and networks.
      "select * from 'FILE'",
      "select * from \"FILE\"",
      "from 'FILE'",
      "select * from read_csv('FILE')",
      "select * from read_csv_auto('FILE')",
      "select * from read_text('FILE')",
      "select * from read_blob('FILE')",
      "select * from read_json('FILE')",
      "select * from read_parquet('FILE')",
      "select * from parquet_metadata('FILE')",
      "select * from parquet_scan('FILE')",
      "select * from sniff_csv('FILE')",
      "select * from glob('/*')",
      "select * from 'http://127.0.0.1:1/x.parquet'",
      "select * from read_csv('http://127.0.0.1:1/x.csv')",
      "select (select content from read_text('FILE'))",
      "select * from shop_sales where category in (select content from read_text('FILE'))",
      "with a as (select * from read_text('FILE')) select * from a",
      "select * from shop_sales, lateral (select * from read_text(category))",
      "select * from shop_sales join read_text('FILE') t on true",
      "select 1 union all select size from read_text('FILE')",
      "select 1 order by (select size from read_text('FILE'))",
      "select 1 limit (select size from read_text('FILE'))",
      "select sum(gmv_minor) over (order by (select size from read_text('FILE'))) from shop_sales",
      "select list_transform([1], x -> (select size from read_text('FILE')))",
      "select case when (select size from read_text('FILE')) > 0 then 1 end",
      "select count(*) filter (where (select size from read_text('FILE')) > 0) from shop_sales",
      "select * from (values ((select size from read_text('FILE'))))",
      "pivot shop_sales on category using sum((select size from read_text('FILE')))",
      "select * from (pivot (select size from read_text('FILE')) on size using count(*))",
      // Names from WITH that are those of tables of the system.
      "with pragma_database_list as (from pragma_database_list) from pragma_database_list",
      "select * from (with duckdb_tables as (select 1) select 1) a, duckdb_tables",
      "with x as (insert into store.shop_sales (category) values ('x') returning *) from x",
      "with x as (delete from store.shop_sales returning *) select * from x",
      "with recursive pg_class as (select 1 from pg_class union all select 1) from pg_class",
      "with \"FILE\" as (select 1) select * from (select * from \"FILE\")",
      "with sqlite_master as (select 1) select (select count(*) from sqlite_master)",
      // The system's tables and settings, and those of the store.
      "select * from store.shop_sales",
      "select * from store.memory",
      "select * from answers.store.memory",
      "select * from main.duckdb_settings",
      "select * from system.main.duckdb_settings",
      "select * from temp.shop_sales",
      "select * from temp.\"shop_sales$in\"",
      "select * from \"store.memory\"",
      "select * from information_schema.tables",
      "select * from pg_catalog.pg_class",
      "select * from sqlite_master",
      "select * from duckdb_settings()",
      "select * from duckdb_secrets()",
      "select * from duckdb_tables",
      "select * from duckdb_logs",
      "select * from pragma_database_list",
      "select * from pragma_storage_info('store.shop_sales')",
      "select * from duckdb_temporary_files()",
      "select * from which_secret('s3://a', 's3')",
      "select current_setting('memory_limit')",
      "select getenv('PATH')",
      "select getvariable('a')",
      "select version()",
      "select current_database()",
      "select current_schemas(true)",
      "select current_query()",
      "select txid_current()",
      "select pg_get_viewdef(1)",
      "select nextval('s')",
      "select setseed(0.5)",
      "select write_log('x')",
      "select * from enable_logging()",
      // SQL within SQL.
      "select * from query('select * from store.memory')",
      "select * from query_table('store.memory')",
      "select * from json_execute_serialized_sql('{}')",
      "select json_serialize_sql('select 1')",
      "select json_serialize_plan('select 1')",
      "select * from sql_auto_complete('sel')",
      "select parse_path('FILE')",
      "select get_bit(1, 2), nosuchfunction(1)",
      "select system.main.\"getenv\"('PATH')",
      "select main.getenv('PATH')",
      "select 'PATH'.getenv()",
      "select list_aggregate([1], 'getenv')",
      "select list_transform(['PATH'], x -> getenv(x))",
      "select list_reduce(['PATH'], (x, y) -> getenv(x))",
      "select * from test_all_types()",
      "select * from repeat_row(1, num_rows=10)",
      // A value that nobody gave.
      "select ?",
      "select $1",
      "select * from shop_sales where category = $category",
    };
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void anAttackIsRefusedByTheFenceItself(String attack) {
    String sql = attack.replace("FILE", file.toString());

    Refusal refusal = assertThrows(Refusal.class, () -> checked(sql));

    assertThat(refusal.getMessage(), refusal.status(), is(400));
    assertThat(refusal.getMessage().lines().count(), is(1L));
  }

  private static void checked(String sql) throws SQLException {
    try (Connection session = shop.store().session()) {
      new SqlFence().check(session, sql, Set.of("shop_sales", "shop_ledger"));
    }
  }

  /**
   * The other fences hold even if a statement passes the first: the transaction is read-only, and
   * the database has no access to files and settings.
   */
  @Test
  void theDatabaseRefusesWhatTheFenceWouldLetThrough() throws SQLException {
    try (Connection session = shop.store().session()) {
      for (String write :
          new String[] {
            "delete from store.shop_sales", "create table t (a int)", "drop view shop_sales"
          }) {
        execute(session, "begin transaction read only");
        SQLException refused = assertThrows(SQLException.class, () -> execute(session, write));
        assertThat(refused.getMessage(), containsString("read-only"));
        execute(session, "rollback");
      }
      for (String reach :
          new String[] {
            "select * from read_text('" + file + "')",
            "from '" + file + "'",
            "copy (select 1) to '" + folder.resolve("out.csv") + "'",
            "attach '" + folder.resolve("other.db") + "'",
            "install httpfs",
            "load httpfs",
            "set enable_external_access = true",
            "set lock_configuration = false",
            "set memory_limit = '1TB'"
          }) {
        assertThrows(SQLException.class, () -> execute(session, reach), reach);
      }
    }
    assertThat(Files.exists(folder.resolve("out.csv")), is(false));
    assertThat(Files.exists(folder.resolve("other.db")), is(false));
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select category, sum(gmv_minor) v from shop_sales group by all order by 2 desc limit 3;",
        "from shop_sales",
        "select * exclude (best) from main.shop_sales where window_start >= timestamp '2026-01-05'",
        "with a as (select category c, gmv_minor from Shop_Sales), b as (from a) select * from b",
        "with recursive n as (select 1 i union all select i + 1 from n where i < 9) from n",
        "select best->>'product' p, best.orders, count(*) from shop_sales group by all",
        "select epoch_ms(window_start) t, sum(gmv_minor) over (partition by category order by"
            + " window_start rows 2 preceding) from shop_sales qualify row_number() over () < 9",
        "select time_bucket(interval 5 minutes, window_start) w, quantile_cont(gmv_minor, 0.95),"
            + " approx_count_distinct(category) from shop_sales group by w having count(*) > 0",
        "select a.category from shop_sales a join shop_sales b using (category, window_start)",
        "select category, (select max(gmv_minor) from shop_sales b where b.category = a.category)"
            + " from shop_sales a where exists (from shop_ledger) or gmv_minor between 1 and 9000",
        "select list_transform(list(gmv_minor), lambda x: x * 2), struct_pack(a := 1) from shop_sales",
        "select * from generate_series(1, 10) s(i) left join shop_sales on gmv_minor = i",
        "select unnest([1, 2]) u, case when true then 'it''s; drop' else null end, -- a; comment\n"
            + " coalesce(null, 1), cast('1' as int), try_cast('x' as int), 1::double, 7 // 2, 7 % 2",
        "(select 1 union select 2 except select 3) order by 1 limit 50%",
        "select distinct on (category) category, gmv_minor from shop_sales order by all",
        "values (1, 'a'), (2, 'b')",
        "select * from (pivot shop_sales on category in ('books', 'games') using sum(gmv_minor))",
        "select count(*) from shop_sales tablesample 50%",
        "select date_trunc('hour', window_start), strftime(window_start, '%H:%M'), round(mean, 2),"
            + " regexp_replace(category, 'o+', '0'), concat_ws('-', category, busy), price * 2"
            + " from shop_sales",
        "select columns('gmv.*') from shop_sales",
        "select arg_max(category, gmv_minor), histogram(gmv_minor), mode(busy) from shop_sales",
      })
  void whatADashboardAsksForWorks(String sql) throws Exception {
    assertThat(run(sql).rows().size(), is(greaterThanOrEqualTo(1)));
  }

  @Test
  void everyFunctionOfTheListIsOneOfTheDatabase() throws SQLException {
    Set<String> unknown = new TreeSet<>(SqlFence.functions());
    try (Connection session = shop.store().session();
        Statement statement = session.createStatement();
        ResultSet known =
            statement.executeQuery(
                "select distinct lower(function_name) from duckdb_functions()")) {
      while (known.next()) {
        unknown.remove(known.getString(1));
      }
    }
    assertThat(unknown, is(empty()));
  }

  @Test
  void aStatementThatRunsTooLongIsStoppedAndItsSessionGoesOn() throws Exception {
    String endless =
        "select count(*) from generate_series(1, 1000000000) a, generate_series(1, 1000000000) b"
            + " where a.generate_series * b.generate_series % 7 = 3";

    long before = hasty.timeouts();
    Refusal refusal = assertThrows(Refusal.class, () -> SqlDesk.of(hasty.ask(endless)));

    assertThat(refusal.status(), is(408));
    assertThat(refusal.getMessage(), containsString("--sqlTimeout"));
    assertThat(hasty.timeouts() - before, is(1L));
    assertThat(inTheEnd("select 1").size(), is(1));
  }

  /** Rows of a short statement of the hasty desk. A busy machine may take longer than it allows. */
  private static List<List<Object>> inTheEnd(String sql) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        return SqlDesk.of(hasty.ask(sql)).rows();
      } catch (Refusal e) {
        if (e.status() != Refusal.TIMEOUT || tries == 30) {
          throw e;
        }
      }
    }
  }

  @Test
  void rowsBeyondTheLimitAreCutAndNotRead() throws Exception {
    SqlDesk.Result result = run("select * from generate_series(1, 1000000000)");

    assertThat(result.truncated(), is(true));
    assertThat(result.rows().size(), is(1_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select repeat('x', 2000000000)",
        "select repeat(repeat('x', 100000), 100000)",
        "select lpad('x', 2000000000, 'x')",
        "select list_resize([1], 2000000000)",
        "select range(4000000000)",
        "select string_agg(a.generate_series, ',') from generate_series(1, 100000000) a",
        "select list(a.generate_series) from generate_series(1, 1000000000) a",
        "select count(distinct a.generate_series) from generate_series(1, 3000000000) a",
        "select a.generate_series from generate_series(1, 3000000000) a order by 1 desc",
        "with recursive n as (select 'x' s union all select s || s from n) select max(s) from n",
        "with recursive n as (select 1 i union all select i from n) select count(*) from n",
        "select sum(1) from generate_series(1,100000) a, generate_series(1,100000) b,"
            + " generate_series(1,100000) c",
      })
  void whatWouldEatTheMachineIsStopped(String greedy) throws Exception {
    Refusal refusal = assertThrows(Refusal.class, () -> SqlDesk.of(hasty.ask(greedy)));

    assertThat(refusal.getMessage(), refusal.status(), anyOf(is(400), is(408)));
    assertThat("others go on", run("from shop_sales").rows().size(), is(3));
    assertThat("and its session", inTheEnd("from shop_sales").size(), is(3));
  }

  @Test
  void deepNestingAndLengthAreRefused() {
    String deep = "select " + "(".repeat(5_000) + "1" + ")".repeat(5_000);
    assertThat(assertThrows(Refusal.class, () -> run(deep)).status(), is(400));
    String sum = "select 1" + " + 1".repeat(3_500);
    assertThat(assertThrows(Refusal.class, () -> run(sum)).status(), is(400));
    String longer = "select '" + "x".repeat(SqlFence.LONGEST) + "'";
    assertThat(assertThrows(Refusal.class, () -> run(longer)).status(), is(413));
  }

  @Test
  void equalStatementsShareAResultUntilTheNextChange() throws Exception {
    String total = "select sum(gmv_minor) from shop_sales where category = 'toys'";
    shop.sell("toys", 0, 1);
    long before = desk.shared();
    assertThat(run(total).rows().toString(), is("[[1]]"));
    assertThat(run(total).rows().toString(), is("[[1]]"));
    assertThat(desk.shared() - before, is(1L));

    shop.sell("toys", 0, 2);
    assertThat(run(total).rows().toString(), is("[[2]]"));
    assertThat(desk.shared() - before, is(1L));

    run("select random()");
    run("select random()");
    run("select current_timestamp");
    run("select current_timestamp");
    assertThat(desk.shared() - before, is(1L));
    shop.withdraw("toys", 0);
  }

  @Test
  void mistakesAreNamedInOneLine() {
    assertThat(message("select nosuch from shop_sales"), containsString("nosuch"));
    assertThat(message("select * from shop_sale"), containsString("GET /api/views"));
    assertThat(message("selec 1"), containsString("cannot be read"));
    assertThat(message("select 1 / 'a'"), containsString("a"));
    assertThat(message("select getenv('PATH')"), containsString("getenv is not allowed"));
  }

  private static String message(String sql) {
    String message = assertThrows(Refusal.class, () -> run(sql)).getMessage();
    assertThat(message.lines().count(), is(1L));
    return message;
  }

  private static SqlDesk.Result run(String sql) throws Exception {
    return SqlDesk.of(desk.ask(sql));
  }
}
