import type { CommandCompletions, Completions } from './words.ts';

/**
 * Makes the script by which bash completes the commands and flags of `lading`. For an argument that is a file, the
 * script suggests no words, and bash suggests file names. For an argument that only the user knows, the script forbids
 * this with `compopt`.
 */
export function bash(commands: CommandCompletions[]): string {
  const names = commands.map((each) => each.name).join(' ');
  const values = new Map(
    commands.flatMap(({ flags }) =>
      flags.flatMap((flag) => {
        if (flag.values === null) return [];
        return [`--${flag.name}`, ...(flag.short === null ? [] : [`-${flag.short}`])].map(
          (word) => [word, flag.values] as const,
        );
      }),
    ),
  );
  return `# Completion of lading for bash: source <(lading completion bash)
_lading() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=
  # Bash makes three words of --flag=value.
  if [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  if [[ $current == '=' ]]; then current=; fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then words='${names} --help --version'
  else
    case $before in
${[...values].map(([word, of]) => `      ${word}) ${action(of ?? 'none')}`).join('\n')}
    esac
    case \${COMP_WORDS[1]}:$current in
${commands.map(({ name, flags }) => `      ${name}:-*) words='${flags.map((flag) => `--${flag.name}`).join(' ')}' ;;`).join('\n')}
${commands.flatMap(({ name, operands }) => (operands === 'file' ? [] : `      ${name}:*) ${operands === 'none' ? NO_FILES : `words='${operands.join(' ')}'`} ;;`)).join('\n')}
    esac
  fi
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
complete -o default -F _lading lading
`;
}

const NO_FILES = 'compopt +o default 2>/dev/null';

/**
 * Returns the bash commands, for one branch of a `case`, that complete the value of a flag. `words` are the values to
 * suggest. For `file`, bash suggests file names; for `none`, it suggests nothing.
 */
function action(words: Completions): string {
  if (words === 'file') return 'return ;;';
  if (words === 'none') return `${NO_FILES}; return ;;`;
  return `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current")); return ;;`;
}
