package dhara.pipelines.platform;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of the events of a window. Latencies are null if no event has one; percentiles are
 * within 0.4 %.
 *
 * @param events how many
 * @param errors how many of them failed
 * @param errorRate {@code errors / events}
 * @param averageMillis mean latency
 * @param leastMillis the shortest latency
 * @param greatestMillis the longest
 * @param p50Millis the median
 * @param p95Millis nineteen of twenty are not longer
 * @param p99Millis ninety-nine of a hundred are not longer
 * @param valueSum sum of the values; 0 if no event has one
 * @param valueAverage their mean; null if no event has one
 */
public record EventStats(
    long events,
    long errors,
    double errorRate,
    @Nullable Double averageMillis,
    @Nullable Long leastMillis,
    @Nullable Long greatestMillis,
    @Nullable Double p50Millis,
    @Nullable Double p95Millis,
    @Nullable Double p99Millis,
    double valueSum,
    @Nullable Double valueAverage) {}
