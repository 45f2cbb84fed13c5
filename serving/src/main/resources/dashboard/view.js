// The page of one view, drawn from its schema: time series, top list, map, nested lists, and the rows themselves.
import {a, button, div, Fragment, h, h1, input, label, option, p, select, span, useEffect, useMemo, useRef, useState, useSignal} from './lib.js';
import {query, queryAddress, quoted, sql} from './api.js';
import {Chart} from './chart.js';
import {cellOf, keysOf, labelOf, nested, numbersOf, text, unitOf, valuesOf} from './columns.js';
import {endless, fromField, integer, moment, momentary, toField, windowText} from './format.js';
import {comparing, useRows} from './held.js';
import {status, watermarkOf} from './live.js';
import {CellMap, WindowSlider} from './map.js';
import {Bars, Choice, Corrections, Empty, Panel, RANGES} from './parts.js';
import {seriesOf, stateOf} from './rows.js';
import {State, Table} from './table.js';

const SERIES = 8;
const POINTS = 10_000;
const PAGE = 100;

/** Metrics that tell most come first: money and counts that name the view, then the rest in the order of the schema. */
function firstMetric(view) {
  const numbers = numbersOf(view);
  return (numbers.find((column) => /multiplier|concurrent/.test(column.name)) || numbers[0])?.name ?? null;
}

export function ViewPage({view, parameters, set}) {
  const hasWindows = view.columns.some((column) => column.role === 'window');
  const keys = keysOf(view);
  const metric = parameters.get('metric') || firstMetric(view);
  const asKnownAt = parameters.get('asKnownAt');
  const live = asKnownAt === null;
  const filters = Object.fromEntries(keys.filter((key) => parameters.get(key.name)).map((key) => [key.name, parameters.get(key.name)]));
  const range = parameters.has('range') ? (parameters.get('range') === 'all' ? null : Number(parameters.get('range'))) : 3_600_000;
  const newest = useNewest(view, hasWindows, filters, asKnownAt);

  const ever = Boolean(newest) && endless(newest.start, newest.end);
  const from = !newest || ever || range === null ? null : newest.start - range + (newest.end - newest.start > range ? range : 0);
  // Queries keep the beginning that the range had when it was chosen; what grows older than the range is left out when it is drawn.
  const rangeKey = JSON.stringify([view.name, filters, asKnownAt, range, ever, !newest]);
  const frozen = useRef({key: null, from: null});
  if (newest && frozen.current.key !== rangeKey) {
    frozen.current = {key: rangeKey, from};
  }
  const first = frozen.current.from;
  const fits = (row) => (from === null || Date.parse(row.window_start) >= from) && Object.entries(filters).every(([name, value]) => String(row[name]) === value);
  const shared = {...filters, asKnownAt, from: first === null ? null : new Date(first).toISOString()};

  const orderText = parameters.get('order') || (hasWindows && !ever ? '-window_start' : metric ? `-${metric}` : null);
  const order = {column: (orderText || '').replace(/^-/, ''), down: (orderText || '').startsWith('-')};
  const compare = comparing(order.column, order.down);
  const ready = newest !== undefined;
  const asked = {...shared, order: orderText};
  const rows = useRows(view, {parameters: ready ? {...asked, limit: PAGE} : null, fits, most: PAGE, compare, live});
  const list = rows.rows.list().sort(compare);

  const sort = (column) => set({order: order.column === column && order.down ? column : `-${column}`});
  const drawn = metric !== null && hasWindows && newest && !ever;
  return div({class: 'page view', 'data-view': view.name},
    h(Head, {view, newest, asKnownAt}),
    div({class: 'controls'},
      hasWindows && !ever && h(Choice, {label: 'Time range', choices: RANGES, value: range, choose: (one) => set({range: one === null ? 'all' : one})}),
      hasWindows && numbersOf(view).length > 1 && label({class: 'field'}, span({}, 'Measure'), select({value: metric, onChange: (event) => set({metric: event.target.value})},
        ...numbersOf(view).map((column) => option({key: column.name, value: column.name}, labelOf(column.name))))),
      ...keys.map((key) => h(KeyFilter, {key: key.name, view, column: key, value: filters[key.name] || '', choose: (value) => set({[key.name]: value || null})})),
      h(AsKnownAt, {value: asKnownAt, choose: (value) => set({asKnownAt: value})})),
    !live && div({class: 'banner', role: 'status'}, `As it was known at ${moment(Date.parse(asKnownAt))}. Nothing here changes. `,
      button({type: 'button', onClick: () => set({asKnownAt: null})}, 'Back to live')),
    drawn && h(Series, {key: `${metric} ${JSON.stringify(shared)}`, view, metric, shared, fits, live, newest}),
    div({class: 'grid'},
      newest && h(OneWindow, {view, metric, filters, asKnownAt, newest, ever, live, from}),
      ...valuesOf(view).filter((column) => column.type === 'json').map((column) => h(Nested, {key: column.name, view, column, rows: list}))),
    h(Panel, {title: 'Rows', wide: true, error: rows.error, note: `${integer(list.length)} shown${view.rows > list.length ? ` of ${integer(view.rows)}` : ''}`,
      actions: div({class: 'actions'}, ...['csv', 'json', 'arrow'].map((kind) => a({key: kind, class: 'quiet', href: queryAddress(view.name, {...asked, limit: POINTS, format: kind}), download: `${view.name}.${kind}`}, kind.toUpperCase())))},
    list.length === 0 ? h(Empty, {}, rows.loaded ? 'No rows match.' : 'Loading…') : h(Table, {view, rows: list, order, sort, label: `Rows of ${view.name}`}),
    rows.next && button({type: 'button', class: 'more', onClick: () => rows.more()}, `Next ${PAGE} rows`)),
    live && hasWindows && h(Panel, {title: 'Corrections by late data', wide: true, note: 'since you opened this page'}, h(Corrections, {corrections: rows.rows.corrections})));
}

