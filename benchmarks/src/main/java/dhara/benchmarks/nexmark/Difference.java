package dhara.benchmarks.nexmark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How answers differ from a query's model.
 *
 * @param missing some rows that the model has, or has more often
 * @param unexpected some rows that the model has not, or less often
 */
record Difference(List<Record> missing, List<Record> unexpected) {

  static final Difference NONE = new Difference(List.of(), List.of());

  private static final int SOME = 5;

  /** What is between answers, in whatever order, and the model's. */
  static Difference between(String query, AuctionHouse house, Iterable<? extends Record> answers) {
    Map<Record, Integer> counts = new HashMap<>();
    answers.forEach(row -> counts.merge(row, 1, Integer::sum));
    new Models(house.events()).of(query).forEach(row -> counts.merge(row, -1, Integer::sum));
    return new Difference(
        counts.keySet().stream().filter(row -> counts.get(row) < 0).limit(SOME).toList(),
        counts.keySet().stream().filter(row -> counts.get(row) > 0).limit(SOME).toList());
  }
}
