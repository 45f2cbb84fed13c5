// The server's API: queries, SQL, and the stream of changes.
import {Signal} from './lib.js';

const TOKEN = 'dhara-token';

/** Set when the server asks for a token that this page does not have: the text to show beside the field. */
export const tokenWanted = new Signal(null);

/** An answer of the server that is no success; the message is the server's sentence. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Keeps the token for as long as the tab is open. */
export function giveToken(token) {
  sessionStorage.setItem(TOKEN, token);
  tokenWanted.value = null;
}

async function call(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = {...options.headers, ...(token ? {Authorization: `Bearer ${token}`} : {})};
  const response = await fetch(path, {...options, headers, cache: 'no-store'});
  if (response.ok) {
    return response;
  }
  if (response.status === 401 && /bearer/i.test(response.headers.get('WWW-Authenticate') || 'bearer')) {
    tokenWanted.value = token ? 'The server refused this token.' : 'This server asks for a token.';
  }
  const body = await response.text();
  let message = body;
  try {
    message = JSON.parse(body).error || body;
  } catch (text) {
    // A proxy answers in HTML or plain text; the status says enough.
    message = `${path.split('?', 1)[0]} answered ${response.status} ${response.statusText}`;
  }
  throw new ApiError(response.status, message);
}

export const get = async (path) => (await call(path)).json();

/**
 * Rows of a view: {rows, next}. Parameters are those of the API: {from, to, order, limit, cursor, asKnownAt, columns, 'COLUMN.in': …};
 * those that are null are left out.
 */
export function query(view, parameters = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') {
      search.append(name, Array.isArray(value) ? value.join(',') : String(value));
    }
  }
  return get(`/api/views/${encodeURIComponent(view)}?${search}`);
}

/** The address of a query, for people who want its answer in a file. */
export function queryAddress(view, parameters) {
  const kept = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return `/api/views/${encodeURIComponent(view)}?${new URLSearchParams(kept)}`;
}

/** Rows of a statement, as objects. */
export async function sql(statement) {
  const response = await call('/api/sql', {
    method: 'POST',
    headers: {'Content-Type': 'application/json', Accept: 'application/json'},
    body: JSON.stringify({sql: statement}),
  });
  const answer = await response.json();
  const names = answer.columns.map((column) => column.name);
  return answer.rows.map((row) => Object.fromEntries(row.map((value, at) => [names[at], value])));
}

/** A text as a literal of SQL. */
export const quoted = (value) => `'${String(value).replaceAll("'", "''")}'`;

/**
 * Follows the changes of some views until the signal aborts. EventSource cannot send a token, hence fetch. Calls {open, event(name, data),
 * passed(id)}: the page has all changes of these views up to that id, when it has handled the events before.
 * Ends with an error when the connection does, or after ten seconds of silence: the server says something every two.
 */
export async function follow(views, lastId, signal, {open, event, passed}) {
  const silence = new AbortController();
  const abort = () => silence.abort();
  signal.addEventListener('abort', abort);
  let timer = setTimeout(abort, 10_000);
  try {
    const response = await call(`/api/changes?views=${views.map(encodeURIComponent).join(',')}`, {
      headers: {Accept: 'text/event-stream', ...(lastId === null ? {} : {'Last-Event-ID': lastId})},
      signal: silence.signal,
    });
    open();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const {value, done} = await reader.read();
      if (done) {
        throw new Error('the server closed the stream of changes');
      }
      clearTimeout(timer);
      timer = setTimeout(abort, 10_000);
      const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        parse(block, event, passed);
      }
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    silence.abort();
  }
}

/** One event of the stream, as the standard of server-sent events lays down. */
function parse(block, event, passed) {
  let name = 'message';
  let id = null;
  const data = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === 0 || line === '') {
      continue;
    }
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') {
      name = value;
    } else if (field === 'id') {
      id = value;
    } else if (field === 'data') {
      data.push(value);
    }
  }
  if (data.length > 0) {
    event(name, JSON.parse(data.join('\n')));
  }
  if (id !== null) {
    passed(id);
  }
}
