package dhara.benchmarks.backfill;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Spark SQL, local with a worker for each core, tuned: a schema instead of a look at the data, one
 * shuffle partition a core instead of 200, and the events, once they are unique, are kept for the
 * three queries.
 */
public final class SparkBackfill {

  private static final String SCHEMA =
      "id STRING, at TIMESTAMP, `order` STRING, product STRING, category STRING, country STRING,"
          + " city STRING, customer STRING, quantity BIGINT, unit_minor BIGINT";

  private static final String NUMBERS =
      """
      count(distinct `order`) filter (where quantity > 0) as orders,
      count(distinct customer) filter (where quantity > 0) as buyers,
      coalesce(sum(quantity * unit_minor) filter (where quantity > 0), 0) as gmv,
      coalesce(sum(quantity) filter (where quantity > 0), 0) as units,
      count(distinct `order`) filter (where quantity < 0) as cancellations,
      coalesce(sum(-quantity * unit_minor) filter (where quantity < 0), 0) as cancelled,
      max(at) filter (where quantity > 0) as last_at
      """;

  private SparkBackfill() {}

  /** Runs the job. */
  public static void main(String[] arguments) {
    Backfill job = Backfill.of(arguments);
    try (SparkSession session =
        SparkSession.builder()
            .master("local[*]")
            .appName("backfill")
            .config("spark.ui.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", Runtime.getRuntime().availableProcessors())
            .getOrCreate()) {
      session.sparkContext().setLogLevel("WARN");
      Dataset<Row> files =
          job.json()
              ? session.read().schema(SCHEMA).json(job.events().toString())
              : session.read().schema(SCHEMA).option("header", true).csv(job.events().toString());
      files.createOrReplaceTempView("files");
      session
          .sql(lines(job))
          .persist(StorageLevel.MEMORY_AND_DISK())
          .createOrReplaceTempView("lines");
      write(session, job, "metrics", metrics("MINUTE"));
      write(session, job, "totals", metrics("DAY"));
      write(session, job, "top", top());
    }
  }

  private static void write(SparkSession session, Backfill job, String output, String query) {
    session.sql(query).write().json(job.output(output).toString());
  }

  private static String lines(Backfill job) {
    String columns = "at, `order`, product, country, customer, quantity, unit_minor";
    return job.unique()
        ? "select "
            + columns
            + " from (select *, row_number() over (partition by id order by at) as copy from files)"
            + " where copy = 1"
        : "select " + columns + " from files";
  }

  private static String metrics(String unit) {
    return """
        select '%s' as dimension, name, %s as window_start, %s as window_end, orders, buyers,
          gmv as gmv_minor,
          if(orders = 0, 0, (gmv + orders div 2) div orders) as average_order_minor,
          units as items, cancellations, cancelled as cancelled_minor, %s as last_order_at
        from (
          select coalesce(country, 'unknown') as name, date_trunc('%s', at) as start, %s
          from lines group by coalesce(country, 'unknown'), date_trunc('%s', at))"""
        .formatted(
            Backfill.DIMENSION,
            text("start"),
            text("start + interval 1 " + unit),
            text("last_at"),
            unit,
            NUMBERS,
            unit);
  }

  private static String top() {
    String start = "timestamp_seconds(unix_seconds(at) div 900 * 900)";
    return """
        select 'gmv' as ranked_by, %s as window_start, %s as window_end,
          sort_array(collect_list(named_struct('rank', place, 'product', product,
            'orders', orders, 'buyers', buyers, 'items', units, 'gmv_minor', gmv,
            'last_order_at', %s))) as products
        from (
          select *, row_number() over (partition by start order by gmv desc, product) as place
          from (select product, %s as start, %s from lines group by product, %s)
          where orders >= %d)
        where place <= %d
        group by start"""
        .formatted(
            text("start"),
            text("start + interval 15 minutes"),
            text("last_at"),
            start,
            NUMBERS,
            start,
            Backfill.TOP_ORDERS,
            Backfill.TOP_COUNT);
  }

  /** A time as Dhara writes it. */
  private static String text(String time) {
    return "date_format(" + time + ", \"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'\")";
  }
}
