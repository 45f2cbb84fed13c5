// A day of sale: orders, value, the funnel, top products.
import {h, useState} from './lib.js';
import {nested} from './columns.js';
import {integer, money, percent, windowText} from './format.js';
import {SeriesPanel, served, since, STATE, stateName, tableOf, useCorrected} from './panels.js';
import {Bars, Funnel, Missing, Panel, Tile, Tiles} from './parts.js';
import {Latest, newestOf, short, START, Story, useNewestRows, useOne, useTrail} from './story.js';
import {State} from './table.js';

export function SaleDay() {
  const [range, choose] = useState(3_600_000);
  const [corrections, corrected] = useCorrected();
  const metrics = 'order-metrics.metrics';
  const totals = 'order-metrics.totals';
  const day = useOne(totals, () => `select sum(orders) as orders, sum(gmv_minor) as gmv, sum(cancellations) as cancelled, min(epoch_ms(window_start)) as t, max(epoch_ms(window_end)) as e, ${STATE} as s
    from ${tableOf(totals)} where ${newestOf(totals)} and dimension = (select min(dimension) from ${tableOf(totals)})`);
  // Each order counts once in each dimension, so only one of them may be added up.
  const one = served(metrics) && `dimension = (select min(dimension) from ${tableOf(metrics)})`;
  const minute = (what) => () => `select ${START}, ${what} as v, ${STATE} as s from ${tableOf(metrics)} where ${since(metrics, range)} and ${one} group by window_start, window_end order by 1 limit 2000`;
  const orders = useTrail(metrics, minute('sum(orders)'));
  const gmv = useTrail(metrics, minute('sum(gmv_minor)'));
  const bought = useOne('conversion.conversion', () => `select 1.0 * sum(buyers) / nullif(sum(visitors), 0) as v, sum(visitors) as visitors, ${STATE} as s from ${tableOf('conversion.conversion')} where ${newestOf('conversion.conversion')}`);
  const last = (trail) => trail[trail.length - 1];
  const lastClosed = (trail) => [...trail].reverse().find((point) => point.state !== 'open');
  return h(Story, {title: 'Sale day', summary: 'Orders, value and the way to them, while the sale runs.', range, choose, corrections,
    tiles: h(Tiles, {},
      h(Tile, {name: 'GMV today', value: day.gmv, write: short, state: day.s !== undefined && stateName(day.s), below: day.t !== undefined && windowText(day.t, day.e), points: gmv}),
      h(Tile, {name: 'Orders today', value: day.orders, below: day.orders > 0 && `${money(day.gmv / day.orders)} on average`, points: orders}),
      h(Tile, {name: 'Orders this minute', value: last(orders)?.v, state: last(orders)?.state, below: lastClosed(orders) && `${integer(lastClosed(orders).v)} in the last full one`}),
      h(Tile, {name: 'Cancelled today', value: day.cancelled, below: day.orders > 0 && percent(day.cancelled / day.orders)}),
      h(Tile, {name: 'Visitors who buy', value: bought.v, write: percent, state: bought.s !== undefined && stateName(bought.s), below: bought.visitors !== undefined && `of ${integer(bought.visitors)} visitors, 5 minutes`}))},
  h(SeriesPanel, {title: 'GMV per minute', view: metrics, column: 'gmv_minor', kind: 'bars', wide: true, corrected, statement: served(metrics) && minute('sum(gmv_minor)')(), height: 260}),
  h(SeriesPanel, {title: 'Orders per minute', note: served(metrics) && 'by category', view: metrics, column: 'orders', corrected, statement: served(metrics)
    && `select name as n, ${START}, orders as v, case answer_state when 'open' then 0 when 'revisable' then 1 else 2 end as s from ${tableOf(metrics)}
    where ${since(metrics, range)} and ${one} and name in (select name from ${tableOf(metrics)} where ${one} and ${since(metrics, range)} group by name order by sum(orders) desc limit 6) order by n, t limit 5000`}),
  h(FunnelPanel, {}),
  h(TopProducts, {}),
  h(AverageOrder, {metrics, range, one}),
  h(LowStock, {}));
}

function AverageOrder({metrics, range, one}) {
  return h(SeriesPanel, {title: 'Average order', note: 'value of an order, per minute', view: metrics, column: 'average_order_minor', statement: served(metrics)
    && `select ${START}, sum(gmv_minor) / nullif(sum(orders), 0) as v, ${STATE} as s from ${tableOf(metrics)} where ${since(metrics, range)} and ${one} group by window_start, window_end order by 1 limit 2000`});
}

function FunnelPanel() {
  return served('conversion.funnel') ? h(FunnelShown, {}) : h(Missing, {title: 'Funnel', view: 'conversion.funnel'});
}

function FunnelShown() {
  const rows = useNewestRows('conversion.funnel');
  const steps = new Map();
  for (const {step, visitors} of rows.flatMap((row) => nested(row.steps))) {
    steps.set(step, (steps.get(step) || 0) + visitors);
  }
  const first = rows[0];
  return h(Panel, {title: 'Funnel', note: first && `${windowText(first.$start, first.$end)}, all ${first.dimension}s`, actions: first && h(State, {state: first.answer_state})},
    h(Funnel, {label: 'Funnel', steps: [...steps].map(([step, visitors]) => ({step, visitors}))}));
}

function TopProducts() {
  return served('order-metrics.top') ? h(TopShown, {}) : h(Missing, {title: 'Top products', view: 'order-metrics.top'});
}

function TopShown() {
  const [row] = useNewestRows('order-metrics.top');
  const products = row ? nested(row.products) : [];
  return h(Panel, {title: 'Top products', tall: true, note: row && windowText(row.$start, row.$end), actions: row && h(State, {state: row.answer_state})},
    h(Bars, {label: 'Top products', rank: true, write: short, items: products.slice(0, 10).map((one) => ({name: one.product, value: one.gmv_minor, below: `${integer(one.orders)} orders`}))}));
}

const LowStock = () => h(Latest, {title: 'Low stock', name: 'inventory.low-stock', none: 'Nothing is low.', columns: ['warehouse', 'product', 'available', 'below']});
