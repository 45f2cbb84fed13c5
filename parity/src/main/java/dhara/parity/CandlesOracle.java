package dhara.parity;

import com.google.auto.service.AutoService;
import dhara.pipelines.markets.Trade;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Candles by sorting each minute's trades and reading them off. */
@AutoService(Oracle.class)
public final class CandlesOracle implements Oracle {

  private final Set<String> excluded;

  /** With no sale condition excluded, as the analysis does by default. */
  public CandlesOracle() {
    this(Set.of());
  }

  /** With sale conditions whose trades make no price. */
  public CandlesOracle(Set<String> excluded) {
    this.excluded = excluded;
  }

  @Override
  public String analysis() {
    return "candles";
  }

  @Override
  public Map<String, List<String>> answers(List<? extends Record> events) {
    Map<String, List<Trade>> minutes = new TreeMap<>();
    for (Record event : events) {
      Trade trade = (Trade) event;
      long minute = Math.floorDiv(trade.at().getEpochSecond(), 60);
      minutes.computeIfAbsent(trade.symbol() + " " + minute, k -> new ArrayList<>()).add(trade);
    }
    List<String> bars = new ArrayList<>();
    for (List<Trade> trades : minutes.values()) {
      trades.sort(Comparator.comparing(Trade::at).thenComparing(Trade::id));
      List<Trade> priced =
          trades.stream()
              .filter(t -> !t.suspicious())
              .filter(t -> t.condition() == null || !excluded.contains(t.condition()))
              .toList();
      if (!priced.isEmpty()) {
        bars.add(bar(trades, priced));
      }
    }
    return Map.of("bars", OrderMetricsOracle.millis(bars));
  }

  private static String bar(List<Trade> trades, List<Trade> priced) {
    Instant start =
        Instant.ofEpochSecond(Math.floorDiv(trades.get(0).at().getEpochSecond(), 60) * 60);
    BigDecimal value = BigDecimal.ZERO;
    BigDecimal size = BigDecimal.ZERO;
    for (Trade t : priced) {
      value = value.add(BigDecimal.valueOf(t.priceE4()).multiply(BigDecimal.valueOf(t.size())));
      size = size.add(BigDecimal.valueOf(t.size()));
    }
    return """
        {"symbol":"%s","window_start":"%s","window_end":"%s","open_e4":%d,"high_e4":%d,\
        "low_e4":%d,"close_e4":%d,"volume":%d,"vwap_e4":%s,"trades":%d}"""
        .formatted(
            trades.get(0).symbol(),
            start,
            start.plusSeconds(60),
            priced.get(0).priceE4(),
            priced.stream().mapToLong(Trade::priceE4).max().orElseThrow(),
            priced.stream().mapToLong(Trade::priceE4).min().orElseThrow(),
            priced.get(priced.size() - 1).priceE4(),
            trades.stream().mapToLong(Trade::size).sum(),
            value.divide(size, 0, RoundingMode.HALF_EVEN),
            priced.size());
  }
}