function Head({view, newest, asKnownAt}) {
  useSignal(status);
  const watermark = watermarkOf(view.name);
  return div({class: 'head'},
    h1({}, view.name),
    view.summary && p({class: 'summary'}, view.summary),
    div({class: 'facts'},
      view.domain && span({}, view.domain),
      span({}, `${integer(status.value?.views?.find((one) => one.view === view.name)?.rows ?? view.rows)} rows`),
      newest && !endless(newest.start, newest.end) && span({}, `newest window ${windowText(newest.start, newest.end)}`),
      !asKnownAt && span({}, watermark === null ? 'no watermark: finished data' : `stream time ${moment(watermark)}`),
      span({class: 'muted'}, `SQL table ${view.table}`)));
}

/** The newest window of a view: undefined until it is known, null if there is none. It moves on as rows come. */
function useNewest(view, hasWindows, filters, asKnownAt) {
  const [newest, set] = useState(undefined);
  const rows = useRows(view, {parameters: hasWindows ? {...filters, asKnownAt, order: '-window_start', limit: 1} : null, live: asKnownAt === null,
    fits: (row) => Object.entries(filters).every(([name, value]) => String(row[name]) === value), most: 1, compare: comparing('window_start', true), columns: []});
  const row = rows.rows.list()[0];
  useEffect(() => {
    if (!hasWindows || (rows.loaded && row === undefined)) {
      set(null);
    } else if (row !== undefined) {
      set((old) => (old && old.start === row.$start && old.end === row.$end ? old : {start: row.$start, end: row.$end}));
    }
  }, [rows.loaded, row?.$start, row?.$end]);
  return newest;
}

function KeyFilter({view, column, value, choose}) {
  const [values, set] = useState([]);
  useEffect(() => {
    let ended = false;
    sql(`select distinct ${column.name} as v from ${view.table} where ${column.name} is not null order by 1 limit 61`)
      .then((rows) => !ended && set(rows.map((row) => String(row.v))))
      .catch((failed) => console.warn(`no values of ${column.name} to choose from:`, failed.message));
    return () => {
      ended = true;
    };
  }, [view.name, column.name]);
  const words = span({}, labelOf(column.name));
  if (values.length > 60) {
    return label({class: 'field'}, words, input({type: 'search', value, placeholder: 'all', onChange: (event) => choose(event.target.value.trim())}));
  }
  return label({class: 'field'}, words, select({value, onChange: (event) => choose(event.target.value)}, option({value: ''}, 'all'),
    ...[...new Set([...values, ...(value ? [value] : [])])].map((one) => option({key: one, value: one}, one))));
}

