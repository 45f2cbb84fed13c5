// Payments: whether they succeed, how long they take, which are stopped.
import {h, useState} from './lib.js';
import {labelOf} from './columns.js';
import {integer, percent} from './format.js';
import {SeriesPanel, served, since, STATE, tableOf, useCorrected, useSql} from './panels.js';
import {Bars, Missing, Panel, Tile, Tiles} from './parts.js';
import {Latest, short, START, Story, useOne, useTrail} from './story.js';

export function Payments() {
  const [range, choose] = useState(3_600_000);
  const [corrections, corrected] = useCorrected();
  const metrics = 'transaction-metrics.metrics';
  const decisions = 'fraud.decisions';
  const rate = '1.0 * sum(succeeded) / nullif(sum(succeeded) + sum(failed) + sum(reversed), 0)';
  const minute = (what) => () => `select ${START}, ${what} as v, ${STATE} as s from ${tableOf(metrics)} where ${since(metrics, range)} group by window_start, window_end order by 1 limit 2000`;
  const trail = useTrail(metrics, minute(rate));
  const volume = useTrail(metrics, minute('sum(payments)'));
  const all = useOne(metrics, () => `select ${rate} as rate, sum(payments) as payments, sum(value_minor) as value, sum(pending) as pending from ${tableOf(metrics)} where ${since(metrics, range)}`);
  const judged = useOne(decisions, () => `select count(*) as n, count(*) filter (action = 'BLOCK') as blocked, count(*) filter (action = 'CHALLENGE') as challenged from ${tableOf(decisions)}`);
  return h(Story, {title: 'Payments', summary: 'Whether payments succeed, how long they take, and which are stopped.', range, choose, corrections,
    tiles: h(Tiles, {},
      h(Tile, {name: 'Success rate', value: all.rate, write: percent, tone: all.rate < 0.9 && 'bad', points: trail, below: all.pending > 0 && `${integer(all.pending)} pending`}),
      h(Tile, {name: 'Payments', value: all.payments, points: volume}),
      h(Tile, {name: 'Value that went through', value: all.value, write: short}),
      h(Tile, {name: 'Blocked as fraud', value: judged.blocked, below: judged.n > 0 && `${percent(judged.blocked / judged.n)} of ${integer(judged.n)} decisions`, tone: judged.blocked > 0 && 'warn'}),
      h(Tile, {name: 'Challenged', value: judged.challenged, below: judged.n > 0 && percent(judged.challenged / judged.n)}))},
  h(SeriesPanel, {title: 'Success rate', note: 'by bank, per minute', view: metrics, column: 'success_rate', wide: true, height: 260, corrected, statement: served(metrics)
    && `select bank as n, ${START}, ${rate} as v, ${STATE} as s from ${tableOf(metrics)} where ${since(metrics, range)} group by bank, window_start, window_end order by n, t limit 9000`}),
  h(SeriesPanel, {title: 'Latency, p95', note: 'slowest app and kind of each bank', view: metrics, column: 'p95_millis', corrected, statement: served(metrics)
    && `select bank as n, ${START}, max(p95_millis) as v, ${STATE} as s from ${tableOf(metrics)} where ${since(metrics, range)} group by bank, window_start, window_end order by n, t limit 9000`}),
  h(SeriesPanel, {title: 'Payments per minute', view: metrics, column: 'payments', kind: 'bars', corrected, statement: served(metrics) && minute('sum(payments)')()}),
  h(Decisions, {decisions, range, corrected}),
  h(Reasons, {decisions}),
  h(Latest, {title: 'Fraud alerts', name: 'fraud.alerts', none: 'No payment was stopped.', wide: true, columns: ['payment', 'payer', 'action', 'score', 'reasons', 'amount_minor', 'km_from_usual']}));
}

function Decisions({decisions, range, corrected}) {
  return h(SeriesPanel, {title: 'Fraud decisions', note: 'payments challenged or blocked, by minute', view: decisions, column: 'payments', kind: 'bars', corrected, statement: served(decisions)
    && `select action as n, epoch_ms(date_trunc('minute', window_start)) as t, epoch_ms(date_trunc('minute', window_start)) + 60000 as e, count(*) as v, ${STATE} as s from ${tableOf(decisions)}
    where action <> 'ALLOW' and ${since(decisions, range)} group by 1, 2 order by n, t limit 5000`});
}

function Reasons({decisions}) {
  const {rows, error} = useSql(served(decisions) ? `select cast(reasons as varchar) as reasons, count(*) as v from ${tableOf(decisions)} where action <> 'ALLOW' group by 1 order by 2 desc limit 200` : null, [decisions]);
  if (!served(decisions)) {
    return h(Missing, {title: 'Reasons', view: decisions});
  }
  const counts = new Map();
  for (const row of rows || []) {
    for (const reason of JSON.parse(row.reasons)) {
      counts.set(reason, (counts.get(reason) || 0) + row.v);
    }
  }
  return h(Panel, {title: 'Reasons', note: 'of payments challenged or blocked', error},
    h(Bars, {label: 'Reasons of decisions', items: [...counts].map(([name, value]) => ({name: labelOf(name), value})).sort((x, y) => y.value - x.value).slice(0, 8)}));
}
