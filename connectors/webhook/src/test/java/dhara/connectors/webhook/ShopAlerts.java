package dhara.connectors.webhook;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.testkit.SentRows;
import java.time.Instant;

/** The analysis that the rows of {@link SentRows} are of, for verbs; it is never built. */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class ShopAlerts implements Analysis<DharaOptions> {

  /** What it reads. */
  public record Visit(String id, Instant at, String shop) implements Event {}

  @Override
  public Declaration<DharaOptions> declaration() {
    return Declaration.of("shop-alerts", DharaOptions.class)
        .summary("alerts of shops")
        .reads(new Input<>("visits", Visit.class))
        .answers(Output.effect("alerts", SentRows.Shop.class, SentRows.Alert.class).onSettled());
  }

  @Override
  public void build(Flow flow, DharaOptions options) {
    throw new UnsupportedOperationException("is never built");
  }
}
