// Time series by uPlot: settled windows drawn solid, open ones apart, corrections by late data marked.
import {button, classes, div, h, li, span, ul, uPlot, useEffect, useMemo, useRef, useState} from './lib.js';
import {clock, day, momentary, number, windowText} from './format.js';
import {dark, settings, useSettings} from './settings.js';

// Eight hues that readers with red-green blindness tell apart by their lightness, each with a contrast of 3:1 or more against its background.
const LIGHT = ['#3b46c4', '#c2500a', '#0b7a6d', '#a21caf', '#8a6100', '#be1250', '#0369a1', '#4d6b0a'];
const DARK = ['#9da7ff', '#ff9d5c', '#4fd8c4', '#e9a5f5', '#f2cc4d', '#ff9bb8', '#77c8f8', '#b6dd6b'];

export const paletteNow = () => (dark() ? DARK : LIGHT);
export const colour = (at) => paletteNow()[at % LIGHT.length];

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Series in columns for uPlot: for each one that is settled or revisable, and one that is open. The open part begins with the point before
 * it, so that a line is not cut where it opens.
 */
function columnsOf(series, bars) {
  const times = [...new Set(series.flatMap((one) => one.points.map((point) => point.t)))].sort((x, y) => x - y);
  const at = new Map(times.map((t, index) => [t, index]));
  const data = [times.map((t) => t / 1000)];
  for (const one of series) {
    const closed = new Array(times.length).fill(null);
    const open = new Array(times.length).fill(null);
    let last = null;
    for (const point of [...one.points].sort((x, y) => x.t - y.t)) {
      const index = at.get(point.t);
      if (point.state === 'open') {
        open[index] = point.v;
        if (!bars && last !== null && last.state !== 'open') {
          open[at.get(last.t)] = last.v;
        }
      } else {
        closed[index] = point.v;
      }
      last = point;
    }
    data.push(closed, open);
  }
  return data;
}

/** Where windows stop to be settled, and from where on they are open, in milliseconds; null if nowhere. */
function boundaries(series) {
  let revisable = null;
  let open = null;
  for (const point of series.flatMap((one) => one.points)) {
    if (point.state === 'open') {
      open = open === null ? point.t : Math.min(open, point.t);
    } else if (point.state === 'revisable') {
      revisable = revisable === null ? point.t : Math.min(revisable, point.t);
    }
  }
  return {revisable, open};
}

function shade(u, series, width) {
  const {revisable, open} = boundaries(series());
  const {ctx, bbox} = u;
  const left = (t) => Math.max(bbox.left, u.valToPos(t / 1000, 'x', true));
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${11 * devicePixelRatio}px ${css('--font')}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  const zone = (from, to, fill, ink, words) => {
    if (to <= from) {
      return;
    }
    ctx.fillStyle = css(fill);
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.fillStyle = css(ink);
    if (to - from > ctx.measureText(words).width + 10 * devicePixelRatio) {
      ctx.fillText(words, from + 5 * devicePixelRatio, bbox.top + 13 * devicePixelRatio);
    }
  };
  const half = width() / 2;
  if (revisable !== null) {
    zone(left(revisable - half), open === null ? right : left(open - half), '--revisable-wash', '--revisable', 'revisable');
  }
  if (open !== null) {
    zone(left(open - half), right, '--open-wash', '--open', 'open');
  }
  ctx.restore();
}

/** A diamond at the new value, a ring at the old one. */
function marks(u, corrections, shown) {
  const {ctx, bbox} = u;
  const size = 5 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = css('--alarm');
  ctx.fillStyle = css('--alarm');
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const one of corrections()) {
    if (typeof one.after !== 'number' || !shown(one.series)) {
      continue;
    }
    const x = u.valToPos(one.start / 1000, 'x', true);
    const y = u.valToPos(one.after, 'y', true);
    ctx.beginPath();
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
    ctx.closePath();
    ctx.fill();
    if (typeof one.before === 'number') {
      const old = u.valToPos(one.before, 'y', true);
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x, old);
      ctx.stroke();
      ctx.beginPath();
      ctx.arc(x, old, size * 0.7, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }
  ctx.restore();
}

function timeLabels(u, splits, axis, space, increment) {
  let last = '';
  return splits.map((seconds) => {
    const at = seconds * 1000;
    const date = day(at);
    const text = increment >= 86_400 ? date : clock(at, increment < 60);
    const first = date !== last && increment < 86_400;
    last = date;
    return first ? `${text}\n${date}` : text;
  });
}

