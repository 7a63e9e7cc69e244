import { both } from '../catalogue/bilingual.ts';
import { type Parsed, parsed, refused } from '../catalogue/parsed.ts';

/**
 * The nanoseconds in each unit of Go's time.ParseDuration. The microsecond has three spellings, because Unicode has two
 * letters for µ.
 */
const UNITS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const MILLISECOND = 1e6;

/**
 * Parses a duration in Go's notation (`1m30s`, `500ms`). Returns it in nanoseconds. Zero is allowed. Any other duration
 * below one millisecond or above 104 days is refused, as is a text that is no duration: the result then says why.
 */
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
