// The libraries, which index.html loads before any module, and the elements as functions: div({class: 'x'}, 'text').
export const {h, Fragment, render} = globalThis.preact;
export const {useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback} = globalThis.preactHooks;
export const uPlot = globalThis.uPlot;

const element = (tag) => (properties, ...children) => h(tag, properties, ...children);
export const [a, article, aside, button, code, dialog, div, dd, dl, dt, form, h1, h2, h3, header, input, label, li, main, nav, ol, option,
  p, section, select, small, span, strong, table, tbody, td, th, thead, time, tr, ul] = ['a', 'article', 'aside', 'button', 'code', 'dialog',
  'div', 'dd', 'dl', 'dt', 'form', 'h1', 'h2', 'h3', 'header', 'input', 'label', 'li', 'main', 'nav', 'ol', 'option', 'p', 'section', 'select',
  'small', 'span', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'time', 'tr', 'ul'].map(element);

/** Names of classes, without those that do not hold. */
export const classes = (...names) => names.filter(Boolean).join(' ');

/** A value that components draw and that anybody may set: draws each component that uses it again. */
export class Signal {
  #value;
  #listeners = new Set();

  constructor(value) {
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  set value(next) {
    this.#value = next;
    for (const listener of [...this.#listeners]) {
      listener(next);
    }
  }

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The value of a signal in a component. */
export function useSignal(signal) {
  const [, draw] = useState(0);
  useEffect(() => signal.listen(() => draw((n) => n + 1)), [signal]);
  return signal.value;
}
