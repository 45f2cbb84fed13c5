// The rows of one view in memory: merges what queries and changes bring, and notices corrections by late data.
import {keysOf, valuesOf} from './columns.js';
import {answered, stateAt} from './live.js';

const same = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

/** What names a row: its key and its window. Alerts, dead letters and the like are named by their key alone. */
export function nameOf(view, row) {
  const key = keysOf(view).map((column) => row[column.name]);
  return JSON.stringify(view.kind === undefined || view.kind === 'answers' ? [...key, row.window_start, row.window_end] : key);
}

/** The state of a row now: the watermark may have moved since the server sent it. What has no state is final. */
export function stateOf(view, row) {
  return row.answer_state ? stateAt(view.name, row.$end, row.answer_state) : 'settled';
}

/** The key alone, as the name of a series. */
export function seriesOf(view, row, columns = keysOf(view)) {
  return columns.map((column) => row[column.name] ?? 'all').join(' · ') || 'all';
}

/**
 * Rows by what names them. What this page knows of a row beside its columns begins with a dollar: $name, $start and $end of the window in
 * milliseconds, $was (values before corrections, by column) and $corrected (when, by this page's clock).
 */
export class Rows {
  #rows = new Map();

  /** columns: the names of the values that rows hold and that are watched for corrections; all of the view's by default. */
  constructor(view, columns = valuesOf(view).map((column) => column.name)) {
    this.view = view;
    this.columns = columns;
    /** Newest first: {at, series, start, end, column, before, after, revision} of values that changed after their window had been answered. */
    this.corrections = [];
  }

  get size() {
    return this.#rows.size;
  }

  list() {
    return [...this.#rows.values()];
  }

  clear() {
    this.#rows.clear();
  }

  /** Takes rows of a query: they replace what is there, but never a higher revision. */
  load(rows) {
    for (const row of rows) {
      this.#put(row, false);
    }
  }

  /** Takes a message of the stream of changes. Rows that do not fit the filter are left out. */
  apply({upserts = [], removals = []}, fits = () => true) {
    for (const row of removals) {
      this.#rows.delete(nameOf(this.view, row));
    }
    for (const row of upserts) {
      if (fits(row)) {
        this.#put(row, true);
      }
    }
  }

  /** Keeps the rows that come first in an order, and forgets the others. */
  keep(most, order) {
    if (this.#rows.size > most) {
      const kept = this.list().sort(order).slice(0, most);
      this.#rows = new Map(kept.map((row) => [row.$name, row]));
    }
  }

  #put(row, live) {
    const name = nameOf(this.view, row);
    const before = this.#rows.get(name);
    if (before && before.revision > row.revision) {
      return;
    }
    const start = Date.parse(row.window_start);
    const end = Date.parse(row.window_end);
    const changed = before ? this.columns.filter((column) => !same(before[column], row[column])) : [];
    // A window was answered if its row came as such, or if its end is long enough behind the watermark.
    const correction = live && before?.answer_state !== undefined && changed.length > 0 && end - start < 400 * 366 * 86_400_000
      && (before.answer_state !== 'open' || answered(this.view.name, end));
    const next = {...row, $name: name, $start: start, $end: end, $was: before?.$was || {}, $corrected: before?.$corrected || 0};
    if (correction) {
      next.$corrected = Date.now();
      next.$was = {...next.$was};
      for (const column of changed) {
        next.$was[column] = before[column];
        this.corrections.unshift({
          at: Date.now(), series: seriesOf(this.view, row), start, end, column, before: before[column], after: row[column], revision: row.revision,
        });
      }
      this.corrections.splice(500);
    }
    this.#rows.set(name, next);
  }
}
