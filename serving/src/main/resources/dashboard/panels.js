// Panels of the composed pages: each asks the store by SQL, and asks again when its views have changed.
import {h, useEffect, useMemo, useRef, useState, useSignal} from './lib.js';
import {sql} from './api.js';
import {Chart} from './chart.js';
import {unitOf} from './columns.js';
import {status, subscribe, views, watermarkOf} from './live.js';
import {Missing, Panel} from './parts.js';

/** Not more often than this many milliseconds does a page ask again, however fast answers change. */
const LEAST = 1000;

/** The worst state of a group of rows, in SQL: 0 open, 1 revisable, 2 settled. */
export const STATE = "min(case answer_state when 'open' then 0 when 'revisable' then 1 else 2 end)";
export const stateName = (number) => ['open', 'revisable', 'settled'][number] ?? 'settled';

export const served = (name) => views.value?.has(name) ?? false;
export const tableOf = (name) => views.value.get(name).table;

/** Where windows of the last so many milliseconds begin, before the newest of the table; null is all. */
export const since = (name, millis) => (millis === null ? 'true'
  : `window_start >= (select max(window_start) from ${tableOf(name)}) - interval ${Math.round(millis / 1000)} second`);

/**
 * Rows of a statement over views, kept up to date: {rows, error}. While a newer answer is on its way the older one stays. A null statement asks
 * nothing. The watermark of the first view counts as a change too, because it decides what is open.
 */
export function useSql(statement, names) {
  const [answer, set] = useState({rows: null, error: null});
  const asking = useRef({});
  useSignal(status);
  const watermark = watermarkOf(names[0]);
  useEffect(() => {
    if (statement === null) {
      return undefined;
    }
    const mine = {ended: false, busy: false, again: false, last: 0, timer: null};
    asking.current = mine;
    mine.ask = async () => {
      if (mine.busy || mine.timer !== null) {
        mine.again = mine.busy;
        return;
      }
      const wait = mine.last + LEAST - Date.now();
      if (wait > 0) {
        mine.timer = setTimeout(() => {
          mine.timer = null;
          mine.ask();
        }, wait);
        return;
      }
      mine.busy = true;
      mine.last = Date.now();
      try {
        const rows = await sql(statement);
        if (!mine.ended) {
          set({rows, error: null});
        }
      } catch (failed) {
        // While the server is away or busy the last numbers stay; the connection's state is shown at the top of the page.
        const busy = failed.status === 429 || failed.status === 503;
        mine.again = mine.again || busy;
        if (!mine.ended && failed.status !== undefined && !busy) {
          set((old) => ({rows: old.rows, error: failed}));
        }
      }
      mine.busy = false;
      if (mine.again && !mine.ended) {
        mine.again = false;
        mine.ask();
      }
    };
    mine.ask();
    const end = subscribe(names, {changes: () => mine.ask(), reload: () => mine.ask()});
    return () => {
      mine.ended = true;
      clearTimeout(mine.timer);
      end();
    };
  }, [statement, names.join()]);
  useEffect(() => {
    asking.current.ask?.();
  }, [watermark]);
  return answer;
}

/**
 * Series of rows with t, e (start and end of windows in milliseconds), s (state), v, and n (name, may be absent), and the corrections among
 * them: numbers of answered windows that changed while the page was open.
 */
export function useSeries(rows, column) {
  const known = useRef({seen: new Map(), corrections: []});
  return useMemo(() => {
    const series = new Map();
    for (const row of rows || []) {
      const name = row.n ?? 'all';
      if (!series.has(name)) {
        series.set(name, {name, points: []});
      }
      series.get(name).points.push({t: row.t, end: row.e, v: row.v, state: stateName(row.s)});
      const key = `${name} ${row.t}`;
      const before = known.current.seen.get(key);
      if (before !== undefined && before.v !== row.v && before.answered) {
        known.current.corrections.unshift({at: Date.now(), series: name, start: row.t, end: row.e, column, before: before.v, after: row.v});
        known.current.corrections.splice(200);
      }
      known.current.seen.set(key, {v: row.v, answered: row.s !== 0});
    }
    return {series: [...series.values()], corrections: [...known.current.corrections]};
  }, [rows]);
}

/** Series of a statement that gives t, e, s, v and perhaps n. */
export function SeriesPanel({title, note, view, statement, column, kind, wide, height, zero, names, corrected}) {
  const {rows, error} = useSql(served(view) ? statement : null, names || [view]);
  const {series, corrections} = useSeries(rows, column);
  useEffect(() => {
    if (corrected && corrections.length > 0) {
      corrected(title, corrections.map((one) => ({...one, label: title})));
    }
  }, [corrections.length]);
  if (!served(view)) {
    return h(Missing, {title, view, wide});
  }
  return h(Panel, {title, note, wide, error},
    h(Chart, {series, corrections, kind, unit: unitOf(column), label: title, height, zero}));
}

/** Corrections of all panels of a page in one list, newest first. */
export function useCorrected() {
  const [all, set] = useState(new Map());
  const add = (title, corrections) => set((old) => new Map(old).set(title, corrections));
  const list = [...all.values()].flat().sort((x, y) => y.at - x.at);
  return [list, add];
}
