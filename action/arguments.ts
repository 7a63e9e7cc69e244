import { OPTION_LIST } from '../core/options/table.ts';

/** The flags that each `lading` command takes from the inputs of the action, without the options of a conversion. */
const FLAGS: Record<string, readonly string[]> = {
  convert: ['fail-on', 'html'],
  inspect: ['fail-on', 'html'],
  upload: ['fail-on', 'key', 'uploads', 'results', 'timeout', 'output'],
};

/**
 * The command line arguments for a step in GitHub Actions, made from its inputs (the runner's `INPUT_…` variables). The
 * archive manifest is written into `folder`; so is the image archive if no output is named.
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

/** The command line flags for one input of the action. An option that can be repeated has one value on each line. */
function flags(name: string, form: string, value: string): string[] {
  if (value === '') return [];
  if (form === 'flag') return value === 'true' ? [`--${name}`] : [];
  const values = form === 'texts' ? value.split('\n').map((line) => line.trim()) : [value];
  return values.filter((each) => each !== '').map((each) => `--${name}=${each}`);
}
