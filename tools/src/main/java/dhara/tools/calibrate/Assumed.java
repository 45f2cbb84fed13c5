package dhara.tools.calibrate;

/** What is assumed of speed where nothing is measured, and what it rests on. */
public final class Assumed {

  /**
   * How many events a core works off in a stream from Kafka, relative to a backfill:
   * benchmarks/RESULTS.md has 2.83 CPU s for a million events of kafka-few-keys, and 1.69 of
   * flink-batch-few-keys.
   */
  public static final double STREAM_SHARE = 0.6;

  /** The part of its capacity that a stream may use at its rate; the rest is for bursts. */
  public static final double UTILISATION = 0.7;

  /** docs/performance.md: ten million rows of JSON lines take 81 CPU s. */
  public static final double PER_CORE = 120_000;

  /** The same rows are 2 GB. */
  public static final double BYTES_PER_EVENT = 200;

  /** The source of the last two, in words. */
  public static final String ORDER_METRICS =
      "order-metrics on Flink, ten million rows, in docs/performance.md; other analyses differ by"
          + " up to a factor of five";

  /** The source of the share of streams, in words. */
  public static final String FEW_KEYS =
      "kafka-few-keys beside flink-batch-few-keys in benchmarks/RESULTS.md";

  private Assumed() {}
}
