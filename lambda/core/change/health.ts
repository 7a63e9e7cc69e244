import { both } from '../bilingual.ts';
import { excerpt } from '../excerpt.ts';
import { parsed, refused, writeLike } from '../parsed.ts';
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
      return refused(
        both(`${excerpt(name)} is not one of its flags`, `${excerpt(name)} 不是它的参数`),
        both(`Its flags are ${Object.keys(FLAGS).join(' ')}.`, `它的参数有 ${Object.keys(FLAGS).join(' ')}。`),
      );
    if (seen.has(field))
      return refused(both(`${name} is given twice`, `${name} 写了两次`), both('Keep one of them.', '请只保留一个。'));
    if (equals < 0 || equals === flag.length - 1)
      return refused(
        both(`${name} has no value`, `${name} 没有值`),
        writeLike(`${name}=${field === 'Retries' ? '3' : '30s'}`),
      );
    seen.add(field);
    const text = flag.slice(equals + 1);
    const value = field === 'Retries' ? parseRetries(text) : parseDuration(text);
    if (!value.ok) {
      const { problem, remedy } = value;
      const said = `${name}=${excerpt(text)}`;
      return refused(both(`${said}: ${problem.en}`, `${said}：${problem.zh}`), remedy);
    }
    if (value.value !== 0) health[field] = value.value;
  }
  return parsed(health);
}

function parseRetries(text: string): Parsed<number> {
  const retries = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  return retries <= 0x7fffffff
    ? parsed(retries)
    : refused(both('it is not a whole number', '不是整数'), writeLike('--retries=3'));
}

/** A duration in Go's notation (`1m30s`, `500ms`) in nanoseconds: zero, or from one millisecond to about 104 days. */
export function parseDuration(text: string): Parsed<number> {
  let read = text === '0' ? 1 : 0;
  let sum = 0;
  for (const [term, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy)) {
    read += term.length;
    sum += Math.trunc(Number(amount) * UNITS[unit!]!);
  }
  if (text === '' || read < text.length) {
    return refused(
      both('it is not a duration', '不是时间长度'),
      both('Write a number with a unit: 30s, 1m30s, 500ms.', '请写带单位的数字：30s、1m30s、500ms。'),
    );
  }
  if (sum !== 0 && sum < MILLISECOND) {
    return refused(
      both('it is shorter than 1ms', '短于 1ms'),
      both('Docker takes 1ms or more.', 'Docker 要求至少 1ms。'),
    );
  }
  return Number.isSafeInteger(sum)
    ? parsed(sum)
    : refused(both('it is longer than 2501h', '长于 2501h'), both('Write a shorter one.', '请写短一些。'));
}
