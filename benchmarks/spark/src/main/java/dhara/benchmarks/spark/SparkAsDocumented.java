package dhara.benchmarks.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_millis;
import static org.apache.spark.sql.functions.window;

import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A Dataset program as Spark's guides show it: strings, {@code from_json} with a schema, {@code
 * window()}, aggregates by name.
 */
public final class SparkAsDocumented extends SparkProgram {

  private static final StructType SCHEMA =
      StructType.fromDDL(
          "user STRING, title STRING, country STRING, device STRING, bitrate_kbps INT,"
              + " error BOOLEAN, at TIMESTAMP");

  /** Made by name. */
  public SparkAsDocumented() {}

  @Override
  Dataset<Row> build(SparkSession session, PlaybackJob job) {
    Dataset<String> lines =
        session
            .range(0, job.events(), 1, job.parallelism())
            .mapPartitions(
                (MapPartitionsFunction<Long, String>) indexes -> strings(job, indexes),
                Encoders.STRING());
    return lines
        .select(from_json(col("value"), SCHEMA).as("event"))
        .select("event.*")
        .groupBy(
            col(job.byUser() ? "user" : "title").as("key"),
            window(col("at"), job.width().toSeconds() + " seconds"))
        .agg(
            count(lit(1)).as("events"),
            sum("bitrate_kbps").as("sum"),
            min("bitrate_kbps").cast("long").as("min"),
            max("bitrate_kbps").cast("long").as("max"),
            sum(col("error").cast("int")).as("errors"))
        .select(
            col("key"),
            unix_millis(col("window.start")),
            col("events"),
            col("sum"),
            col("min"),
            col("max"),
            col("errors"));
  }

  private static Iterator<String> strings(PlaybackJob job, Iterator<Long> indexes) {
    PlaybackLines lines = new PlaybackLines(job.lines());
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return indexes.hasNext();
      }

      @Override
      public String next() {
        return new String(lines.line(indexes.next()), StandardCharsets.UTF_8);
      }
    };
  }
}
