// What the whole page knows: the views, the status of the server and its history, and the one connection that brings the changes.
import {useEffect, Signal} from './lib.js';
import {follow, get} from './api.js';
import {isoMillis} from './format.js';

/** All views by name, or null until they are known. */
export const views = new Signal(null);

/** {state: 'connecting'|'live'|'waiting', since, retryAt, reason} */
export const connection = new Signal({state: 'connecting', since: Date.now()});

/** The latest status of the server, see GET /api/status, or null. */
export const status = new Signal(null);

/** Statuses since the page was opened, at most an hour of them: [{at, views: Map}]. */
export const history = [];

const HISTORY = 1800;
const listeners = new Map();
let generation = 0;
let current = null;

/** The id of the last change that this page has. From it the server goes on, whatever views are followed next, or it says reset. */
let lastId = null;

/** When watermarks passed the ends of windows, by this page's clock: lets the answer of a window's end come before others count as corrections. */
const watermarks = new Map();

/** Milliseconds within which the answer at a window's end still follows its watermark. */
const GRACE = 3000;

export async function loadViews() {
  const answer = await get('/api/views');
  views.value = new Map(answer.views.map((view) => [view.name, view]));
  for (const view of answer.views) {
    noteWatermark(view.name, view.watermark, view.lateness);
  }
}

function noteWatermark(name, watermark, lateness) {
  const known = watermarks.get(name) || {trail: []};
  known.lateness = lateness ? isoMillis(lateness) : known.lateness ?? null;
  if (watermark) {
    const time = Date.parse(watermark);
    if (known.trail.length === 0 || time > known.trail[known.trail.length - 1].time) {
      known.trail.push({time, at: known.trail.length === 0 ? 0 : Date.now()});
      known.trail.splice(0, known.trail.length - 60);
    }
  }
  watermarks.set(name, known);
}

/** The watermark of a view in milliseconds, or null. */
export function watermarkOf(name) {
  const trail = watermarks.get(name)?.trail || [];
  return trail.length === 0 ? null : trail[trail.length - 1].time;
}

/** The state that a window with this end has now, which was the given one when the server said so: it only moves on, as the watermark does. */
export function stateAt(name, end, said) {
  const watermark = watermarkOf(name);
  if (watermark === null || said === 'settled' || (said === 'open' && end > watermark)) {
    return said;
  }
  const lateness = watermarks.get(name).lateness;
  return lateness !== null && end + lateness <= watermark ? 'settled' : 'revisable';
}

/** Whether the answer at this window's end must be here already, so that any change from now on is a correction by late data. */
export function answered(name, end) {
  const passed = (watermarks.get(name)?.trail || []).find((mark) => mark.time >= end);
  return passed !== undefined && Date.now() - passed.at > GRACE;
}

/**
 * Follows views: changes(message) for each message about one of them, reload() when the page must ask for everything again because the server
 * cannot say what was missed. Returns what ends it.
 */
export function subscribe(names, {changes, reload}) {
  const key = {};
  listeners.set(key, {names: new Set(names), changes, reload});
  restart();
  return () => {
    listeners.delete(key);
    restart();
  };
}

let planned = false;

/** Connects anew when the set of followed views is another one; once for all subscriptions of a page. */
function restart() {
  if (planned) {
    return;
  }
  planned = true;
  queueMicrotask(() => {
    planned = false;
    const names = [...new Set([...listeners.values()].flatMap((listener) => [...listener.names]))].sort();
    if (current === null || current.names.join() !== names.join()) {
      run(names);
    }
  });
}

async function run(names) {
  current?.control.abort();
  const control = new AbortController();
  current = {names, control};
  const mine = ++generation;
  let pause = 500;
  while (mine === generation) {
    const from = lastId;
    let reason;
    try {
      await follow(names, from, control.signal, {
        open: () => {
          if (mine !== generation) {
            return;
          }
          pause = 500;
          connection.value = {state: 'live', since: Date.now()};
          // What was asked for before there was an id may have changed since.
          if (from === null) {
            refresh();
          }
        },
        event: (name, data) => {
          if (mine === generation) {
            receive(name, data);
          }
        },
        passed: (id) => {
          if (mine === generation) {
            lastId = id;
          }
        },
      });
    } catch (broken) {
      reason = broken;
    }
    if (mine !== generation) {
      return;
    }
    connection.value = {state: 'waiting', since: Date.now(), retryAt: Date.now() + pause, reason: reason.message};
    await new Promise((done) => setTimeout(done, pause));
    pause = Math.min(pause * 2, 5000);
  }
}

function refresh() {
  loadViews().catch((failed) => console.warn('the list of views is not up to date:', failed.message));
  for (const listener of [...listeners.values()]) {
    listener.reload();
  }
}

function receive(name, data) {
  if (name === 'status') {
    note(data);
  } else if (name === 'reset') {
    refresh();
  } else if (name === 'changes') {
    for (const listener of [...listeners.values()]) {
      if (listener.names.has(data.view)) {
        listener.changes(data);
      }
    }
  }
}

function note(data) {
  for (const view of data.views) {
    noteWatermark(view.view, view.watermark, view.lateness);
  }
  history.push({at: Date.parse(data.now) || Date.now(), views: new Map(data.views.map((view) => [view.view, view]))});
  history.splice(0, history.length - HISTORY);
  status.value = {...status.value, ...data};
}

/** The status at once, without waiting for the next one that is pushed. */
export async function loadStatus() {
  note(await get('/api/status'));
}

/** Follows views while a component is shown. */
export function useChanges(names, handlers) {
  useEffect(() => subscribe(names, handlers), [names.join()]);
}
