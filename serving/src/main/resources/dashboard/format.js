// How numbers, money and times are written. All follow the settings of the reader.
import {settings} from './settings.js';

const made = new Map();

function numbers(options) {
  const locale = settings.value.numbers;
  const key = locale + JSON.stringify(options);
  let format = made.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    made.set(key, format);
  }
  return format;
}

function times(options) {
  const zone = settings.value.zone;
  const key = zone + JSON.stringify(options);
  let format = made.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {timeZone: zone, hourCycle: 'h23', ...options});
    made.set(key, format);
  }
  return format;
}

export const NOTHING = '–';

export function integer(value) {
  return numbers({maximumFractionDigits: 0}).format(value);
}

/** A number with as many digits as a reader can use: whole from 1,000 on, else four significant ones. */
export function number(value) {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) {
    return integer(value);
  }
  return numbers({maximumSignificantDigits: 4}).format(value);
}

/** Short: 2.5L, 1.2Cr or 250K, 12M, by the system of numbers. */
export function compact(value) {
  return Math.abs(value) < 10_000 ? number(value) : numbers({notation: 'compact', maximumSignificantDigits: 4}).format(value);
}

/** Whole minor units (paise, cents) as money. */
export function money(minor, short = false) {
  const major = minor / 100;
  const currency = settings.value.currency;
  if (short && Math.abs(major) >= 10_000) {
    return numbers({style: 'currency', currency, notation: 'compact', maximumSignificantDigits: 4}).format(major);
  }
  const whole = short || Math.abs(major) >= 100_000;
  return numbers({style: 'currency', currency, minimumFractionDigits: whole ? 0 : 2, maximumFractionDigits: whole ? 0 : 2}).format(major);
}

/** A share from 0 to 1 as percent. */
export function percent(share) {
  return numbers({style: 'percent', maximumFractionDigits: Math.abs(share) < 0.1 ? 2 : 1}).format(share);
}

/** Milliseconds as the largest fitting unit. */
export function duration(millis) {
  const size = Math.abs(millis);
  if (size < 1000) {
    return `${number(millis)} ms`;
  }
  if (size < 120_000) {
    return `${numbers({maximumSignificantDigits: 3}).format(millis / 1000)} s`;
  }
  if (size < 7_200_000) {
    return `${numbers({maximumSignificantDigits: 3}).format(millis / 60_000)} min`;
  }
  if (size < 172_800_000) {
    return `${numbers({maximumSignificantDigits: 3}).format(millis / 3_600_000)} h`;
  }
  return `${numbers({maximumSignificantDigits: 3}).format(millis / 86_400_000)} days`;
}

/** Milliseconds since 1970 as the time of the day in the reader's zone. */
export function clock(millis, seconds = false) {
  return times(seconds ? {hour: '2-digit', minute: '2-digit', second: '2-digit'} : {hour: '2-digit', minute: '2-digit'}).format(millis);
}

export function day(millis) {
  return times({day: 'numeric', month: 'short'}).format(millis);
}

export function fullDay(millis) {
  return times({day: 'numeric', month: 'short', year: 'numeric'}).format(millis);
}

/** A moment in full: 5 Jan 2026, 14:03:20. */
export function moment(millis) {
  return `${fullDay(millis)}, ${clock(millis, millis % 60_000 !== 0)}`;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Whether a window is since ever: 1970 until 9999. */
export const endless = (start, end) => end - start > 400 * 366 * DAY;

/** Whether a window stands for the moment of one event. */
export const momentary = (start, end) => end - start <= 1000;

/** A window in as few words as tell it apart: 5 Jan 14:03–14:04. */
export function windowText(start, end) {
  if (endless(start, end)) {
    return 'since ever';
  }
  if (momentary(start, end)) {
    return `${day(start)} ${clock(start, true)}`;
  }
  const seconds = start % MINUTE !== 0 || end % MINUTE !== 0;
  if (end - start >= DAY - 2 * 3_600_000 && clock(start) === '00:00' && clock(end) === '00:00') {
    return end - start > 1.5 * DAY ? `${day(start)} – ${day(end - 1)}` : fullDay(start);
  }
  return `${day(start)} ${clock(start, seconds)}–${day(start) === day(end) ? '' : `${day(end)} `}${clock(end, seconds)}`;
}

/** How long ago, roughly. */
export function ago(millis, now) {
  const size = now - millis;
  return size < 1500 ? 'now' : `${duration(size < MINUTE ? Math.round(size / 1000) * 1000 : size)} ago`;
}

/** The zone's short name, for the header of columns with times. */
export function zoneName() {
  return settings.value.zone;
}

/** Milliseconds of an ISO duration such as PT1M or P1DT2H; null of null. */
export function isoMillis(text) {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text || '');
  if (!parts) {
    return null;
  }
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
}

/** How far the reader's zone is ahead of UTC at a moment, in milliseconds. */
function offset(millis) {
  const parts = Object.fromEntries(times({year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit'})
    .formatToParts(millis).map((part) => [part.type, Number(part.value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(millis / 1000) * 1000;
}

/** A moment as a field of a form holds it, 2026-01-05T14:03:20, in the reader's zone. */
export function toField(millis) {
  return new Date(millis + offset(millis)).toISOString().slice(0, 19);
}

/** The moment that a field of a form holds, in milliseconds. Where clocks go back it is the later one of two. */
export function fromField(text) {
  const local = Date.parse(`${text}Z`);
  return local - offset(local - offset(local));
}
