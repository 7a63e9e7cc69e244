import { quoted } from '../../core/page/text.ts';
import type { CommandCompletions, Flag, Completions } from './words.ts';

/** Makes the script by which the shell fish completes the commands and flags of `lading`. */
export function fish(commands: CommandCompletions[]): string {
  const lines = commands.flatMap(({ name, meaning, flags, operands }) => {
    const inCommand = `complete -c lading -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c lading -n __fish_use_subcommand -a ${name} -d ${quoted(meaning)}`,
      ...flags.map((flag) => `${inCommand}${flagWords(flag)}`),
      ...(operands === 'none' ? [] : [`${inCommand} ${following(operands)}`]),
    ];
  });
  const head = '# Completion of lading for fish: lading completion fish > ~/.config/fish/completions/lading.fish';
  return [head, 'complete -c lading -f', ...lines, ''].join('\n');
}

function flagWords({ name, short, values, meaning }: Flag): string {
  const forms = `${short === null ? '' : ` -s ${short}`} -l ${name}`;
  const value = values === null ? '' : values === 'none' ? ' -x' : ` -r ${following(values)}`;
  return `${forms}${value} -d ${quoted(meaning)}`;
}

function following(words: Exclude<Completions, 'none'>): string {
  return words === 'file' ? '-F' : `-f -a ${quoted(words.join(' '))}`;
}
