// Rows as a table whose cells show what has just changed, and what late data corrected.
import {button, classes, div, h, small, span, table, tbody, td, th, thead, tr, useEffect, useRef} from './lib.js';
import {cellOf, keysOf, labelOf, numeric, text, valuesOf} from './columns.js';
import {moment, windowText, zoneName} from './format.js';
import {stateOf} from './rows.js';

export function State({state, until}) {
  const title = {
    open: 'The window has not ended: the number still grows.',
    revisable: `The window has ended; late data may correct it${until ? ` until ${moment(Date.parse(until))}` : ''}.`,
    settled: 'Final: no data can change it any more.',
  }[state];
  return span({class: `state ${state}`, title}, state);
}

/** A cell that lights up when its value changes, and keeps the number from before a correction in sight. */
function Cell({column, row}) {
  const value = row[column.name];
  const was = row.$was?.[column.name];
  const seen = useRef(value);
  const changed = JSON.stringify(seen.current) !== JSON.stringify(value);
  useEffect(() => {
    seen.current = value;
  });
  const right = numeric(column) || ['long', 'double', 'decimal'].includes(column.type);
  const words = text(column, value, row);
  return td({class: classes(right && 'num', changed && 'fresh', was !== undefined && 'corrected', column.type === 'json' && 'json'), 'data-column': column.name,
    'data-value': typeof value === 'object' ? undefined : String(value), title: column.type === 'json' ? words : undefined},
  words, was !== undefined && small({class: 'was'}, `was ${text(column, was, row)}`));
}

/**
 * A table of rows as rows.js keeps them. order: {column, down}; sort(column) is called with the name of the column whose header was used; names: which
 * columns are shown, in this order, all by default.
 */
export function Table({view, rows, order, sort, label, names}) {
  const cell = cellOf(view);
  const all = [...keysOf(view), ...valuesOf(view)];
  const columns = names ? names.map((name) => all.find((column) => column.name === name)).filter(Boolean) : all;
  const answers = view.kind === undefined || view.kind === 'answers';
  const place = useRef(null);
  const walk = (event) => {
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key];
    const next = by && (by > 0 ? event.target.nextElementSibling : event.target.previousElementSibling);
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
  const head = (name, words, right) => th({key: name, scope: 'col', class: right ? 'num' : '', 'aria-sort': order.column === name ? (order.down ? 'descending' : 'ascending') : 'none'},
    button({type: 'button', onClick: () => sort(name)}, words, span({class: 'arrow', 'aria-hidden': true}, order.column === name ? (order.down ? ' ↓' : ' ↑') : '')));
  return div({class: 'scroll', ref: place, tabIndex: 0, role: 'region', 'aria-label': label},
    table({},
      thead({}, tr({},
        view.columns.some((column) => column.role === 'window') && head('window_start', ['Window ', small({}, zoneName())]),
        ...columns.map((column) => head(column.name, labelOf(column.name), numeric(column))),
        answers && th({scope: 'col'}, 'Answer'),
        answers && head('revision', 'Rev.', true))),
      tbody({}, ...rows.map((row) => {
        const state = stateOf(view, row);
        return tr({key: row.$name, class: classes(answers && state, Date.now() - row.$corrected < 60_000 && 'just-corrected'), tabIndex: -1, onKeyDown: walk, 'data-row': row.$name},
          view.columns.some((column) => column.role === 'window') && td({class: 'window'}, Number.isNaN(row.$start) ? '–' : windowText(row.$start, row.$end)),
          ...columns.map((column) => h(Cell, {key: column.name, column, row, cell})),
          answers && td({}, h(State, {state, until: row.revisable_until})),
          answers && td({class: 'num muted'}, row.revision ?? '–'));
      }))));
}
