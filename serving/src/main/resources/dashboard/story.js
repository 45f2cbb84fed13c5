// What composed pages share: several analyses that tell one story. Panels whose view is not served say so.
import {div, h, h1, p} from './lib.js';
import {money} from './format.js';
import {comparing, useRows} from './held.js';
import {views} from './live.js';
import {served, stateName, tableOf, useSql} from './panels.js';
import {Choice, Corrections, Empty, Missing, Panel, RANGES} from './parts.js';
import {Table} from './table.js';

export const short = (minor) => money(minor, true);
export const START = 'epoch_ms(window_start) as t, epoch_ms(window_end) as e';
/** Rows of the newest window of a view, in SQL. */
export const newestOf = (name) => `window_start = (select max(window_start) from ${tableOf(name)})`;

/** The frame of a composed page. */
export function Story({title, summary, tiles, children, range, choose, corrections}) {
  return div({class: 'page story'},
    div({class: 'head'}, h1({}, title), p({class: 'summary'}, summary)),
    tiles,
    div({class: 'controls'}, h(Choice, {label: 'Time range', choices: RANGES.filter(([one]) => one !== null), value: range, choose})),
    div({class: 'grid'}, children,
      h(Panel, {title: 'Corrections by late data', note: 'since you opened this page', wide: true}, h(Corrections, {corrections}))));
}

/** One row of a statement over a view, or an empty one. */
export function useOne(name, statement) {
  const {rows} = useSql(served(name) ? statement() : null, [name]);
  return rows?.[0] || {};
}

/** The points of a statement that gives v and s. */
export function useTrail(name, statement) {
  const {rows} = useSql(served(name) ? statement() : null, [name]);
  return (rows || []).map((row) => ({v: row.v, state: stateName(row.s)}));
}

const NEWEST = {order: '-window_start', limit: 60};

/** The rows of the newest window of a view. */
export function useNewestRows(name) {
  const view = views.value.get(name);
  const held = useRows(view, {parameters: NEWEST, fits: () => true, most: 60, compare: comparing('$start', true)});
  const list = held.rows.list();
  const newest = Math.max(...list.map((row) => row.$start));
  return list.filter((row) => row.$start === newest);
}

/** The newest rows of a view in a table, or why there is none. */
export function Latest({title, name, most = 8, wide, none, columns}) {
  return served(name) ? h(LatestShown, {title, name, most, wide, none, columns}) : h(Missing, {title, view: name, wide});
}

function LatestShown({title, name, most, wide, none, columns}) {
  const view = views.value.get(name);
  const compare = comparing('$start', true);
  const held = useRows(view, {parameters: {order: '-window_start', limit: most}, fits: () => true, most, compare});
  const rows = held.rows.list().sort(compare);
  return h(Panel, {title, wide, error: held.error}, rows.length === 0 ? h(Empty, {}, held.loaded ? none : 'Loading…')
    : h(Table, {view, rows, names: columns, order: {column: 'window_start', down: true}, sort: () => {
      location.hash = `#/view/${name}`;
    }, label: title}));
}