function AsKnownAt({value, choose}) {
  return label({class: 'field'}, span({}, 'As known at'), input({type: 'datetime-local', step: 1, value: value ? toField(Date.parse(value)) : '',
    onChange: (event) => choose(event.target.value ? new Date(fromField(event.target.value)).toISOString() : null)}));
}

/** The series of the keys with the greatest numbers in the range. */
function Series({view, metric, shared, fits, live, newest}) {
  const [top, set] = useState(null);
  const keys = keysOf(view);
  useEffect(() => {
    let ended = false;
    query(view.name, {...shared, order: `-${metric}`, limit: 500}).then(({rows}) => {
      const names = new Map();
      for (const row of rows) {
        names.set(seriesOf(view, row), row);
      }
      if (!ended) {
        set([...names.entries()].slice(0, SERIES));
      }
    }, (failed) => !ended && set(failed));
    return () => {
      ended = true;
    };
  }, []);
  const chosen = Array.isArray(top) ? new Map(top) : new Map();
  // One filter for each column of the key gives their cross product; what does not belong is left out below.
  const inKeys = Object.fromEntries(keys.map((key) => [`${key.name}.in`, [...new Set([...chosen.values()].map((row) => row[key.name]))]])
    .filter(([, values]) => values.length > 0 && !values.some((value) => value === null || String(value).includes(','))));
  const many = momentary(newest.start, newest.end);
  const belongs = (row) => {
    const name = seriesOf(view, row);
    if (fits(row) && !many && !chosen.has(name) && chosen.size < SERIES) {
      // A key that was not there when the page was opened.
      set((old) => (Array.isArray(old) && old.length < SERIES && !old.some(([one]) => one === name) ? [...old, [name, row]] : old));
    }
    return fits(row) && (many || chosen.has(name));
  };
  const rows = useRows(view, {parameters: Array.isArray(top) ? {...shared, ...(many ? {} : inKeys), order: '-window_start', limit: POINTS} : null, fits: belongs, live, columns: [metric]});
  const all = rows.rows.list();
  const series = useMemo(() => {
    const made = new Map();
    for (const row of all.filter((one) => fits(one))) {
      // Windows of a moment stand for single events; each has a key of its own, so they are one series.
      const name = many ? labelOf(metric) : seriesOf(view, row);
      if (!many && !chosen.has(name)) {
        continue;
      }
      if (!made.has(name)) {
        made.set(name, {name, points: []});
      }
      made.get(name).points.push({t: row.$start, end: row.$end, v: row[metric], state: stateOf(view, row)});
    }
    const order = [...chosen.keys()];
    return [...made.values()].sort((x, y) => order.indexOf(x.name) - order.indexOf(y.name));
  });
  const ofSession = !many && new Set(all.slice(0, 200).map((row) => row.$end - row.$start)).size > 3;
  return h(Panel, {title: labelOf(metric), wide: true, error: top instanceof Error ? top : rows.error,
    note: `${keys.map((key) => labelOf(key.name).toLowerCase()).join(' · ') || 'all'}${chosen.size === SERIES ? `, the ${SERIES} greatest` : ''}`},
  h(Chart, {series, kind: many || ofSession ? 'points' : 'line', unit: unitOf(metric), label: `${labelOf(metric)} of ${view.name}`, height: 280, corrections: rows.rows.corrections}));
}

