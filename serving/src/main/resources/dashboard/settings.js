// What a reader chooses: kept in this browser, never sent.
import {Signal, useSignal} from './lib.js';

const KEY = 'dhara';

/** The names by which browsers call some zones are old ones. */
const RENAMED = {'Asia/Calcutta': 'Asia/Kolkata', 'Asia/Katmandu': 'Asia/Kathmandu', 'Asia/Rangoon': 'Asia/Yangon', 'Asia/Saigon': 'Asia/Ho_Chi_Minh'};

/** The zone of this browser. */
export function zoneHere() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  return RENAMED[zone] || zone;
}

const DEFAULTS = {
  theme: 'auto',
  numbers: 'en-IN',
  currency: 'INR',
  zone: zoneHere(),
};

/** Choices beside the theme. Minor units are hundredths, so only currencies with two decimals are offered. */
export const NUMBERS = [['en-IN', '12,34,567 (lakh, crore)'], ['en-US', '1,234,567 (million)']];
export const CURRENCIES = [['INR', '₹ rupee'], ['USD', '$ dollar'], ['EUR', '€ euro'], ['GBP', '£ pound'], ['AED', 'AED dirham'], ['SGD', 'SGD dollar']];
export const THEMES = [['auto', 'as the system'], ['light', 'light'], ['dark', 'dark']];

export function zones() {
  const first = ['UTC', 'Asia/Kolkata', DEFAULTS.zone, 'Asia/Dubai', 'Asia/Singapore', 'Europe/London', 'Europe/Berlin', 'America/New_York',
    'America/Los_Angeles'];
  return [...new Set([...first, ...(Intl.supportedValuesOf ? Intl.supportedValuesOf('timeZone') : [])])];
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) || '{}');
  } catch (unreadable) {
    return {};
  }
}

export const settings = new Signal({...DEFAULTS, ...stored()});

/** Changes some of the settings and keeps them. */
export function choose(changes) {
  const next = {...settings.value, ...changes};
  // Charts read their colours from the style when they are drawn.
  document.documentElement.dataset.theme = isDark(next.theme) ? 'dark' : 'light';
  settings.value = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.value));
  } catch (full) {
    console.info('the settings hold until the page is closed:', full.message);
  }
}

export const useSettings = () => useSignal(settings);

const isDark = (theme) => theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);

/** Whether the page is dark now, by choice or by the system. */
export const dark = () => isDark(settings.value.theme);

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => choose({}));
