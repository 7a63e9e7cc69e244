import { OPTION_LIST } from '../core/options/table.ts';

/** The commands that the input `mode` can name, each with its flags, apart from the options of a conversion. */
const FLAGS: Record<string, readonly string[]> = {
  convert: ['fail-on'],
  inspect: ['fail-on'],
  upload: ['fail-on', 'key', 'uploads', 'results', 'timeout', 'output'],
};

/**
 * The arguments after `lading` for the inputs of a step, which GitHub's runner gives as `INPUT_…` variables. `folder` is
 * where the manifest is written, and the image where no output is named.
 */
export function argumentsOf(env: NodeJS.ProcessEnv, folder: string): string[] {
  const input = (name: string): string => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
  const mode = input('mode') || 'convert';
  const given = (name: string): string[] => (input(name) === '' ? [] : [`--${name}=${input(name)}`]);
  return [
    // The command line refuses the word for an unknown mode, and lists the commands.
    Object.hasOwn(FLAGS, mode) ? mode : `mode=${mode}`,
    '--format=github',
    `--manifest=${folder}/manifest.json`,
    ...(mode === 'convert' ? [`--output=${input('output') || `${folder}/image.tar`}`] : []),
    ...(FLAGS[mode] ?? []).flatMap(given),
    ...(mode === 'inspect' ? [] : OPTION_LIST.flatMap(([name, { form }]) => flags(name, form, input(name)))),
    '--',
    ...(input('file') === '' ? [] : [input('file')]),
  ];
}

/** The flags of one option. An option that can be repeated has one value on each line of its input. */
function flags(name: string, form: string, value: string): string[] {
  if (value === '') return [];
  if (form === 'flag') return value === 'true' ? [`--${name}`] : [];
  const values = form === 'texts' ? value.split('\n').map((line) => line.trim()) : [value];
  return values.filter((each) => each !== '').map((each) => `--${name}=${each}`);
}
