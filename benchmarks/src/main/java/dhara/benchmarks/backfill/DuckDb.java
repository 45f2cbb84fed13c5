package dhara.benchmarks.backfill;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * DuckDB, in this process through JDBC: the files are read once into a table of the columns that
 * the job needs, and three queries write its answers. It uses all cores; where memory is short, it
 * spills to a folder beside the answers.
 */
public final class DuckDb {

  private static final String COLUMNS =
      """
      {'id': 'VARCHAR', 'at': 'TIMESTAMP', 'order': 'VARCHAR', 'product': 'VARCHAR',
       'category': 'VARCHAR', 'country': 'VARCHAR', 'city': 'VARCHAR', 'customer': 'VARCHAR',
       'quantity': 'BIGINT', 'unit_minor': 'BIGINT'}""";

  private static final String NEEDED =
      "\"at\", \"order\", product, country, customer, quantity, unit_minor";

  private static final String NUMBERS =
      """
      count(distinct "order") filter (quantity > 0) as orders,
      count(distinct customer) filter (quantity > 0) as buyers,
      coalesce(sum(quantity * unit_minor) filter (quantity > 0), 0)::BIGINT as gmv,
      coalesce(sum(quantity) filter (quantity > 0), 0)::BIGINT as units,
      count(distinct "order") filter (quantity < 0) as cancellations,
      coalesce(sum(-quantity * unit_minor) filter (quantity < 0), 0)::BIGINT as cancelled,
      max("at") filter (quantity > 0) as last_at
      """;

  private DuckDb() {}

  /** Runs the job. */
  public static void main(String[] arguments) throws SQLException, IOException {
    Backfill job = Backfill.of(arguments);
    for (String output : Backfill.OUTPUTS) {
      Files.createDirectories(job.output(output));
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("set TimeZone = 'UTC'");
      statement.execute("set autoinstall_known_extensions = false");
      // Otherwise it keeps the order of the rows, which nothing here needs.
      statement.execute("set preserve_insertion_order = false");
      statement.execute("set temp_directory = '" + job.answers().resolveSibling("spilled") + "'");
      statement.execute(read(job));
      statement.execute(metrics(job, "metrics", "minute"));
      statement.execute(metrics(job, "totals", "day"));
      statement.execute(top(job));
    }
  }

  /**
   * The table of the events. Few have copies, so only those ids are sorted out, by a join: this
   * takes half the time of {@code qualify row_number() over (partition by id order by "at") = 1}
   * over all.
   */
  private static String read(Backfill job) {
    String files =
        (job.json()
                ? "read_json('%s/*', format = 'newline_delimited', columns = %s)"
                : "read_csv('%s/*', header = true, auto_detect = false, delim = ',', quote = '\"',"
                    + " columns = %s)")
            .formatted(job.events(), COLUMNS);
    if (!job.unique()) {
      return "create temp table lines as select %s from %s".formatted(NEEDED, files);
    }
    return """
        create temp table lines as
        with
          read as materialized (select id, %1$s from %2$s),
          copied as materialized (select id from read group by id having count(*) > 1)
        select %1$s from read where id not in (select id from copied)
        union all
        select %1$s from (
          select read.* from read join copied using (id)
          qualify row_number() over (partition by id order by "at") = 1)"""
        .formatted(NEEDED, files);
  }

  private static String metrics(Backfill job, String output, String unit) {
    return """
        copy (
          select '%s' as dimension, name, %s as window_start, %s as window_end,
            orders, buyers, gmv as gmv_minor,
            case when orders = 0 then 0 else (gmv + orders // 2) // orders end
              as average_order_minor,
            units as items, cancellations, cancelled as cancelled_minor, %s as last_order_at
          from (
            select coalesce(country, 'unknown') as name, date_trunc('%s', "at") as start, %s
            from lines group by all)
        ) to '%s' (format json)"""
        .formatted(
            Backfill.DIMENSION,
            text("start"),
            text("start + interval '1 " + unit + "'"),
            text("last_at"),
            unit,
            NUMBERS,
            job.output(output).resolve(output + ".jsonl"));
  }

  private static String top(Backfill job) {
    return """
        copy (
          select 'gmv' as ranked_by, %s as window_start, %s as window_end,
            list({'rank': place, 'product': product, 'orders': orders, 'buyers': buyers,
              'items': units, 'gmv_minor': gmv, 'last_order_at': %s} order by place) as products
          from (
            select *, row_number() over (partition by start order by gmv desc, product) as place
            from (
              select product, time_bucket(interval '15 minutes', "at") as start, %s
              from lines group by all having count(distinct "order") filter (quantity > 0) >= %d)
            qualify place <= %d)
          group by start
        ) to '%s' (format json)"""
        .formatted(
            text("start"),
            text("start + interval '15 minutes'"),
            text("last_at"),
            NUMBERS,
            Backfill.TOP_ORDERS,
            Backfill.TOP_COUNT,
            job.output("top").resolve("top.jsonl"));
  }

  /** A time as Dhara writes it. */
  private static String text(String time) {
    return "strftime(" + time + ", '%Y-%m-%dT%H:%M:%S.%gZ')";
  }
}
