// Cells on a map, by their geohashes. The map is drawn from the cells alone: tiles of streets would come from another machine.
import {classes, div, h, label, input, span, useMemo, useState} from './lib.js';
import {number} from './format.js';

const LETTERS = '0123456789bcdefghjkmnpqrstuvwxyz';

/** The rectangle of a geohash in degrees, or null if the text is none. */
export function rectangle(geohash) {
  const latitude = [-90, 90];
  const longitude = [-180, 180];
  let even = true;
  for (const letter of geohash) {
    const bits = LETTERS.indexOf(letter);
    if (bits < 0) {
      return null;
    }
    for (let bit = 16; bit >= 1; bit /= 2) {
      const side = even ? longitude : latitude;
      const middle = (side[0] + side[1]) / 2;
      side[(bits & bit) === 0 ? 1 : 0] = middle;
      even = !even;
    }
  }
  return geohash.length === 0 ? null : {south: latitude[0], north: latitude[1], west: longitude[0], east: longitude[1]};
}

const METRES = 111_320;

/** Round distances for the scale: 1, 2 or 5 times a power of ten. */
function round(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return [5, 2, 1].map((times) => times * power).find((size) => size <= metres) || power;
}

/**
 * cells: [{cell, value, state, below?, text}] where text is the value in words. low and high fix the scale of colours.
 */
export function CellMap({cells, low, high, title, write = number}) {
  const [chosen, choose] = useState(null);
  const placed = useMemo(() => {
    const known = cells.map((cell) => ({...cell, area: rectangle(cell.cell)})).filter((cell) => cell.area !== null);
    if (known.length === 0) {
      return null;
    }
    const south = Math.min(...known.map(({area}) => area.south));
    const north = Math.max(...known.map(({area}) => area.north));
    const west = Math.min(...known.map(({area}) => area.west));
    const east = Math.max(...known.map(({area}) => area.east));
    // Distances east shrink with the latitude; within a city a plane does.
    const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const pad = Math.max((north - south) * 0.08, (east - west) * shrink * 0.08, known[0].area.north - known[0].area.south);
    const height = north - south + 2 * pad;
    const width = Math.max((east - west) * shrink + 2 * pad, height * 1.2);
    const left = ((west + east) / 2) * shrink - width / 2;
    const scale = 1000 / width;
    const place = (lon, lat) => [(lon * shrink - left) * scale, (north + pad - lat) * scale];
    return {known, place, scale, height: height * scale, bounds: {left: left / shrink, right: (left + width) / shrink, bottom: south - pad, top: north + pad}};
  }, [cells]);
  if (placed === null) {
    return div({class: 'empty'}, 'No cells yet.');
  }
  const {known, place, scale, height, bounds} = placed;
  const step = round(((bounds.top - bounds.bottom) * METRES) / 3) / METRES;
  const lines = [];
  for (let lat = Math.ceil(bounds.bottom / step) * step; lat < bounds.top; lat += step) {
    const [, y] = place(0, lat);
    lines.push(h('line', {x1: 0, x2: 1000, y1: y, y2: y}), h('text', {x: 6, y: y - 5}, `${lat.toFixed(3)}°`));
  }
  for (let lon = Math.ceil(bounds.left / step) * step; lon < bounds.right; lon += step) {
    const [x] = place(lon, 0);
    lines.push(h('line', {x1: x, x2: x, y1: 0, y2: height}), h('text', {x: x + 5, y: height - 8}, `${lon.toFixed(3)}°`));
  }
  const ruler = round((200 / scale) * METRES);
  const rulerLength = (ruler / METRES) * scale;
  const share = (value) => (high === low ? 0 : Math.max(0, Math.min(1, (value - low) / (high - low))));
  return div({class: 'map'},
    h('svg', {viewBox: `0 0 1000 ${height.toFixed(0)}`, role: 'group', 'aria-label': title},
      h('g', {class: 'graticule'}, ...lines),
      ...known.map((cell) => {
        const [x, y] = place(cell.area.west, cell.area.north);
        const [right, bottom] = place(cell.area.east, cell.area.south);
        const wide = right - x;
        return h('g', {key: cell.cell, class: classes('cell', cell.state, share(cell.value) > 0.5 && 'strong'), tabIndex: 0, role: 'img',
          'aria-label': `${cell.cell}: ${cell.text}${cell.below ? `, ${cell.below}` : ''}`, 'data-cell': cell.cell, 'data-value': cell.value,
          onMouseEnter: () => choose(cell.cell), onMouseLeave: () => choose(null), onFocus: () => choose(cell.cell), onBlur: () => choose(null)},
        h('rect', {x: x + 1, y: y + 1, width: Math.max(3, wide - 2), height: Math.max(3, bottom - y - 2), rx: 3, style: {fillOpacity: 0.08 + 0.92 * share(cell.value)}}),
        wide > 52 && h('text', {x: (x + right) / 2, y: (y + bottom) / 2 + 7}, cell.text));
      }),
      h('g', {class: 'ruler', transform: `translate(${980 - rulerLength} ${height - 26})`},
        h('path', {d: `M0 -6V0H${rulerLength}V-6`}), h('text', {x: rulerLength / 2, y: -8}, ruler >= 1000 ? `${ruler / 1000} km` : `${ruler} m`))),
    div({class: 'map-foot'},
      span({class: 'scale'}, write(low), span({class: 'ramp', 'aria-hidden': true}), write(high)),
      span({class: 'muted', role: 'status'}, chosenText(known, chosen))));
}

function chosenText(cells, chosen) {
  const cell = cells.find((one) => one.cell === chosen);
  return cell ? `${cell.cell}: ${cell.text}${cell.below ? ` · ${cell.below}` : ''}` : `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
}

/** A slider over the windows; the last place follows the newest one. */
export function WindowSlider({windows, value, choose, words}) {
  if (windows.length < 2) {
    return null;
  }
  const at = value === null ? windows.length - 1 : Math.max(0, windows.indexOf(value));
  return label({class: 'slider'}, span({}, value === null ? 'newest' : 'then'),
    input({type: 'range', min: 0, max: windows.length - 1, value: at, 'aria-valuetext': words(windows[at]),
      onInput: (event) => choose(Number(event.target.value) === windows.length - 1 ? null : windows[Number(event.target.value)])}),
    span({class: 'num'}, words(windows[at])));
}