function optionsOf({series, kind, unit, width, height, zone, current}) {
  const axis = {
    stroke: css('--muted'), font: `11px ${css('--font')}`, grid: {stroke: css('--grid'), width: 1}, ticks: {stroke: css('--grid'), width: 1, size: 4},
  };
  const bars = uPlot.paths.bars({size: [0.72, 40], radius: 0.12});
  const drawn = series.flatMap((one, index) => {
    const stroke = one.colour || colour(index);
    const shape = {
      bars: [{stroke, fill: stroke, width: 0, paths: bars, points: {show: false}},
        {stroke, fill: `${stroke}33`, width: 1.5, dash: [4, 3], paths: bars, points: {show: false}}],
      line: [{stroke, width: 2, fill: series.length === 1 ? `${stroke}16` : undefined, points: {show: one.points.length < 3, size: 6, fill: stroke}},
        {stroke, width: 2, dash: [5, 4], points: {show: true, size: 6, fill: css('--card')}}],
      points: [{stroke, width: 0, paths: () => null, points: {show: true, size: 6, fill: stroke, stroke}},
        {stroke, width: 0, paths: () => null, points: {show: true, size: 7, fill: css('--card'), stroke, width: 1.5}}],
    }[kind];
    return shape.map((part) => ({...part, scale: 'y', label: one.name}));
  });
  return {
    width, height, padding: [10, 20, 0, 0],
    legend: {show: false},
    cursor: {y: false, points: {size: 8}, drag: {x: true, y: false}},
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), zone),
    scales: {
      x: {time: true, range: (u, low, high) => {
        if (low === null || u.data[0].length < 2) {
          return low === null ? [0, 1] : [u.data[0][0] - 300, u.data[0][0] + 300];
        }
        // The last window has a width too: its bar is drawn around its beginning, and a line gets room after it.
        const width = Math.min((current().width || 0) / 1000, (high - low) / 4);
        return kind === 'line' ? [low, high + width] : [low - (width || 60) / 2, high + (width || 60) / 2];
      }},
      y: {range: (u, low, high) => (low === null ? [0, 1] : uPlot.rangeNum(Math.min(low, current().zero ? 0 : low), Math.max(high, current().zero ? 0 : high) || 1, 0.08, true))},
    },
    axes: [
      {...axis, values: timeLabels, size: 40, space: 70},
      {...axis, values: (u, splits) => splits.map((value) => unit.short(value)), size: (u, values) => 12 + 6.4 * Math.max(3, ...(values || []).map((v) => v.length))},
    ],
    series: [{}, ...drawn],
    hooks: {
      drawClear: [(u) => shade(u, () => current().series, () => (kind === 'line' ? 0 : current().width || 0))],
      draw: [(u) => marks(u, () => current().corrections, (name) => current().series.some((one) => one.name === name))],
      setCursor: [(u) => current().point(u.cursor.idx ?? null, u.cursor.left ?? 0)],
    },
  };
}

/**
 * A chart. series: [{name, colour?, points: [{t, end?, v, state}]}] with times in milliseconds; kind: line, bars or points;
 * corrections: as in rows.js, of these series; label says what the chart shows.
 */
