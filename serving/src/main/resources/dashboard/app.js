// The frame of the page: navigation, settings, the state of the connection, keys.
import {a, aside, button, classes, code, dd, dialog, div, dl, dt, form, h, h2, header, input, label, li, main, nav, option, p, render, select, span, ul,
  useEffect, useLayoutEffect, useRef, useState, useSignal} from './lib.js';
import {giveToken, tokenWanted} from './api.js';
import {clock} from './format.js';
import {connection, loadStatus, loadViews, status, subscribe, views} from './live.js';
import {Operations} from './operations.js';
import {choose, CURRENCIES, NUMBERS, settings, THEMES, useSettings, zoneHere, zones} from './settings.js';
import {MatchDay} from './match.js';
import {Payments} from './payments.js';
import {Rides} from './rides.js';
import {SaleDay} from './sale.js';
import {ViewPage} from './view.js';

const PAGES = [
  {path: 'operations', name: 'Operations', key: 'o', page: Operations},
  {path: 'sale-day', name: 'Sale day', key: 's', page: SaleDay},
  {path: 'match-day', name: 'Match day', key: 'm', page: MatchDay},
  {path: 'payments', name: 'Payments', key: 'p', page: Payments},
  {path: 'rides', name: 'Rides', key: 'r', page: Rides},
];

