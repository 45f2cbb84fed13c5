// The page for those who run the pipelines: throughput, lag, latency, the ledger, dead letters.
import {a, button, classes, code, div, h, h1, p, span, table, tbody, td, th, thead, tr, useState, useSignal} from './lib.js';
import {Chart, colour} from './chart.js';
import {ago, duration, integer, moment, number} from './format.js';
import {history, status, views} from './live.js';
import {Bars, Choice, Empty, Panel, Tile, Tiles} from './parts.js';

const MINUTES = [[5, '5 min'], [15, '15 min'], [60, '1 h']];

export function Operations() {
  const now = useSignal(status);
  const [minutes, choose] = useState(5);
  if (now === null || !now.analyses) {
    return div({class: 'page'}, h1({}, 'Operations'), h(Empty, {}, 'Waiting for the status of the server…'));
  }
  const kept = history.filter((one) => one.at > Date.now() - minutes * 60_000);
  const ledgers = now.analyses.flatMap((one) => one.ledger.map((line) => ({...line, analysis: one.analysis})));
  const letters = reasons(now.analyses);
  const sum = (values) => values.reduce((total, value) => total + (value ?? 0), 0);
  const worst = now.views.map((view) => view.latencyMillis?.p95 ?? null).filter((value) => value !== null);
  const lags = now.views.map((view) => view.lagRecords).filter((value) => value !== null && value !== undefined);
  const unbalanced = ledgers.filter((line) => balance(line) === 'bad');
  const total = (value) => kept.map((one) => ({v: value([...one.views.values()])}));
  return div({class: 'page'},
    div({class: 'head'}, h1({}, 'Operations'), p({class: 'summary'}, `${now.views.length} views of ${now.analyses.length} ${now.analyses.length === 1 ? 'analysis' : 'analyses'}, served since ${moment(Date.parse(now.started))}.`)),
    h(Tiles, {},
      h(Tile, {name: 'Rows per second', value: sum(now.views.map((view) => view.rowsPerSecond)), write: number,
        points: total((all) => sum(all.map((view) => view.rowsPerSecond)))}),
      h(Tile, {name: 'Records behind', value: lags.length === 0 ? null : sum(lags), below: lags.length === 0 ? 'no topic is followed' : 'not in the store yet',
        tone: sum(lags) > 1_000_000 && 'bad', points: lags.length > 0 && total((all) => sum(all.map((view) => view.lagRecords)))}),
      h(Tile, {name: 'Answer latency, p95', value: worst.length === 0 ? null : Math.max(...worst), write: duration, below: 'worst view',
        tone: Math.max(0, ...worst) > 5000 && 'bad'}),
      h(Tile, {name: 'Events read', value: sum(ledgers.map((line) => line.read)), below: ledgers.length === 0 ? 'no ledger beside the answers' : unbalanced.length === 0 ? 'each is accounted for' : `${unbalanced.length} of ${ledgers.length} ledgers do not balance`,
        tone: unbalanced.length > 0 && 'bad'}),
      h(Tile, {name: 'Late events', value: sum(ledgers.map((line) => line.late)), below: 'too late for their windows'}),
      h(Tile, {name: 'Dead letters', value: sum(ledgers.map((line) => line.dead_lettered)), below: 'records that are no events'})),
    div({class: 'controls'}, h(Choice, {label: 'Time range of the charts', choices: MINUTES, value: minutes, choose}), span({class: 'muted'}, 'Charts begin when the page was opened.')),
    div({class: 'grid'},
      h(Trend, {title: 'Throughput', note: 'rows applied per second', kept, of: (view) => view.rowsPerSecond, write: number}),
      h(Trend, {title: 'Lag', note: 'records in the topics, not in the store yet', kept, of: (view) => view.lagRecords, write: integer}),
      h(Latency, {kept}),
      h(Panel, {title: 'Dead letters by reason', note: 'of all analyses'}, h(Bars, {label: 'Dead letters by reason', items: letters})),
      h(Ledger, {ledgers, silent: now.analyses.filter((one) => one.silent?.length > 0)}),
      h(Served, {now})));
}

function reasons(analyses) {
  const counts = new Map();
  for (const {analysis, deadLetters} of analyses) {
    for (const {reason, records} of deadLetters || []) {
      const one = counts.get(reason) || {name: reason, value: 0, below: []};
      one.value += records;
      one.below.push(analysis);
      counts.set(reason, one);
    }
  }
  return [...counts.values()].map((one) => ({...one, below: one.below.join(', ')})).sort((x, y) => y.value - x.value);
}

const LINES = 7;

/** One line for each of the analyses with the greatest numbers, and one for the sum of the others. */
function Trend({title, note, kept, of, write}) {
  const sums = new Map();
  const trails = kept.map((one) => {
    const byAnalysis = new Map();
    for (const [name, view] of one.views) {
      const value = of(view);
      if (value !== null && value !== undefined) {
        const analysis = name.split('.', 1)[0];
        byAnalysis.set(analysis, (byAnalysis.get(analysis) || 0) + value);
        sums.set(analysis, (sums.get(analysis) || 0) + value);
      }
    }
    return {at: one.at, byAnalysis};
  });
  const names = [...sums].filter(([, sum]) => sum > 0).sort((x, y) => y[1] - x[1]).map(([name]) => name);
  const lines = names.slice(0, names.length > LINES + 1 ? LINES : LINES + 1);
  const series = lines.map((name) => ({name, points: trails.map(({at, byAnalysis}) => ({t: at, v: byAnalysis.get(name) ?? null}))}));
  const others = names.slice(lines.length);
  if (others.length > 0) {
    series.push({name: `${others.length} others`, points: trails.map(({at, byAnalysis}) => ({t: at, v: others.reduce((total, name) => total + (byAnalysis.get(name) || 0), 0)}))});
  }
  return h(Panel, {title, note}, series.length === 0 ? h(Empty, {}, kept.length === 0 ? 'Nothing measured yet.' : 'None in this time.')
    : h(Chart, {series, label: title, unit: {short: write, write, unit: ''}, height: 200}));
}

