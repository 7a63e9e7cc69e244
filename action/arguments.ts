import { UsageError } from '../cli/exit.ts';
import { type Form, OPTION_LIST } from '../core/options/table.ts';

/**
 * The inputs of the GitHub Action that become command line flags, by mode. Each has its name and the form of its value:
 * `text` for one text, `texts` for one text on each line, `flag` for `true` or `false`, `json` for JSON.
 */
const INPUTS: Readonly<Record<string, readonly (readonly [name: string, form: Form])[]>> = {
  convert: [...texts('output', 'fail-on', 'html'), ...options()],
  inspect: texts('fail-on', 'html'),
  upload: [...texts('output', 'fail-on', 'key', 'uploads', 'results', 'timeout'), ...options()],
};

/**
 * Makes the arguments with which one step in GitHub Actions runs Lading. `env` has the inputs of the step, as the
 * variables `INPUT_…` that the runner sets. With these arguments, Lading writes the archive manifest, the JSON that
 * says what the archive is, into `folder`. In mode `convert` without the input `output`, Lading also writes the image
 * archive into `folder`. Throws a UsageError for a mode that does not exist, for an input of another mode, and for an
 * input that must be `true` or `false` and is neither.
 */
export function argumentsOf(env: NodeJS.ProcessEnv, folder: string): string[] {
  const input = (name: string): string => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
  const mode = input('mode') || 'convert';
  const inputs = Object.hasOwn(INPUTS, mode) ? INPUTS[mode] : undefined;
  if (inputs === undefined) throw notOneOf('mode', Object.keys(INPUTS), mode);
  const names = new Set(inputs.map(([name]) => name));
  for (const [name] of Object.values(INPUTS).flat())
    if (input(name) !== '' && !names.has(name)) throw ofAnotherMode(name, mode);
  return [
    mode,
    '--format=github',
    `--manifest=${folder}/manifest.json`,
    ...(mode === 'convert' && input('output') === '' ? [`--output=${folder}/image.tar`] : []),
    ...inputs.flatMap(([name, form]) => flags(name, form, input(name))),
    '--',
    ...(input('file') === '' ? [] : [input('file')]),
  ];
}

function texts(...names: string[]): [string, Form][] {
  return names.map((name) => [name, 'text']);
}

/**
 * Returns the options of a conversion, such as `name`, each with the form of its value: `text`, `texts`, `flag` or
 * `json`. The GitHub Action has an input for each option.
 */
function options(): [string, Form][] {
  return OPTION_LIST.map(([name, { form }]) => [name, form]);
}

/**
 * Makes the command line flags for the input `name` of the GitHub Action, which has the given `value`. If `form` is
 * `texts`, the value has one text on each line, and each text becomes a flag. If `form` is `flag`, the value must be
 * `true` or `false`: `true` becomes a flag without a value, `false` becomes none, and a UsageError is thrown for
 * another value. Returns an empty list for an empty value.
 */
function flags(name: string, form: Form, value: string): string[] {
  if (form === 'flag') {
    if (!['', 'true', 'false'].includes(value)) throw notOneOf(name, ['true', 'false'], value);
    return value === 'true' ? [`--${name}`] : [];
  }
  const values = form === 'texts' ? value.split('\n').map((line) => line.trim()) : [value];
  return values.filter((each) => each !== '').map((each) => `--${name}=${each}`);
}

function notOneOf(name: string, values: readonly string[], value: string): UsageError {
  const words = `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  return new UsageError(
    { en: `${name} is ${words}, not ${value}.`, zh: `${name} 是 ${values.join('、')} 之一，不能是 ${value}。` },
    { en: `Write one of these words, or leave ${name} out.`, zh: `请写其中一个词，或去掉 ${name}。` },
  );
}

function ofAnotherMode(name: string, mode: string): UsageError {
  return new UsageError(
    { en: `${name} has no effect with mode ${mode}.`, zh: `在模式 ${mode} 下，${name} 不起作用。` },
    { en: `Leave ${name} out, or choose another mode.`, zh: `请去掉 ${name}，或选择另一种模式。` },
  );
}
