import { both } from '../../catalogue/bilingual.ts';
import { parseAll, parsed, type Parsed, type Refusal, refused, writeLike } from '../../catalogue/parsed.ts';
import type { ExecutionConfig } from '../../model/config.ts';
import { excerpt } from '../../catalogue/brief.ts';
import type { Draft } from './draft.ts';
import { parseExecForm } from './exec.ts';
import { parseHealthFlags } from './health.ts';
import { cut, type Instruction } from './lines.ts';
import { nameValues, scope } from './pairs.ts';
import { TOO_MUCH } from './pattern.ts';
import { parsePorts } from './ports.ts';
import { isSignal } from './signal.ts';
import { expand, expandToWords } from './words.ts';

/**
 * A function that applies one kind of Dockerfile instruction to an image config. It returns null on success. When the
 * instruction is wrong, it returns a refusal, in which `problem` is only the reason, not a full sentence.
 */
type Apply = (draft: Draft, instruction: Instruction) => Refusal | null;

/**
 * The eleven instructions that `docker import --change` accepts (moby daemon/builder/dockerfile, validCommitCommands),
 * each with the function that applies it.
 */
export const INSTRUCTIONS: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ['CMD', applyCmd],
  ['ENTRYPOINT', applyEntrypoint],
  ['ENV', applyEnv],
  ['EXPOSE', applyExpose],
  ['HEALTHCHECK', applyHealthcheck],
  ['LABEL', applyLabel],
  ['ONBUILD', applyOnbuild],
  ['STOPSIGNAL', applyStopSignal],
  ['USER', applyUser],
  ['VOLUME', applyVolume],
  ['WORKDIR', applyWorkdir],
]);

/**
 * The Dockerfile instructions that may follow ONBUILD, and ONBUILD, which may not. Any other is refused here. Docker
 * checks them only when a later build runs them.
 */
const TRIGGERS = new Set([...INSTRUCTIONS.keys(), 'ADD', 'ARG', 'COPY', 'RUN', 'SHELL']);

function applyCmd(draft: Draft, instruction: Instruction): Refusal | null {
  const command = commandLine(draft, instruction, 'CMD ["nginx", "-g", "daemon off;"]');
  if (!command.ok) return command;
  const { Cmd: _, ...others } = draft.config;
  const isReset = command.value.length === 0;
  draft.config = isReset ? others : { ...others, Cmd: command.value };
  draft.cmdSet ||= !isReset;
  return null;
}

/**
 * Applies an ENTRYPOINT instruction. As in Docker, it also removes the CMD that the config had before any instruction,
 * because that CMD was meant for the old ENTRYPOINT. Returns null, or the refusal of a wrong instruction.
 */
function applyEntrypoint(draft: Draft, instruction: Instruction): Refusal | null {
  const command = commandLine(draft, instruction, 'ENTRYPOINT ["/entrypoint.sh"]');
  if (!command.ok) return command;
  const { Cmd, Entrypoint: _, ...others } = draft.config;
  const isReset = command.value.length === 0 || (command.value.length === 1 && command.value[0] === '');
  const kept = draft.cmdSet && Cmd !== undefined ? { Cmd } : {};
  draft.config = { ...others, ...kept, ...(isReset ? {} : { Entrypoint: command.value }) };
  return null;
}

function applyEnv(draft: Draft, instruction: Instruction): Refusal | null {
  const pairs = nameValues(draft, instruction);
  if (!pairs.ok) return pairs;
  for (const [name, value] of pairs.value) draft.set(name, value);
  return null;
}

function applyLabel(draft: Draft, instruction: Instruction): Refusal | null {
  const pairs = nameValues(draft, instruction);
  if (!pairs.ok) return pairs;
  for (const [name, value] of pairs.value) draft.labels.set(name, value);
  return null;
}

function applyExpose(draft: Draft, instruction: Instruction): Refusal | null {
  const words = parseAll(instruction.args.split(/\s+/), (word) => expandToWords(word, scope(draft, instruction)));
  if (!words.ok) return words;
  const ports = parseAll(words.value.flat(), (spec) => parsePorts(spec, draft.spend.bind(draft)));
  if (!ports.ok) return ports;
  if (ports.value.length === 0) return refused(both('it names no port', '没有写端口'), writeLike('EXPOSE 80'));
  for (const port of ports.value.flat()) draft.ports.add(port);
  return null;
}

function applyHealthcheck(draft: Draft, { args, flags }: Instruction): Refusal | null {
  const [kind, command] = cut(args);
  if (kind.toUpperCase() === 'NONE') {
    if (command === '' && flags.length === 0) return withConfig(draft, { Healthcheck: { Test: ['NONE'] } });
    return refused(both('NONE stands alone', 'NONE 之后不能有别的内容'), writeLike('HEALTHCHECK NONE'));
  }
  const example = 'HEALTHCHECK --interval=30s CMD ["curl", "-f", "http://localhost/"]';
  if (kind.toUpperCase() !== 'CMD' || command === '') {
    return refused(
      both('after its flags it needs CMD and a command, or NONE', '参数之后应当是 CMD 加命令，或 NONE'),
      writeLike(example),
    );
  }
  const exec = parseExecForm(command, example);
  if (exec !== null && !exec.ok) return exec;
  if (exec?.value.length === 0)
    return refused(
      both('its command is empty', '命令是空的'),
      both('Write HEALTHCHECK NONE to switch it off.', '若要关闭健康检查，请写 HEALTHCHECK NONE。'),
    );
  const settings = parseHealthFlags(flags);
  if (!settings.ok) return settings;
  const test = exec === null ? ['CMD-SHELL', command] : ['CMD', ...exec.value];
  return withConfig(draft, { Healthcheck: { Test: test, ...settings.value } });
}

