// Rows of a query that stay up to date while a component is shown.
import {useEffect, useRef, useState, useSignal} from './lib.js';
import {query} from './api.js';
import {status, subscribe} from './live.js';
import {Rows} from './rows.js';

/** A page draws at most this often, in milliseconds, however fast rows change. */
const DRAW = 200;

/**
 * The rows of one query. parameters: of the API, or null to ask nothing; fits(row): whether a changed row belongs to it; most: how many are kept,
 * in the order of compare; live: false for what was known at a moment, which cannot change. Returns {rows, loaded, error, next, more()}.
 */
export function useRows(view, {parameters, fits, most, compare, live = true, columns}) {
  const [, draw] = useState(0);
  const held = useRef({rows: new Rows(view, columns), loaded: false, error: null, next: null});
  const handlers = useRef({});
  handlers.current = {fits, most, compare};
  useSignal(status);
  const key = JSON.stringify([view.name, parameters, live]);
  useEffect(() => {
    if (parameters === null) {
      return undefined;
    }
    const mine = {rows: new Rows(view, columns), loaded: false, error: null, next: null, waiting: []};
    let ended = false;
    let timer = null;
    const soon = () => {
      timer = timer ?? setTimeout(() => {
        timer = null;
        draw((n) => n + 1);
      }, DRAW);
    };
    const apply = (message) => {
      const {fits: belongs, most: limit, compare: order} = handlers.current;
      mine.rows.apply(message, belongs);
      if (limit && order) {
        mine.rows.keep(Math.max(limit, mine.extent), order);
      }
    };
    const load = async () => {
      mine.loaded = false;
      mine.waiting = [];
      try {
        const page = await query(view.name, parameters);
        if (ended) {
          return;
        }
        mine.rows.clear();
        mine.rows.load(page.rows);
        mine.extent = page.rows.length;
        mine.next = page.next;
        mine.error = null;
      } catch (failed) {
        mine.error = failed;
      }
      mine.loaded = true;
      mine.waiting.forEach(apply);
      mine.waiting = [];
      if (!ended) {
        held.current = mine;
        draw((n) => n + 1);
      }
    };
    mine.more = async () => {
      const page = await query(view.name, {...parameters, cursor: mine.next});
      mine.rows.load(page.rows);
      mine.extent += page.rows.length;
      mine.next = page.next;
      draw((n) => n + 1);
    };
    // Changes between the query and the first message of the stream are not lost: the stream is asked for first.
    const end = live ? subscribe([view.name], {
      changes: (message) => {
        if (mine.loaded) {
          apply(message);
          soon();
        } else {
          mine.waiting.push(message);
        }
      },
      reload: load,
    }) : () => {};
    load();
    return () => {
      ended = true;
      clearTimeout(timer);
      end();
    };
  }, [key]);
  return held.current;
}

/** Compares rows by a column; nothing comes last, and rows that are equal in it are in the order of their names. */
export function comparing(column, down) {
  return (one, other) => {
    const x = one[column];
    const y = other[column];
    if (x === y) {
      return one.$name < other.$name ? -1 : 1;
    }
    if (x === null || x === undefined) {
      return 1;
    }
    if (y === null || y === undefined) {
      return -1;
    }
    return (x < y ? -1 : 1) * (down ? -1 : 1);
  };
}
