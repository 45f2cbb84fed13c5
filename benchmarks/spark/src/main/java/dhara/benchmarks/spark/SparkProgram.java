package dhara.benchmarks.spark;

import dhara.benchmarks.harness.Checksum;
import dhara.benchmarks.harness.Contestant;
import dhara.benchmarks.harness.Outcome;
import dhara.benchmarks.harness.Task;
import dhara.benchmarks.playback.PlaybackJob;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The common parts of the Dataset programs. A run creates its own session and stops it, as Dhara's
 * does. There is one shuffle partition per core; Spark's default is 200 partitions.
 */
abstract class SparkProgram implements Contestant {

  /** The program: rows of key, start of the window (epoch ms), and the five sums. */
  abstract Dataset<Row> build(SparkSession session, PlaybackJob job);

  @Override
  public final Outcome run(Task task) {
    PlaybackJob job = PlaybackJob.of(task);
    if (!job.bounded() || !job.tumbles()) {
      throw new IllegalArgumentException("written for batches and tumbling windows");
    }
    Checksum.start();
    try (SparkSession session =
        SparkSession.builder()
            .master("local[" + job.parallelism() + "]")
            .appName("benchmark")
            .config("spark.ui.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", job.parallelism())
            .getOrCreate()) {
      build(session, job)
          .foreachPartition(
              (ForeachPartitionFunction<Row>)
                  rows ->
                      rows.forEachRemaining(
                          row ->
                              PlaybackJob.settle(
                                  row.getString(0),
                                  row.getLong(1),
                                  row.getLong(2),
                                  row.getLong(3),
                                  row.getLong(4),
                                  row.getLong(5),
                                  row.getLong(6))));
    }
    return Checksum.outcome(job.events());
  }
}
