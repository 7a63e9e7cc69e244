import { quoted } from '../../core/page/text.ts';
import type { CommandCompletions, Flag, Completions } from './words.ts';

/**
 * Makes the script by which zsh completes the commands and flags of `lading`. It can be sourced, or saved as `_lading`
 * in a folder of `fpath`.
 */
export function zsh(commands: CommandCompletions[]): string {
  const described = commands.map(({ name, meaning }) => `    ${quoted(`${name}:${meaning}`)}`).join('\n');
  const cases = commands.map(({ name, flags, operands }) => {
    const specs = [...flags.flatMap(specsOf), `*::${label(operands)}`].map((each) => ` \\\n        ${quoted(each)}`);
    return `    ${name}) _arguments -s${specs.join('')} ;;`;
  });
  return `#compdef lading
# Completion of lading for zsh: source <(lading completion zsh)
_lading() {
  local -a commands=(
${described}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _lading ]]; then _lading "$@"; else compdef _lading lading; fi
`;
}

/**
 * The arguments for zsh's `_arguments` that describe a flag: one for its long form, and one for its short form if it
 * has one.
 */
function specsOf({ name, short, multiple, values, meaning }: Flag): string[] {
  const text = `[${meaning.replace(/[[\]\\]/g, String.raw`\$&`)}]`;
  const value = values === null ? '' : `:${label(values)}`;
  const many = multiple ? '*' : '';
  const forms = [
    `--${name}${values === null ? '' : '='}`,
    ...(short === null ? [] : [`-${short}${values === null ? '' : '+'}`]),
  ];
  return forms.map((form) => `${many}${form}${text}${value}`);
}

function label(words: Completions): string {
  if (words === 'file') return 'file:_files';
  return words === 'none' ? 'value: ' : `value:(${words.join(' ')})`;
}