function applyOnbuild(draft: Draft, { args, line }: Instruction): Refusal | null {
  const [name, rest] = cut(args);
  const trigger = name.toUpperCase();
  if (trigger === 'ONBUILD' || !TRIGGERS.has(trigger)) {
    const triggers = [...TRIGGERS].filter((one) => one !== 'ONBUILD').join(' ');
    return refused(
      both(`"${excerpt(name)}" cannot be a trigger`, `"${excerpt(name)}" 不能作为触发指令`),
      both(`It can be one of ${triggers}.`, `可以是以下之一：${triggers}。`),
    );
  }
  if (rest === '')
    return refused(
      both(`its ${trigger} is empty`, `其中的 ${trigger} 是空的`),
      both(`Write out what ${trigger} shall do.`, `请写出 ${trigger} 要做什么。`),
    );
  const exec = ['CMD', 'ENTRYPOINT', 'SHELL', 'VOLUME'].includes(trigger)
    ? parseExecForm(rest, `ONBUILD ${trigger} ["a", "b"]`)
    : null;
  if (exec !== null && !exec.ok) return exec;
  draft.triggers.push(cut(line)[1]);
  return null;
}

function applyStopSignal(draft: Draft, instruction: Instruction): Refusal | null {
  const signal = expand(instruction.args, scope(draft, instruction));
  if (!signal.ok) return signal;
  if (isSignal(signal.value)) return withConfig(draft, { StopSignal: signal.value });
  return refused(
    both(`"${excerpt(signal.value)}" is not a signal`, `"${excerpt(signal.value)}" 不是信号`),
    both(
      'Write a name such as SIGTERM or SIGRTMIN+3, or a number from 1 to 64.',
      '请写信号名，例如 SIGTERM 或 SIGRTMIN+3，或 1 到 64 的数字。',
    ),
  );
}

function applyUser(draft: Draft, instruction: Instruction): Refusal | null {
  const user = expand(instruction.args, scope(draft, instruction));
  if (!user.ok) return user;
  if (/^[^\s:]*(?::[^\s:]*)?$/.test(user.value) && user.value !== '') return withConfig(draft, { User: user.value });
  const shown = excerpt(user.value);
  return refused(
    both(`"${shown}" is not a user or user:group`, `"${shown}" 不是 user 或 user:group 的形式`),
    both(
      'Write for example USER 1000:1000, USER nobody or USER root.',
      '例如写成 USER 1000:1000、USER nobody 或 USER root。',
    ),
  );
}

function applyVolume(draft: Draft, instruction: Instruction): Refusal | null {
  const exec = parseExecForm(instruction.args, 'VOLUME ["/data"]');
  if (exec !== null && !exec.ok) return exec;
  const written = exec?.value ?? instruction.args.split(/\s+/);
  const paths = parseAll(written, (word) => expand(word.trim(), scope(draft, instruction)));
  if (!paths.ok) return paths;
  const bad = paths.value.find((path) => !/^\/+[^/:][^:]*$/.test(path));
  if (bad !== undefined || paths.value.length === 0) {
    const shown = excerpt(bad ?? '');
    return refused(
      both(`"${shown}" is not an absolute path below / without a colon`, `"${shown}" 不是 / 之下、不含冒号的绝对路径`),
      both(
        'Write it like VOLUME /data. What is mounted there is chosen by docker run -v.',
        '请写成 VOLUME /data 的样子。挂载什么由 docker run -v 决定。',
      ),
    );
  }
  for (const path of paths.value) draft.volumes.add(path);
  return null;
}

function applyWorkdir(draft: Draft, instruction: Instruction): Refusal | null {
  const path = expand(instruction.args, scope(draft, instruction));
  if (!path.ok) return path;
  if (path.value === '') return refused(both('its path is empty', '路径是空的'), writeLike('WORKDIR /app'));
  const base = path.value.startsWith('/') ? '' : (draft.config.WorkingDir ?? '');
  if (!draft.spend(base.length)) return TOO_MUCH;
  return withConfig(draft, { WorkingDir: cleanPath(`${base}/${path.value}`) });
}

function withConfig(draft: Draft, change: ExecutionConfig): null {
  draft.config = { ...draft.config, ...change };
  return null;
}

/**
 * Returns the words of the command in a Dockerfile instruction such as CMD. A command in exec form, a JSON array, gives
 * its elements; `[]`, which clears the command, gives none. Any other text is put after the image's shell, `/bin/sh -c`
 * by default. Returns a refusal when the command is wrong or missing; it shows `example`, a correct instruction.
 */
function commandLine(draft: Draft, { args }: Instruction, example: string): Parsed<string[]> {
  if (args === '')
    return refused(
      both('it has no command', '没有写命令'),
      both(`Write it like ${example}, or with [] to clear it.`, `请写成 ${example} 的样子；要清除请写 []。`),
    );
  const exec = parseExecForm(args, example);
  if (exec !== null) return exec;
  const { Shell = [] } = draft.config;
  // The shell can be as long as all options together, and each instruction copies it.
  if (!draft.spend(Shell.length)) return TOO_MUCH;
  return parsed([...(Shell.length === 0 ? ['/bin/sh', '-c'] : Shell), args]);
}

/** Simplifies an absolute path: removes `.`, `..` and repeated slashes, without looking at any file system. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