function Latency({kept}) {
  const series = ['p50', 'p95', 'p99'].map((name, index) => ({name, colour: colour([2, 0, 1][index]), points: kept.map((one) => {
    const values = [...one.views.values()].map((view) => view.latencyMillis?.[name] ?? null).filter((value) => value !== null);
    return {t: one.at, v: values.length === 0 ? null : Math.max(...values)};
  })}));
  const any = series.some((one) => one.points.some((point) => point.v !== null));
  return h(Panel, {title: 'Answer latency', note: 'from the end of a window to its answer in the store, worst view'},
    any ? h(Chart, {series, label: 'Answer latency', unit: {short: duration, write: duration, unit: 'time'}, height: 200})
      : h(Empty, {}, 'No window has ended since the server started. Replayed and finished data have no latency.'));
}

const EXITS = [['aggregated', 'aggregated'], ['filtered', 'filtered'], ['duplicate', 'duplicate'], ['late', 'late'], ['dead_lettered', 'dead letters']];

/** Whether every event has left by an exit: ok, flight (some are on their way), or bad. */
function balance(line) {
  return line.balanced ? 'ok' : line.in_flight > 0 ? 'flight' : 'bad';
}

function Ledger({ledgers, silent}) {
  return h(Panel, {title: 'Ledger', wide: true, note: 'read = aggregated + filtered + duplicate + late + dead letters'},
    ...silent.map((one) => p({key: one.analysis, class: 'bad', 'data-silent': one.analysis},
      `${one.analysis}: no record has come from ${one.silent.join(' and ')}, which holds back the watermark, so nothing settles. Send one, or start the stream without that input if it may be left out.`)),
    ledgers.length === 0 ? h(Empty, {}, 'No ledger stands beside these answers.') : div({class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Ledger'},
      table({}, thead({}, tr({}, th({scope: 'col'}, 'Analysis'), th({scope: 'col'}, 'Input'), th({scope: 'col', class: 'num'}, 'Read'),
        ...EXITS.map(([name, words]) => th({key: name, scope: 'col', class: 'num'}, words.charAt(0).toUpperCase() + words.slice(1))),
        th({scope: 'col'}, 'Balance'), th({scope: 'col', class: 'num'}, 'Watermark'))),
      tbody({}, ...ledgers.map((line) => tr({key: `${line.analysis} ${line.input}`, 'data-ledger': `${line.analysis}/${line.input}`},
        td({}, line.analysis), td({}, line.input), td({class: 'num', 'data-value': line.read}, integer(line.read)),
        ...EXITS.map(([name]) => td({key: name, class: classes('num', !line[name] && 'muted')}, integer(line[name] ?? 0))),
        td({}, span({class: balance(line)}, {ok: '✓ balanced', flight: `${integer(line.in_flight)} in flight`, bad: '✗ does not balance'}[balance(line)])),
        td({class: 'num'}, line.watermark ? moment(Date.parse(line.watermark)) : '–')))))));
}

function Served({now}) {
  const [open, toggle] = useState(null);
  const at = Date.parse(now.now);
  return h(Panel, {title: 'Views', wide: true}, div({class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Views'},
    table({}, thead({}, tr({}, th({scope: 'col'}, 'View'), th({scope: 'col', class: 'num'}, 'Rows'), th({scope: 'col', class: 'num'}, 'Rows/s'),
      th({scope: 'col', class: 'num'}, 'Behind'), th({scope: 'col', class: 'num'}, 'Latency p95'), th({scope: 'col'}, 'Watermark'), th({scope: 'col'}, 'Places'))),
    tbody({}, ...now.views.flatMap((view) => [tr({key: view.view},
      td({}, views.value?.has(view.view) ? a({href: `#/view/${view.view}`}, view.view) : view.view), td({class: 'num'}, integer(view.rows)), td({class: 'num'}, number(view.rowsPerSecond ?? 0)),
      td({class: 'num'}, view.lagRecords === null || view.lagRecords === undefined ? '–' : integer(view.lagRecords)),
      td({class: 'num'}, view.latencyMillis ? duration(view.latencyMillis.p95) : '–'),
      td({}, view.watermark ? `${moment(Date.parse(view.watermark))} (${ago(Date.parse(view.watermark), at)})` : '–'),
      td({}, view.places.length > 0 ? button({type: 'button', class: 'quiet', 'aria-expanded': open === view.view, onClick: () => toggle(open === view.view ? null : view.view)},
        placesOf(view)) : '–')),
    open === view.view && tr({key: `${view.view} places`}, td({colSpan: 7, class: 'places'}, ...view.places.map((one) => div({key: one.uri},
      code({}, one.uri), ` ${one.state}${one.note ? `: ${one.note}` : ''}`, ...Object.entries(one.positions).map(([place, position]) => div({key: place, class: 'num muted'}, `${place}: ${position}`))))))])))));
}

const placesOf = (view) => (view.places.length === 1 ? view.places[0].state : `${view.places.length} places`);
