package dhara.pipelines.commerce.inventory;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.options.LatenessOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Scenario;
import dhara.pipelines.Windowing;
import dhara.transforms.windows.Windows;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * The stock, rebuilt from the trail of its changes: reads what {@link Inventory} writes as {@code
 * audit}, and answers its {@code stock}, to the byte. So a view can be thrown away and made again,
 * elsewhere or with other columns, without the commands and their rules.
 *
 * <pre>
 *   audit ─▶ by product, added up ─▶ stock
 * </pre>
 *
 * <p>Rows of the trail are never revised, so each is read once: a copy that a restored stream has
 * written again has the same id. Their order does not matter, but a stream remembers ids for {@code
 * --lateness} only, and takes later rows to its late output. Rows come in about the order of their
 * times, unless the trail was written faster than its events happened, as after an outage: then
 * {@code --lateness} must be as long as that.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class InventoryView implements Analysis<InventoryView.Options> {

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, LatenessOptions, StockViewOptions {}

  static final Input<AuditEntry> AUDIT = new Input<>("audit", AuditEntry.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("inventory-view", Options.class)
        .summary("the stock per warehouse and product again, from the trail of its changes")
        .reads(AUDIT)
        .answers(StockView.OUTPUT)
        .scenario(Scenario.of(AUDIT, StockTrail::generate));
  }

  @Override
  public void build(Flow flow, Options options) {
    Windows ever = StockView.windows(options).withLateness(Windowing.lateness(options));

    flow.answers(
        StockView.OUTPUT,
        flow.events(AUDIT, ever)
            .apply(
                "Move",
                FlatMapElements.into(TypeDescriptor.of(StockView.Move.class))
                    .via(
                        (AuditEntry entry) ->
                            StockView.moves(entry.warehouse(), entry.at(), entry.changes())))
            .apply("Stock", StockView.of(options)));
  }
}