export function Chart({series, kind = 'line', unit = {short: number, write: number}, corrections = [], label, height = 240, zero = true, legend = true}) {
  const chosen = useSettings();
  const [hidden, hide] = useState(new Set());
  const [cursor, move] = useState(null);
  const place = useRef(null);
  const plot = useRef(null);
  const shown = useMemo(() => series.map((one, index) => ({...one, colour: one.colour || colour(index)})).filter((one) => !hidden.has(one.name)),
    [series, hidden, chosen]);
  const data = useMemo(() => columnsOf(shown, kind !== 'line'), [shown, kind]);
  const width = useMemo(() => widthOf(shown), [shown]);
  const current = useRef({});
  current.current = {series: shown, corrections, width, zero, point: (index, left) => move(index === null ? null : {index, left})};
  // A new plot when its look changes, new data into the same plot otherwise.
  const look = JSON.stringify([shown.map((one) => [one.name, one.colour, one.points.length < 3]), kind, chosen, dark(), unit.unit, height]);
  useEffect(() => {
    const element = place.current;
    const size = () => Math.max(200, Math.floor(element.clientWidth));
    const made = new uPlot(optionsOf({series: shown, kind, unit, width: size(), height, zone: settings.value.zone, current: () => current.current}), data, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({width: size(), height}));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [look]);
  useEffect(() => plot.current?.setData(data), [data, corrections.length]);

  const step = (event) => {
    const u = plot.current;
    const by = {ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9}[event.key];
    if (!by || !u || data[0].length === 0) {
      return;
    }
    event.preventDefault();
    const next = Math.min(data[0].length - 1, Math.max(0, (cursor?.index ?? data[0].length) + by));
    u.setCursor({left: u.valToPos(data[0][next], 'x'), top: 10});
  };
  return div({class: 'chart'},
    legend && series.length > 1 && ul({class: 'legend'}, ...series.map((one, index) => li({key: one.name},
      button({type: 'button', class: classes('key', hidden.has(one.name) && 'off'), 'aria-pressed': !hidden.has(one.name), onClick: () => hide(toggled(hidden, one.name, series))},
        span({class: 'chip', style: {background: one.colour || colour(index)}}), one.name)))),
    div({class: 'plot', ref: place, tabIndex: 0, role: 'img', onKeyDown: step, onBlur: () => move(null), 'aria-label': `${label}. Arrow keys move from window to window.`},
      cursor && h(Tip, {shown, cursor, data, unit, width: place.current?.clientWidth || 0, corrections})),
    data[0].length === 0 && div({class: 'empty over'}, 'No windows in this range yet.'));
}

function toggled(hidden, name, series) {
  const next = new Set(hidden);
  if (!next.delete(name)) {
    next.add(name);
  }
  // A chart with nothing in it helps nobody: hiding the last one shows all.
  return next.size === series.length ? new Set() : next;
}

/** The width of the windows, from the points or from the distances between them. */
function widthOf(series) {
  const point = series[0]?.points.find((one) => one.end);
  if (point) {
    return momentary(point.t, point.end) ? 0 : point.end - point.t;
  }
  return 0;
}

function Tip({shown, cursor, data, unit, width, corrections}) {
  const t = Math.round(data[0][cursor.index] * 1000);
  const lines = shown.map((one) => ({one, point: one.points.find((point) => point.t === t)})).filter(({point}) => point && point.v !== null)
    .sort((x, y) => y.point.v - x.point.v);
  if (lines.length === 0) {
    return null;
  }
  const first = lines[0].point;
  const state = lines.some(({point}) => point.state === 'open') ? 'open' : first.state;
  const right = cursor.left > width * 0.55;
  return div({class: 'tip', role: 'status', style: right ? {right: `${Math.max(4, width - cursor.left - 40)}px`} : {left: `${Math.min(cursor.left + 80, width - 190)}px`}},
    div({class: 'tip-head'}, first.end ? windowText(t, first.end) : clock(t, true), state && span({class: `state ${state}`}, state)),
    ...lines.slice(0, 9).map(({one, point}) => {
      const corrected = corrections.find((correction) => correction.series === one.name && correction.start === t);
      return div({class: 'tip-line', key: one.name}, span({class: 'chip', style: {background: one.colour}}), span({class: 'tip-name'}, one.name),
        span({class: 'num'}, unit.write(point.v)), corrected && typeof corrected.before === 'number' && span({class: 'was'}, `was ${unit.write(corrected.before)}`));
    }));
}

/** A line of the last values, for a tile. */
export function Spark({points}) {
  const values = points.filter((point) => point.v !== null);
  if (values.length < 2) {
    return null;
  }
  const low = Math.min(0, ...values.map((point) => point.v));
  const high = Math.max(...values.map((point) => point.v), low + 1e-9);
  const x = (index) => (index / (values.length - 1)) * 100;
  const y = (value) => 27 - ((value - low) / (high - low)) * 25;
  const closed = values.findIndex((point) => point.state === 'open');
  const end = closed < 0 ? values.length : closed;
  const path = (from, to) => values.slice(from, to).map((point, index) => `${index === 0 ? 'M' : 'L'}${x(from + index).toFixed(1)} ${y(point.v).toFixed(1)}`).join('');
  return h('svg', {class: 'spark', viewBox: '0 0 100 28', preserveAspectRatio: 'none', 'aria-hidden': true},
    h('path', {d: path(0, end)}), closed >= 0 && h('path', {class: 'dashed', d: path(Math.max(0, end - 1), values.length)}));
}
