import { parseCommand } from './args.ts';
import type { Command } from './args.ts';
import { convertCommand } from './convert.ts';
import { explain } from './exit.ts';
import { filesCommand } from './files.ts';
import { help } from './help.ts';
import { inspectCommand } from './inspect.ts';
import { write } from './io.ts';
import type { Io } from './io.ts';
import { planCommand } from './plan.ts';
import { serveCommand } from './serve.ts';
import { printable } from './text.ts';
import { VERSION } from './version.ts';

/** Runs the command that the words after `lading` spell, and returns the exit code; never throws. */
export async function main(argv: string[], io: Io): Promise<number> {
  try {
    return await run(parseCommand(argv), io);
  } catch (error) {
    const { code, text } = explain(error);
    const lines = text?.split('\n').map((line) => `${printable(line)}\n`);
    if (lines !== undefined) await write(io.stderr, lines.join('')).catch(() => undefined);
    return code;
  }
}

async function run(command: Command, io: Io): Promise<number> {
  switch (command.kind) {
    case 'inspect':
      return await inspectCommand(command, io);
    case 'convert':
      return await convertCommand(command, io);
    case 'plan':
      return await planCommand(command, io);
    case 'files':
      return await filesCommand(command, io);
    case 'serve':
      return await serveCommand(command, io);
    case 'help':
      await write(io.stdout, help(command.topic));
      return 0;
    case 'version':
      await write(io.stdout, `lading ${VERSION}\n`);
      return 0;
  }
}