/** The keys of one window by size, and where they are if they are cells. */
function OneWindow({view, metric, filters, asKnownAt, newest, ever, live, from}) {
  const [chosen, choose] = useState(null);
  const [windows, setWindows] = useState([]);
  const cell = cellOf(view);
  const many = momentary(newest.start, newest.end);
  const start = chosen ?? newest.start;
  useEffect(() => {
    let ended = false;
    const bound = from === null ? 'true' : `window_start >= ${quoted(new Date(from).toISOString().replace('T', ' ').replace('Z', ''))}`;
    sql(`select distinct epoch_ms(window_start) as t from ${view.table} where ${bound} order by 1 desc limit 240`)
      .then((rows) => !ended && setWindows(rows.map((row) => Number(row.t)).reverse()))
      .catch((failed) => console.warn('no windows to choose from:', failed.message));
    return () => {
      ended = true;
    };
  }, [view.name, from]);
  const parameters = metric === null || many ? null : {...filters, asKnownAt, order: `-${metric}`, limit: cell ? 5000 : 200,
    ...(ever ? {} : {from: new Date(start).toISOString(), to: new Date(start + 1).toISOString()})};
  const rows = useRows(view, {parameters, live, fits: (row) => (ever || Date.parse(row.window_start) === start) && Object.entries(filters).every(([name, value]) => String(row[name]) === value)});
  if (parameters === null) {
    return null;
  }
  const list = rows.rows.list().filter((row) => typeof row[metric] === 'number').sort(comparing(metric, true));
  const unit = unitOf(metric);
  const slider = !ever && h(WindowSlider, {windows, value: chosen, choose, words: (t) => windowText(t, t + (newest.end - newest.start))});
  const state = list.length > 0 && stateOf(view, list[0]);
  const note = list.length > 0 && windowText(list[0].$start, list[0].$end);
  const numbers = list.map((row) => row[metric]);
  return h(Fragment, {},
    cell && h(Panel, {title: `${labelOf(metric)} by cell`, tall: true, note, actions: state && h(State, {state}), error: rows.error},
      h(CellMap, {title: `Map of ${labelOf(metric)}`, write: unit.short, low: Math.min(...numbers, /multiplier/.test(metric) ? 1 : 0), high: Math.max(...numbers, 1),
        cells: list.map((row) => ({cell: row[cell.name], value: row[metric], text: unit.short(row[metric]), state: stateOf(view, row),
          below: numbersOf(view).filter((column) => column.name !== metric).slice(0, 3).map((column) => `${labelOf(column.name)} ${text(column, row[column.name])}`).join(', ')}))}), slider),
    h(Panel, {title: `${labelOf(metric)}, greatest first`, note, actions: state && h(State, {state}), error: rows.error},
      h(Bars, {label: `Keys by ${labelOf(metric)}`, rank: true, write: unit.write, items: list.slice(0, 12).map((row) => ({name: seriesOf(view, row), value: row[metric], state: stateOf(view, row)}))}),
      !cell && slider));
}

/** A column of lists, such as top products or the steps of a funnel, of the newest row of each key. */
function Nested({view, column, rows}) {
  const newest = new Map();
  for (const row of [...rows].sort(comparing('$start', true))) {
    if (!newest.has(seriesOf(view, row))) {
      newest.set(seriesOf(view, row), row);
    }
  }
  const lists = [...newest.values()].map((row) => ({row, items: itemsOf(nested(row[column.name]))})).filter(({items}) => items.length > 0).slice(0, 4);
  if (lists.length === 0) {
    return null;
  }
  return h(Fragment, {}, ...lists.map(({row, items}) => h(Panel, {key: row.$name, title: `${labelOf(column.name)}: ${seriesOf(view, row)}`,
    note: windowText(row.$start, row.$end), actions: h(State, {state: stateOf(view, row)})},
  h(Bars, {label: column.name, rank: true, write: unitOf(items[0].measure).short, items: items.slice(0, 12)}))));
}

function itemsOf(value) {
  if (!Array.isArray(value)) {
    return [];
  }
  return value.filter((item) => item !== null && typeof item === 'object').map((item) => {
    const entries = Object.entries(item).filter(([name]) => name !== 'rank');
    const name = entries.find(([, one]) => typeof one === 'string');
    const measure = entries.find(([one, number]) => typeof number === 'number' && /_minor$/.test(one)) || entries.find(([, number]) => typeof number === 'number');
    return name && measure ? {name: name[1], measure: measure[0], value: measure[1],
      below: entries.filter(([one, number]) => typeof number === 'number' && one !== measure[0]).slice(0, 2).map(([one, number]) => `${unitOf(one).short(number)} ${labelOf(one).toLowerCase()}`).join(', ')} : null;
  }).filter((item) => item !== null);
}
