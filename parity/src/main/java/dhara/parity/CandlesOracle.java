package dhara.parity;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.markets.Candles;
import dhara.pipelines.markets.Trade;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Computes candles by sorting each window's trades. */
@AutoService(Oracle.class)
public final class CandlesOracle implements Oracle {

  @Override
  public String analysis() {
    return "candles";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of("--excludeConditions=odd-lot"),
        List.of("--window=PT40S", "--every=PT10S"),
        List.of("--gap=PT2S"));
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    Candles.Options options = given.as(Candles.Options.class);
    List<String> excluded =
        options.getExcludeConditions() == null ? List.of() : options.getExcludeConditions();
    List<String> bars = new ArrayList<>();
    Box.fill(inputs.of("trades", Trade.class), Trade::symbol, options)
        .forEach(
            (box, trades) -> {
              trades.sort(Comparator.comparing(Trade::at).thenComparing(Trade::id));
              List<Trade> priced =
                  trades.stream()
                      .filter(t -> !t.suspicious())
                      .filter(t -> t.condition() == null || !excluded.contains(t.condition()))
                      .toList();
              if (!priced.isEmpty()) {
                bars.add(bar(box, trades, priced));
              }
            });
    return Map.of("bars", bars);
  }

  private static String bar(Box<String> box, List<Trade> trades, List<Trade> priced) {
    BigDecimal value = BigDecimal.ZERO;
    BigDecimal size = BigDecimal.ZERO;
    for (Trade t : priced) {
      value = value.add(BigDecimal.valueOf(t.priceE4()).multiply(BigDecimal.valueOf(t.size())));
      size = size.add(BigDecimal.valueOf(t.size()));
    }
    return """
        {"symbol":"%s",%s,"open_e4":%d,"high_e4":%d,\
        "low_e4":%d,"close_e4":%d,"volume":%d,"vwap_e4":%s,"trades":%d}"""
        .formatted(
            box.key(),
            box.window(),
            priced.get(0).priceE4(),
            priced.stream().mapToLong(Trade::priceE4).max().orElseThrow(),
            priced.stream().mapToLong(Trade::priceE4).min().orElseThrow(),
            priced.get(priced.size() - 1).priceE4(),
            trades.stream().mapToLong(Trade::size).sum(),
            value.divide(size, 0, RoundingMode.HALF_EVEN),
            priced.size());
  }
}
