// What a column means, by its type and its name, so that any analysis is drawn without code of its own.
// Names carry their units: gmv_minor, price_e4, p95_millis, success_rate, conversion_percent.
import * as format from './format.js';

const ACRONYMS = new Map(Object.entries({gmv: 'GMV', ctr: 'CTR', ecpm: 'eCPM', vwap: 'VWAP', sma: 'SMA', ema: 'EMA', rsi: 'RSI', eta: 'ETA', id: 'ID',
  p50: 'p50', p95: 'p95', p99: 'p99', mrp: 'MRP'}));

/** Words for a column: gmv_minor → GMV, startup_p95_millis → Startup p95. */
export function labelOf(name) {
  const words = name.replace(/_(minor|millis|e\d|kbps|percent)$/, '').split(/[_-]/).map((word) => ACRONYMS.get(word) || word).join(' ');
  return words.charAt(0) === words.charAt(0).toLowerCase() && !/^(eCPM|p\d)/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

const plain = {write: format.number, short: format.compact, unit: ''};

/** How numbers of a column are written: {write, short, unit}; write and short take a number. */
export function unitOf(name) {
  if (/_minor$/.test(name)) {
    return {write: (v) => format.money(v), short: (v) => format.money(v, true), unit: 'money'};
  }
  const scaled = /_e(\d)$/.exec(name);
  if (scaled) {
    const scale = 10 ** Number(scaled[1]);
    return {write: (v) => format.number(v / scale), short: (v) => format.compact(v / scale), unit: ''};
  }
  if (/millis/.test(name)) {
    return {write: format.duration, short: format.duration, unit: 'time'};
  }
  if (/(^|_)seconds(_|$)/.test(name)) {
    const write = (v) => format.duration(v * 1000);
    return {write, short: write, unit: 'time'};
  }
  if (/_percent$|^percent$/.test(name)) {
    const write = (v) => format.percent(v / 100);
    return {write, short: write, unit: '%'};
  }
  if (/(^|_)(rate|share|ctr)(_|$)|_ratio$/.test(name)) {
    return {write: format.percent, short: format.percent, unit: '%'};
  }
  if (/multiplier/.test(name)) {
    const write = (v) => `×${v.toFixed(1)}`;
    return {write, short: write, unit: '×'};
  }
  if (/_kbps$/.test(name)) {
    return {write: (v) => `${format.number(Math.round(v))} kbit/s`, short: (v) => `${format.compact(Math.round(v))} kbit/s`, unit: 'kbit/s'};
  }
  if (/metres/.test(name)) {
    return {write: (v) => `${format.number(v)} m`, short: (v) => `${format.compact(v)} m`, unit: 'm'};
  }
  return plain;
}

export const numeric = (column) => ['long', 'double', 'decimal'].includes(column.type) && column.role === 'value';
export const keysOf = (view) => view.columns.filter((column) => column.role === 'key');
export const valuesOf = (view) => view.columns.filter((column) => column.role === 'value');
export const numbersOf = (view) => view.columns.filter(numeric);

/** The key column whose texts are geohashes, or undefined. */
export const cellOf = (view) => keysOf(view).find((column) => column.name === 'cell' || column.name.endsWith('_cell'));

/** Rate-like numbers do not add up over keys; counts and money do. */
export const additive = (name) => unitOf(name) === plain || unitOf(name).unit === 'money';

/** A value as text. row: where it stands, because an alert says in a column of its own what its value measures. */
export function text(column, value, row) {
  if (value === null || value === undefined) {
    return format.NOTHING;
  }
  switch (column.type) {
    case 'long':
    case 'double':
    case 'decimal':
      return typeof value === 'number' ? unitOf(measuredIn(column.name, row)).write(value) : String(value);
    case 'instant':
      return format.moment(Date.parse(value));
    case 'boolean':
      return value ? 'yes' : 'no';
    case 'json':
      return json(value);
    default:
      return String(value);
  }
}

const measuredIn = (name, row) => (typeof row?.measured === 'string' && /^(value|limit|expected)$/.test(name) ? row.measured : name);

function json(value) {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'none' : value.map((item) => (item !== null && typeof item === 'object' ? summary(item) : String(item))).join(' · ');
  }
  return typeof value === 'object' ? summary(value) : String(value);
}

/** The first word and the first number of an object: enough to recognise it in a cell of a table. */
function summary(item) {
  const entries = Object.entries(item).filter(([name]) => name !== 'rank');
  const word = entries.find(([, value]) => typeof value === 'string');
  const count = entries.find(([, value]) => typeof value === 'number');
  return [word && word[1], count && unitOf(count[0]).short(count[1])].filter(Boolean).join(' ');
}

/** The value of a JSON column: nested, or the text of it. */
export function nested(value) {
  return typeof value === 'string' ? JSON.parse(value) : value;
}
