// Rides: where riders wait, and the price there.
import {h, useState} from './lib.js';
import {unitOf} from './columns.js';
import {integer, number, windowText} from './format.js';
import {CellMap, WindowSlider} from './map.js';
import {SeriesPanel, served, since, STATE, stateName, tableOf, useCorrected, useSql} from './panels.js';
import {Bars, Missing, Panel, Tile, Tiles} from './parts.js';
import {Latest, newestOf, START, Story, useOne, useTrail} from './story.js';
import {State} from './table.js';

export function Rides() {
  const [range, choose] = useState(3_600_000);
  const [corrections, corrected] = useCorrected();
  const surge = 'surge-pricing.surge';
  const now = useOne(surge, () => `select sum(requests) as requests, sum(drivers) as drivers, max(multiplier) as most, count(*) filter (multiplier > 1) as surging, count(*) as cells, ${STATE} as s from ${tableOf(surge)} where ${newestOf(surge)}`);
  const requests = useTrail(surge, () => `select ${START}, sum(requests) as v, ${STATE} as s from ${tableOf(surge)} where ${since(surge, range)} group by window_start, window_end order by 1 limit 2000`);
  const state = now.s === undefined ? null : stateName(now.s);
  return h(Story, {title: 'Rides', summary: 'Where riders wait, and what a ride costs there.', range, choose, corrections,
    tiles: h(Tiles, {},
      h(Tile, {name: 'Requests, 5 minutes', value: now.requests, state, points: requests}),
      h(Tile, {name: 'Free drivers', value: now.drivers, below: now.drivers > 0 ? `${number(now.requests / now.drivers)} requests for each` : 'nobody pings'}),
      h(Tile, {name: 'Cells with surge', value: now.surging, below: now.cells !== undefined && `of ${integer(now.cells)}`, tone: now.surging > 0 && 'warn'}),
      h(Tile, {name: 'Highest multiplier', value: now.most, write: unitOf('multiplier').write}))},
  h(SurgeMap, {surge}),
  h(Hottest, {surge}),
  h(SeriesPanel, {title: 'Multiplier', note: 'highest and mean over cells', view: surge, column: 'multiplier', zero: false, corrected, statement: served(surge)
    && `select 'highest' as n, ${START}, max(multiplier) as v, ${STATE} as s from ${tableOf(surge)} where ${since(surge, range)} group by window_start, window_end
    union all select 'mean' as n, ${START}, avg(multiplier) as v, ${STATE} as s from ${tableOf(surge)} where ${since(surge, range)} group by window_start, window_end order by n, t limit 5000`}),
  h(SeriesPanel, {title: 'Requests and drivers', note: 'all cells, over 5 minutes', view: surge, column: 'requests', wide: true, corrected, statement: served(surge)
    && `select 'requests' as n, ${START}, sum(requests) as v, ${STATE} as s from ${tableOf(surge)} where ${since(surge, range)} group by window_start, window_end
    union all select 'drivers' as n, ${START}, sum(drivers) as v, ${STATE} as s from ${tableOf(surge)} where ${since(surge, range)} group by window_start, window_end order by n, t limit 5000`}),
  h(Latest, {title: 'Deliveries', name: 'delivery-eta.etas', none: 'No delivery yet.', wide: true, columns: ['delivery', 'status', 'courier', 'left_metres', 'eta_at', 'late_seconds']}));
}

function SurgeMap({surge}) {
  const [chosen, set] = useState(null);
  const {rows: windows} = useSql(served(surge) ? `select distinct epoch_ms(window_start) as t, epoch_ms(window_end) as e from ${tableOf(surge)} order by 1 desc limit 240` : null, [surge]);
  const at = chosen === null ? newestOf.bind(null, surge) : () => `epoch_ms(window_start) = ${Number(chosen)}`;
  const {rows, error} = useSql(served(surge) ? `select cell, multiplier, requests, drivers, epoch_ms(window_start) as t, epoch_ms(window_end) as e, answer_state as state from ${tableOf(surge)} where ${at()} limit 5000` : null, [surge]);
  if (!served(surge)) {
    return h(Missing, {title: 'Surge by cell', view: surge});
  }
  const cells = rows || [];
  const list = [...(windows || [])].reverse();
  const ends = new Map(list.map((one) => [one.t, one.e]));
  return h(Panel, {title: 'Surge by cell', tall: true, error, note: cells[0] && windowText(cells[0].t, cells[0].e), actions: cells[0] && h(State, {state: cells[0].state})},
    h(CellMap, {title: 'Map of surge', low: 1, high: Math.max(2, ...cells.map((row) => row.multiplier)), write: unitOf('multiplier').write,
      cells: cells.map((row) => ({cell: row.cell, value: row.multiplier, text: unitOf('multiplier').write(row.multiplier), state: row.state, below: `${integer(row.requests)} requests, ${integer(row.drivers)} drivers`}))}),
    h(WindowSlider, {windows: list.map((one) => one.t), value: chosen, choose: set, words: (t) => windowText(t, ends.get(t))}));
}

function Hottest({surge}) {
  const {rows, error} = useSql(served(surge) ? `select cell as name, multiplier as v, requests, drivers, wanted from ${tableOf(surge)} where ${newestOf(surge)} order by multiplier desc, requests desc, cell limit 10` : null, [surge]);
  return served(surge) ? h(Panel, {title: 'Hottest cells', note: 'newest window', error},
    h(Bars, {label: 'Hottest cells', rank: true, write: unitOf('multiplier').write, items: (rows || []).map((row) => ({name: row.name, value: row.v, tone: row.v > 1 && 'warn',
      below: `${integer(row.requests)} requests, ${integer(row.drivers)} drivers${row.wanted > row.v ? `, moves to ${unitOf('multiplier').write(row.wanted)}` : ''}`}))})) : h(Missing, {title: 'Hottest cells', view: surge});
}
