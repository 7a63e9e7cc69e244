import { parsed, refused } from '../parsed.ts';
import type { Parsed, Refusal } from '../parsed.ts';
import { INSTRUCTIONS } from './instructions.ts';
import type { Draft } from './instructions.ts';
import { ChangeReader } from './lines.ts';
import type { Instruction } from './lines.ts';
import type { ExecutionConfig } from '../image/config.ts';

/**
 * Applies Dockerfile instructions to a config as `docker import --change` does (formats.md 3); where Docker silently
 * makes something else of an instruction than its author meant, the change is refused.
 */
export function applyChanges(changes: string[], base: ExecutionConfig): Parsed<ExecutionConfig> {
  const reader = new ChangeReader();
  let draft: Draft = { config: base, cmdSet: false };
  let instructions = 0;
  for (const change of changes) {
    const read = change.includes('\0') ? refused('it has a NUL byte', 'Leave it out.') : reader.read(change);
    if (!read.ok) return inapplicable(change, read);
    for (const instruction of read.value) {
      const next = applyOne(draft, instruction);
      if (!next.ok) return inapplicable(instruction.line, next);
      draft = next.value;
      instructions++;
    }
  }
  if (changes.length === 0 || instructions > 0) return parsed(draft.config);
  return inapplicable(
    changes.join('\n'),
    refused('it holds no instruction', 'Write an instruction, or leave the change out.'),
  );
}

function applyOne(draft: Draft, instruction: Instruction): Parsed<Draft> {
  const { name, flags } = instruction;
  const apply = INSTRUCTIONS.get(name);
  if (apply === undefined) {
    const remedy = ['RUN', 'COPY', 'ADD'].includes(name)
      ? 'Change the files in the container before it is exported. '
      : '';
    return refused(
      `${name} is not an instruction that a change can be`,
      `${remedy}A change is one of ${[...INSTRUCTIONS.keys()].join(' ')}.`,
    );
  }
  if (flags.length === 0 || name === 'HEALTHCHECK') return apply(draft, instruction);
  return refused(
    `${flags[0]} is taken for a flag, and ${name} has none`,
    `Use the exec form ["..."] for a command that begins with dashes.`,
  );
}

function inapplicable(change: string, { problem, remedy }: Refusal): Refusal {
  return refused(`Cannot apply the change ${shown(change)}: ${problem}.`, remedy);
}

/** The change as given, unless it is too long to be read in a sentence. */
function shown(change: string): string {
  const line = change.replaceAll('\n', '\\n');
  return line.length <= 200 ? `\`${line}\`` : `\`${line.slice(0, 200)}…\``;
}
