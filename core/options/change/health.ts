import { both } from '../../catalogue/bilingual.ts';
import { parsed, type Parsed, refused, writeLike } from '../../catalogue/parsed.ts';
import type { Healthcheck } from '../../model/config.ts';
import { parseDuration } from '../../model/duration.ts';
import { excerpt } from '../../catalogue/brief.ts';

type Field = 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval' | 'Retries';

const FLAGS = new Map<string, Field>([
  ['--interval', 'Interval'],
  ['--timeout', 'Timeout'],
  ['--start-period', 'StartPeriod'],
  ['--start-interval', 'StartInterval'],
  ['--retries', 'Retries'],
]);

/**
 * Parses the flags of a HEALTHCHECK instruction, such as `--interval=30s`, into fields of the health check in an image
 * config. Durations are in nanoseconds. A flag whose value is zero gives no field, because zero means the engine's
 * default. Returns a refusal when a flag is wrong.
 */
export function parseHealthFlags(flags: string[]): Parsed<Healthcheck> {
  const health: Healthcheck = {};
  const seen = new Set<Field>();
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    const name = equals < 0 ? flag : flag.slice(0, equals);
    const field = FLAGS.get(name);
    if (field === undefined)
      return refused(
        both(`${excerpt(name)} is not one of its flags`, `${excerpt(name)} 不是它的参数`),
        both(`Its flags are ${[...FLAGS.keys()].join(' ')}.`, `它的参数有 ${[...FLAGS.keys()].join(' ')}。`),
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
