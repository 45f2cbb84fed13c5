// A match that many watch: viewers, quality, revenue of advertisements.
import {h, useState} from './lib.js';
import {duration, integer, moment, money, percent} from './format.js';
import {SeriesPanel, served, since, STATE, stateName, tableOf, useCorrected, useSql} from './panels.js';
import {Bars, Missing, Panel, Tile, Tiles} from './parts.js';
import {Latest, newestOf, short, START, Story, useOne, useTrail} from './story.js';

export function MatchDay() {
  const [range, choose] = useState(3_600_000);
  const [corrections, corrected] = useCorrected();
  const audience = 'viewership.audience';
  const quality = 'playback-quality.quality';
  const revenue = 'ad-revenue.revenue';
  const total = () => `select ${START}, sum(concurrent) as v, ${STATE} as s from ${tableOf(audience)} where ${since(audience, range)} group by window_start, window_end order by 1 limit 5000`;
  const trail = useTrail(audience, total);
  const peak = useOne(audience, () => `select max(v) as v, arg_max(t, v) as t from (select epoch_ms(window_start) as t, sum(concurrent) as v from ${tableOf(audience)} group by window_start) as windows`);
  const stalls = useOne(quality, () => `select 1.0 * sum(stalled_millis) / nullif(sum(stalled_millis) + sum(played_millis), 0) as v, sum(affected) as affected, sum(viewers) as viewers, ${STATE} as s from ${tableOf(quality)} where ${newestOf(quality)}`);
  const earned = useOne(revenue, () => `select sum(revenue_minor) as v, sum(impressions) as impressions, sum(clicks) as clicks, ${STATE} as s from ${tableOf(revenue)} where ${newestOf(revenue)}`);
  const now = trail[trail.length - 1];
  return h(Story, {title: 'Match day', summary: 'Who watches, how well it plays, what it earns.', range, choose, corrections,
    tiles: h(Tiles, {},
      h(Tile, {name: 'Concurrent viewers', value: now?.v, state: now?.state, points: trail}),
      h(Tile, {name: 'Peak', value: peak.v, below: peak.t && moment(peak.t)}),
      h(Tile, {name: 'Time stalled', value: stalls.v, write: percent, state: stalls.s !== undefined && stateName(stalls.s), tone: stalls.v > 0.05 && 'bad', below: stalls.viewers > 0 && `${integer(stalls.affected)} of ${integer(stalls.viewers)} viewers affected`}),
      h(Tile, {name: 'Ad revenue, 5 minutes', value: earned.v, write: short, state: earned.s !== undefined && stateName(earned.s), below: earned.impressions > 0 && `${integer(earned.impressions)} impressions, ${percent(earned.clicks / earned.impressions)} clicked`}))},
  h(SeriesPanel, {title: 'Concurrent viewers', note: 'by content, at the end of each window', view: audience, column: 'concurrent', wide: true, height: 260, corrected, statement: served(audience)
    && `select content as n, ${START}, sum(concurrent) as v, ${STATE} as s from ${tableOf(audience)} where ${since(audience, range)} group by content, window_start, window_end order by n, t limit 9000`}),
  h(SeriesPanel, {title: 'Time stalled', note: 'share of the time, by region', view: quality, column: 'buffering_ratio', corrected, statement: served(quality)
    && `select region as n, ${START}, 1.0 * sum(stalled_millis) / nullif(sum(stalled_millis) + sum(played_millis), 0) as v, ${STATE} as s from ${tableOf(quality)} where ${since(quality, range)} group by region, window_start, window_end order by n, t limit 5000`}),
  h(Quality, {quality, range}),
  h(SeriesPanel, {title: 'Ad revenue', note: 'by campaign, over 5 minutes', view: revenue, column: 'revenue_minor', corrected, statement: served(revenue)
    && `select campaign as n, ${START}, revenue_minor as v, case answer_state when 'open' then 0 when 'revisable' then 1 else 2 end as s from ${tableOf(revenue)} where ${since(revenue, range)} order by n, t limit 9000`}),
  h(Campaigns, {revenue}),
  h(Latest, {title: 'Alerts about quality', name: 'playback-quality.alerts', none: 'No alert.', wide: true, columns: ['state', 'region', 'device', 'measured', 'value', 'limit', 'since']}));
}

function Quality({quality, range}) {
  const {rows, error} = useSql(served(quality) ? `select region || ' · ' || lower(device) as name, 1.0 * sum(stalled_millis) / nullif(sum(stalled_millis) + sum(played_millis), 0) as v, sum(errors) as errors,
    max(startup_p95_millis) as startup from ${tableOf(quality)} where ${since(quality, Math.min(range, 900_000))} group by 1 having v is not null order by v desc limit 10` : null, [quality]);
  return served(quality) ? h(Panel, {title: 'Quality by region and device', note: `time stalled, last ${duration(Math.min(range, 900_000))}`, error},
    h(Bars, {label: 'Time stalled by region and device', write: percent, items: (rows || []).map((row) => ({name: row.name, value: row.v, tone: row.v > 0.05 && 'bad',
      below: `start-up p95 ${row.startup === null ? '–' : duration(row.startup)}, ${integer(row.errors)} errors`}))})) : h(Missing, {title: 'Quality by region and device', view: quality});
}

function Campaigns({revenue}) {
  const {rows, error} = useSql(served(revenue) ? `select campaign as name, revenue_minor as v, ecpm_minor as ecpm, ctr from ${tableOf(revenue)} where ${newestOf(revenue)} order by v desc limit 10` : null, [revenue]);
  return served(revenue) ? h(Panel, {title: 'Campaigns', note: 'revenue of the newest 5 minutes', error},
    h(Bars, {label: 'Revenue by campaign', rank: true, write: money, items: (rows || []).map((row) => ({name: row.name, value: row.v, below: row.ecpm === null ? 'no impressions' : `eCPM ${money(row.ecpm)}, CTR ${percent(row.ctr)}`}))}))
    : h(Missing, {title: 'Campaigns', view: revenue});
}
