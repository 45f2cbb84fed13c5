// What pages are built of: panels, tiles, bars, the funnel, lists of corrections.
import {button, classes, code, div, h, h2, li, ol, p, section, small, span, strong, ul, useEffect, useRef, useState} from './lib.js';
import {clock, integer, percent, windowText} from './format.js';
import {text, unitOf} from './columns.js';
import {Spark} from './chart.js';
import {State} from './table.js';

/** A part of a page with a title. note: a few words about what the numbers mean; error: why there are none. */
export function Panel({title, note, wide, tall, error, actions, children}) {
  return section({class: classes('panel', wide && 'wide', tall && 'tall')},
    div({class: 'panel-head'}, h2({}, title), note && span({class: 'note'}, note), actions),
    error ? p({class: 'error', role: 'alert'}, error.message || String(error)) : children);
}

/** Stands where a panel would be whose view is not served. */
export function Missing({title, view, wide}) {
  const analysis = view.split('.', 1)[0];
  return section({class: classes('panel missing', wide && 'wide')},
    div({class: 'panel-head'}, h2({}, title)),
    p({class: 'empty'}, 'Not served. Add ', code({}, `${analysis}=URI`), ' to the command ', code({}, 'serve'), ', where URI is the place of its answers.'));
}

export function Empty({children}) {
  return p({class: 'empty'}, children);
}

/** A number that people came for. before: the number to compare with. */
export function Tile({name, value, write = integer, below, state, points, tone}) {
  const seen = useRef(value);
  const [beat, go] = useState(0);
  useEffect(() => {
    if (seen.current !== value) {
      seen.current = value;
      go((n) => n + 1);
    }
  }, [value]);
  return div({class: classes('tile', tone), 'data-tile': name},
    div({class: 'tile-name'}, name, state && h(State, {state})),
    div({class: 'tile-value', key: beat, 'data-value': value ?? ''}, value === null || value === undefined || Number.isNaN(value) ? '–' : write(value)),
    below && div({class: 'tile-below'}, below),
    points && h(Spark, {points}));
}

export const Tiles = ({children}) => div({class: 'tiles'}, children);

/** A list with bars. items: [{name, value, below?, state?, tone?}], longest first. */
export function Bars({items, write = integer, label, rank = false}) {
  const most = Math.max(1e-9, ...items.map((item) => Math.abs(item.value)));
  if (items.length === 0) {
    return h(Empty, {}, 'Nothing yet.');
  }
  return ol({class: 'bars', 'aria-label': label}, ...items.map((item, index) => li({key: item.name, class: classes(item.state, item.tone), 'data-name': item.name},
    div({class: 'bar-line'}, rank && span({class: 'rank'}, index + 1), span({class: 'bar-name'}, item.name), item.below && small({class: 'muted'}, item.below),
      span({class: 'num', 'data-value': item.value}, write(item.value))),
    div({class: 'bar-track', 'aria-hidden': true}, div({class: 'bar', style: {width: `${(100 * Math.abs(item.value)) / most}%`}})))));
}

/** A closed funnel. steps: [{step, visitors}] in their order. */
export function Funnel({steps, label}) {
  const first = steps[0]?.visitors || 0;
  if (first === 0) {
    return h(Empty, {}, 'No visitors yet.');
  }
  return ol({class: 'funnel', 'aria-label': label}, ...steps.map((one, index) => {
    const before = index === 0 ? one.visitors : steps[index - 1].visitors;
    return li({key: one.step, 'data-name': one.step},
      div({class: 'funnel-name'}, words(one.step)),
      div({class: 'funnel-track', 'aria-hidden': true}, div({class: 'funnel-bar', style: {width: `${(100 * one.visitors) / first}%`}})),
      div({class: 'funnel-number'}, span({class: 'num', 'data-value': one.visitors}, integer(one.visitors)), small({class: 'muted'}, percent(one.visitors / first))),
      index > 0 && before > one.visitors && small({class: 'funnel-drop'}, `${percent((before - one.visitors) / before)} leave here`));
  }));
}

const words = (name) => {
  const lower = name.toLowerCase().replaceAll('_', ' ');
  return lower.charAt(0).toUpperCase() + lower.slice(1);
};

/** Numbers that late data moved since the page was opened: newest first. */
export function Corrections({corrections, most = 12}) {
  if (corrections.length === 0) {
    return h(Empty, {}, 'No number of an ended window has changed since you opened this page.');
  }
  return ul({class: 'corrections'}, ...corrections.slice(0, most).map((one) => {
    const rise = typeof one.before === 'number' && typeof one.after === 'number' ? one.after - one.before : null;
    return li({key: `${one.at} ${one.series} ${one.start} ${one.column}`, 'data-column': one.column},
      span({class: 'muted num'}, clock(one.at, true)), div({}, one.series !== 'all' && strong({}, one.series, ' '), span({class: 'muted'}, windowText(one.start, one.end)),
        div({}, one.label || one.column, ' ', span({class: 'num struck'}, written(one.column, one.before)), ' → ', span({class: 'num after'}, written(one.column, one.after)),
          rise !== null && span({class: 'num muted'}, ` (${rise > 0 ? '+' : '−'}${unitOf(one.column).write(Math.abs(rise))})`))));
  }));
}

const written = (column, value) => (typeof value === 'number' ? unitOf(column).write(value) : text({name: column, type: Array.isArray(value) ? 'json' : 'text'}, value));

/** Buttons of which one is chosen. choices: [[value, words]]. */
export function Choice({label, choices, value, choose}) {
  return div({class: 'choice', role: 'group', 'aria-label': label}, ...choices.map(([one, name]) => button({
    key: String(one), type: 'button', 'aria-pressed': one === value, onClick: () => choose(one)}, name)));
}

export const RANGES = [[15 * 60_000, '15 min'], [3_600_000, '1 h'], [6 * 3_600_000, '6 h'], [86_400_000, '1 day'], [7 * 86_400_000, '7 days'], [null, 'all']];
