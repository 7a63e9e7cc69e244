import { type Command, parseCommand } from './args.ts';
import { explain } from './exit.ts';
import { typedLanguage } from './flags.ts';
import { expectHashing, isTiny } from './hash-early.ts';
import { keepHeapSmall } from './heap.ts';
import { type Io, write } from './io.ts';
import { spokenLanguage } from './page-style.ts';
import { typedGithub } from './reporting.ts';
import { VERSION } from './version.ts';

/**
 * Runs the command that the arguments after `lading` name. Returns the exit code. Never throws: it prints an error, and
 * returns the exit code of the error.
 */
export async function main(argv: string[], io: Io): Promise<number> {
  try {
    return await run(parseCommand(argv), io);
  } catch (error) {
    const { code, text } = explain(error, spokenLanguage(typedLanguage(argv), io.env));
    if (text !== null) await tell(text, argv, io).catch(() => undefined);
    return code;
  }
}

async function tell(text: string, argv: string[], io: Io): Promise<void> {
  if (typedGithub(argv)) await (await import('./report.ts')).reportFailure(text, io);
  else await write(io.stderr, text);
}

/** Runs a parsed command, and returns the exit code. It loads only the modules of this command. */
async function run(command: Command, io: Io): Promise<number> {
  // For a tiny archive it is done late, when the archive is opened, and not while `lading` starts.
  if (command.kind === 'serve' || ('file' in command && !isTiny(command.file))) keepHeapSmall();
  switch (command.kind) {
    case 'inspect':
      if (!command.quick) await expectHashing(command.file);
      return await (await import('./commands/inspect.ts')).inspectCommand(command, io);
    case 'convert':
      await expectHashing(command.file);
      return await (await import('./commands/convert.ts')).convertCommand(command, io);
    case 'plan':
      return await (await import('./commands/plan.ts')).planCommand(command, io);
    case 'files':
      return await (await import('./commands/files.ts')).filesCommand(command, io);
    case 'rootfs':
      await expectHashing(command.file);
      return await (await import('./commands/rootfs.ts')).rootfsCommand(command, io);
    case 'serve':
      return await (await import('./commands/serve.ts')).serveCommand(command, io);
    case 'upload':
      return await (await import('./commands/upload.ts')).uploadCommand(command, io);
    case 'status':
      return await (await import('./commands/status.ts')).statusCommand(command, io);
    case 'doctor':
      return await (await import('./commands/doctor.ts')).doctorCommand(command, io);
    case 'completion':
      await write(io.stdout, (await import('./completion/completion.ts')).completion(command.shell));
      return 0;
    case 'help':
      await write(io.stdout, (await import('./help.ts')).help(command.topic));
      return 0;
    case 'version':
      await write(io.stdout, `lading ${VERSION}\n`);
      return 0;
  }
}