function route() {
  const [path, search = ''] = location.hash.replace(/^#\//, '').split('?', 2);
  return {path: decodeURIComponent(path) || 'operations', parameters: new URLSearchParams(search)};
}

function useRoute() {
  const [now, set] = useState(route());
  useEffect(() => {
    const changed = () => set(route());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return now;
}

/** Views of answers by analysis, each analysis once, in the order of domains. */
function analysesOf(all) {
  const grouped = new Map();
  for (const view of [...all.values()].sort((x, y) => x.domain.localeCompare(y.domain) || x.name.localeCompare(y.name))) {
    const key = view.analysis;
    if (!grouped.has(key)) {
      grouped.set(key, {name: key, domain: view.domain, views: []});
    }
    grouped.get(key).views.push(view);
  }
  return [...grouped.values()];
}

function App() {
  const all = useSignal(views);
  const [failed, fail] = useState(null);
  const [menu, openMenu] = useState(false);
  const {path, parameters} = useRoute();
  const wanted = useSignal(tokenWanted);
  useEffect(() => {
    if (wanted === null) {
      Promise.all([loadViews(), loadStatus()]).then(() => fail(null), fail);
    }
  }, [wanted]);
  // The status is pushed on every page.
  useEffect(() => (all === null ? undefined : subscribe([], {changes: () => {}, reload: () => {}})), [all === null]);
  useEffect(() => openMenu(false), [path]);
  const place = useRef(null);
  const first = useRef(true);
  useLayoutEffect(() => {
    scrollTo(0, 0);
    if (!first.current) {
      place.current?.focus({preventScroll: true});
    }
    first.current = false;
    document.title = `${PAGES.find((one) => one.path === path)?.name ?? path.replace('view/', '')} · Dhara`;
  }, [path]);
  useKeys(all, path);
  return div({class: 'frame'},
    a({class: 'skip', href: '#main', onClick: (event) => {
      event.preventDefault();
      place.current?.focus();
    }}, 'Skip to the page'),
    h(Top, {menu, openMenu}),
    aside({class: classes('side', menu && 'shown'), id: 'menu'}, h(Navigation, {all, path})),
    main({id: 'main', tabIndex: -1, ref: place},
      wanted !== null ? h(Token, {words: wanted}) : failed ? h(Failed, {failed}) : all === null ? p({class: 'empty'}, 'Loading…') : h(Page, {key: path, path, parameters, all})),
    h(Help, {}));
}

function Page({path, parameters, all}) {
  const composed = PAGES.find((one) => one.path === path);
  if (composed) {
    return h(composed.page, {});
  }
  const view = all.get(path.replace(/^view\//, ''));
  if (!view) {
    return div({class: 'page'}, p({class: 'error'}, `There is no view ${path.replace(/^view\//, '')} here. Choose one from the list.`));
  }
  const set = (changes) => {
    const next = new URLSearchParams(parameters);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) {
        next.delete(name);
      } else {
        next.set(name, String(value));
      }
    }
    const search = next.toString();
    location.hash = `#/${path}${search ? `?${search}` : ''}`;
  };
  return h(ViewPage, {view, parameters, set});
}

function Navigation({all, path}) {
  const [words, search] = useState('');
  const found = all === null ? [] : analysesOf(all).map((one) => ({...one, views: one.views.filter((view) => `${view.name} ${view.domain} ${view.summary}`.toLowerCase().includes(words.toLowerCase()))}))
    .filter((one) => one.views.length > 0);
  const here = (to) => (path === to ? 'page' : undefined);
  let domain = null;
  return nav({'aria-label': 'Pages'},
    ul({class: 'pages'}, ...PAGES.map((one) => li({key: one.path}, a({href: `#/${one.path}`, 'aria-current': here(one.path)}, one.name)))),
    label({class: 'search'}, span({class: 'hidden'}, 'Find a view'), input({type: 'search', id: 'search', placeholder: 'Find a view  /', value: words, onInput: (event) => search(event.target.value),
      onKeyDown: (event) => {
        const views = found.flatMap((one) => one.views);
        const first = views.find((view) => view.name.toLowerCase().includes(words.toLowerCase())) || views[0];
        if (event.key === 'Enter' && first) {
          location.hash = `#/view/${first.name}`;
        }
      }})),
    ...found.flatMap((one) => {
      const head = one.domain === domain ? [] : [h2({key: `domain ${one.domain}`}, one.domain)];
      domain = one.domain;
      return [...head, ul({key: one.name, class: 'views'}, li({class: 'analysis'}, one.name), ...one.views.map((view) => li({key: view.name},
        a({href: `#/view/${view.name}`, 'aria-current': here(`view/${view.name}`), class: view.kind && view.kind !== 'answers' && view.kind !== 'effects' ? 'beside' : ''}, view.output))))];
    }),
    all !== null && found.length === 0 && p({class: 'empty'}, 'No view has this in its name.'));
}

function Top({menu, openMenu}) {
  return header({class: 'top'},
    button({type: 'button', class: 'menu', 'aria-expanded': menu, 'aria-controls': 'menu', onClick: () => openMenu(!menu)}, span({'aria-hidden': true}, '☰'), span({class: 'hidden'}, 'Menu')),
    a({class: 'brand', href: '#/operations'}, span({class: 'deva', lang: 'hi', 'aria-hidden': true}, 'धारा'), ' Dhara'),
    h(Connection, {}),
    h(Settings, {}));
}

function Connection() {
  const {state, reason} = useSignal(connection);
  const now = useSignal(status);
  useSettings();
  const words = {connecting: 'connecting', live: 'live', waiting: 'reconnecting'}[state];
  return div({class: classes('connection', state), role: 'status', title: reason || '', 'data-connection': state}, span({class: 'dot', 'aria-hidden': true}), words,
    state === 'live' && now && span({class: 'muted num clock'}, clock(Date.parse(now.now), true)));
}

function Settings() {
  const chosen = useSettings();
  const [open, show] = useState(false);
  const place = useRef(null);
  useEffect(() => {
    if (!open) {
      return undefined;
    }
    const away = (event) => {
      if (event.key === 'Escape' || (event.type === 'pointerdown' && !place.current.contains(event.target))) {
        show(false);
      }
    };
    addEventListener('keydown', away);
    addEventListener('pointerdown', away);
    return () => {
      removeEventListener('keydown', away);
      removeEventListener('pointerdown', away);
    };
  }, [open]);
  const field = (words, name, choices) => label({class: 'field'}, span({}, words), select({value: chosen[name], name, onChange: (event) => choose({[name]: event.target.value})},
    ...choices.map(([value, text]) => option({key: value, value}, text))));
  return div({class: 'settings', ref: place},
    button({type: 'button', 'aria-expanded': open, onClick: () => show(!open)}, 'Settings'),
    open && div({class: 'sheet', role: 'group', 'aria-label': 'Settings'},
      field('Theme', 'theme', THEMES), field('Numbers', 'numbers', NUMBERS), field('Money', 'currency', CURRENCIES), field('Time zone', 'zone', zones().map((zone) => [zone, zone])),
      p({class: 'muted'}, 'Kept in this browser. ', button({type: 'button', class: 'quiet', onClick: () => document.getElementById('help').showModal()}, 'Keys: ?'))));
}

function Token({words}) {
  const keep = (event) => {
    event.preventDefault();
    giveToken(new FormData(event.target).get('token'));
  };
  return form({class: 'panel token', onSubmit: keep}, h2({}, words), label({class: 'field'}, span({}, 'Token'), input({type: 'password', name: 'token', required: true, autoComplete: 'off'})),
    button({type: 'submit'}, 'Open'), p({class: 'muted'}, 'It is kept until this tab is closed.'));
}

function Failed({failed}) {
  return div({class: 'panel'}, p({class: 'error', role: 'alert'}, `The server does not answer: ${failed.message}`), button({type: 'button', onClick: () => location.reload()}, 'Try again'));
}

const KEYS = [['?', 'these keys'], ['/', 'find a view'], ['g then o, s, m, p, r', 'operations, sale day, match day, payments, rides'], ['[ and ]', 'page before, page after'],
  ['t', 'theme: light, dark, as the system'], ['n', 'numbers: 2,50,000 or 250,000'], ['z', 'times: UTC, Kolkata, here'], ['← → in a chart', 'from window to window'], ['↑ ↓ in a table', 'from row to row']];

function Help() {
  return dialog({id: 'help', class: 'help', 'aria-label': 'Keys'}, h2({}, 'Keys'), dl({}, ...KEYS.flatMap(([key, words]) => [dt({key}, code({}, key)), dd({key: words}, words)])),
    form({method: 'dialog'}, button({}, 'Close')));
}

const next = (choices, value) => choices[(choices.indexOf(value) + 1) % choices.length];

function useKeys(all, path) {
  const leader = useRef(0);
  useEffect(() => {
    const places = [...PAGES.map((one) => one.path), ...(all === null ? [] : analysesOf(all).flatMap((one) => one.views.map((view) => `view/${view.name}`)))];
    const move = (by) => {
      location.hash = `#/${places[(places.indexOf(path) + by + places.length) % places.length]}`;
    };
    const press = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.target.closest?.('dialog')) {
        return;
      }
      const led = Date.now() - leader.current < 1500;
      leader.current = 0;
      if (led) {
        const page = PAGES.find((one) => one.key === event.key);
        if (page) {
          location.hash = `#/${page.path}`;
        }
        return;
      }
      const actions = {
        g: () => {
          leader.current = Date.now();
        },
        '?': () => document.getElementById('help').showModal(),
        '/': () => document.getElementById('search').focus(),
        '[': () => move(-1),
        ']': () => move(1),
        t: () => choose({theme: next(['auto', 'light', 'dark'], settings.value.theme)}),
        n: () => choose({numbers: next(['en-IN', 'en-US'], settings.value.numbers)}),
        z: () => choose({zone: next([...new Set(['UTC', 'Asia/Kolkata', zoneHere()])], settings.value.zone)}),
      };
      if (actions[event.key]) {
        event.preventDefault();
        actions[event.key]();
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [all, path]);
}

render(h(App, {}), document.getElementById('app'));
