package dhara.benchmarks.nexmark;

import org.apache.flink.api.common.functions.AggregateFunction;

/** Counts, as a Flink window aggregates. */
final class CountAll<T> implements AggregateFunction<T, Long, Long> {

  private static final long serialVersionUID = 1L;

  @Override
  public Long createAccumulator() {
    return 0L;
  }

  @Override
  public Long add(T one, Long count) {
    return count + 1;
  }

  @Override
  public Long getResult(Long count) {
    return count;
  }

  @Override
  public Long merge(Long a, Long b) {
    return a + b;
  }
}
