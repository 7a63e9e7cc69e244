import { both } from '../../catalogue/bilingual.ts';
import { parsed, type Parsed, type Refusal, refused } from '../../catalogue/parsed.ts';
import type { ExecutionConfig } from '../../model/config.ts';
import { excerpt } from '../../catalogue/brief.ts';
import { Draft } from './draft.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { ChangeReader, type Instruction } from './lines.ts';

/**
 * Applies Dockerfile instructions to the image config `base`, as `docker import --change` does (docs/formats.md, 3).
 * Returns the new config. Returns a refusal when an instruction is wrong, or when Docker would silently do something
 * else than the author of the instruction meant.
 */
export function applyChanges(changes: string[], base: ExecutionConfig): Parsed<ExecutionConfig> {
  const reader = new ChangeReader();
  const draft = new Draft(base);
  let instructions = 0;
  for (const change of changes) {
    const read = change.includes('\0')
      ? refused(both('it has a NUL byte', '含有 NUL 字节'), both('Leave it out.', '请去掉它。'))
      : reader.read(change);
    if (!read.ok) return inapplicable(change, read);
    for (const instruction of read.value) {
      const refusal = applyOne(draft, instruction);
      if (refusal !== null) return inapplicable(instruction.line, refusal);
      instructions++;
    }
  }
  if (changes.length === 0) return parsed(base);
  if (instructions > 0) return parsed(draft.finish());
  return inapplicable(
    changes.join('\n'),
    refused(
      both('it holds no instruction', '其中没有指令'),
      both('Write an instruction, or leave the change out.', '请写一条指令，或去掉这个改动。'),
    ),
  );
}

function applyOne(draft: Draft, instruction: Instruction): Refusal | null {
  const { name, flags } = instruction;
  const apply = INSTRUCTIONS.get(name);
  if (apply === undefined) {
    const before = ['RUN', 'COPY', 'ADD'].includes(name) ? CHANGE_BEFORE : both('', '');
    const known = [...INSTRUCTIONS.keys()].join(' ');
    return refused(
      both(`${excerpt(name)} is not an instruction that a change can be`, `${excerpt(name)} 不是改动可用的指令`),
      both(`${before.en}A change is one of ${known}.`, `${before.zh}改动可以是：${known}。`),
    );
  }
  if (flags.length === 0 || name === 'HEALTHCHECK') return apply(draft, instruction);
  const flag = excerpt(flags[0] ?? '');
  return refused(
    both(`${flag} is taken for a flag, and ${name} has none`, `${flag} 会被当作参数，而 ${name} 没有参数`),
    both(
      'Use the exec form ["..."] for a command that begins with dashes.',
      '命令以短横线开头时，请用 exec 形式 ["..."]。',
    ),
  );
}

function inapplicable(change: string, refusal: Refusal): Refusal {
  const text = shown(change);
  const { en, zh } = refusal.problem;
  const problem = both(`Cannot apply the change ${text}: ${en}.`, `无法应用改动 ${text}：${zh}。`);
  return { ...refusal, problem };
}

const CHANGE_BEFORE = both(
  'Change the files in the container before it is exported. ',
  '文件请在导出之前就在容器里改好。',
);

/**
 * Returns a Dockerfile instruction in backticks for an error message, as the user wrote it. A long one is shortened.
 */
function shown(change: string): string {
  return `\`${excerpt(change).replaceAll('\n', '\\n')}\``;
}
