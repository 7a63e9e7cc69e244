import { parsed, refused } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';
import type { Healthcheck } from '../image/config.ts';

type Field = 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval' | 'Retries';

const FLAGS: Record<string, Field> = {
  '--interval': 'Interval',
  '--timeout': 'Timeout',
  '--start-period': 'StartPeriod',
  '--start-interval': 'StartInterval',
  '--retries': 'Retries',
};

/** Nanoseconds per unit of Go's time.ParseDuration; both signs for micro are in use. */
const UNITS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const MILLISECOND = 1e6;

/** The flags of HEALTHCHECK; a zero means the engine's default and is left out. */
export function parseHealthFlags(flags: string[]): Parsed<Healthcheck> {
  const health: Healthcheck = {};
  const seen = new Set<Field>();
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    const name = equals < 0 ? flag : flag.slice(0, equals);
    const field = FLAGS[name];
    if (field === undefined)
      return refused(`${name} is not one of its flags`, `Its flags are ${Object.keys(FLAGS).join(' ')}.`);
    if (seen.has(field)) return refused(`${name} is given twice`, 'Keep one of them.');
    if (equals < 0 || equals === flag.length - 1)
      return refused(`${name} has no value`, `Write it as ${name}=${field === 'Retries' ? '3' : '30s'}.`);
    seen.add(field);
    const text = flag.slice(equals + 1);
    const value = field === 'Retries' ? parseRetries(text) : parseDuration(text);
    if (!value.ok) return refused(`${name}=${text}: ${value.problem}`, value.remedy);
    if (value.value !== 0) health[field] = value.value;
  }
  return parsed(health);
}

function parseRetries(text: string): Parsed<number> {
  const retries = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  return retries <= 0x7fffffff
    ? parsed(retries)
    : refused('it is not a whole number', 'Write for example --retries=3.');
}

/** A duration in Go's notation (`1m30s`, `500ms`) in nanoseconds: zero, or from one millisecond to about 104 days. */
export function parseDuration(text: string): Parsed<number> {
  const terms = text === '0' ? [] : [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy)];
  const read = terms.reduce((length, [term]) => length + term.length, 0);
  if (text !== '0' && (text === '' || read < text.length)) {
    return refused('it is not a duration', 'Write a number with a unit: 30s, 1m30s, 500ms.');
  }
  const sum = terms.reduce((total, [, amount, unit]) => total + Math.trunc(Number(amount) * UNITS[unit!]!), 0);
  if (sum !== 0 && sum < MILLISECOND) return refused('it is shorter than 1ms', 'Docker takes 1ms or more.');
  return Number.isSafeInteger(sum) ? parsed(sum) : refused('it is longer than 2501h', 'Write a shorter one.');
}
