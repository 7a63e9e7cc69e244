import { stat } from 'node:fs/promises';
import { both } from '../../core/catalogue/bilingual.ts';
import { hasError } from '../../core/catalogue/findings.ts';
import { inspectDocument } from '../../core/convert/inspect-document.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import { rootFileSystem } from '../../core/rewrite/root-file-system.ts';
import { once, unchanged, writeWhole } from '../../node/files.ts';
import { nativeTools } from '../../node/tools.ts';
import type { RootfsCommand } from '../args.ts';
import { chosenImage, refuseArchive } from '../chosen-image.ts';
import { asFile, EXIT, UsageError } from '../exit.ts';
import { hashesOnThread } from '../hash-early.ts';
import { openArchive } from '../input/pieces.ts';
import { inspectInput } from '../inspect-input.ts';
import { type Io, write } from '../io.ts';
import { refuseBadOutputs, refuseTerminal, writeOutput } from '../outputs.ts';
import { styleFor } from '../page-style.ts';
import { progress } from '../print/progress.ts';
import { exactly, printable } from '../../core/page/text.ts';
import { safeJson } from '../print/text.ts';

/**
 * Runs `lading rootfs`: writes the file system of an image as one tar archive, and its settings (command, environment
 * and so on) as a JSON file. Returns the exit code.
 */
export async function rootfsCommand(command: RootfsCommand, io: Io): Promise<number> {
  refuseTerminal(command.output, both('a tar archive', ' tar 归档'), 'docker import -', io);
  await refuseBadOutputs(command, [
    ['-o', command.output],
    ['--config', command.config],
  ]);
  await keepForeignConfig(command);
  const input = await openArchive(command, 'again', io);
  const tools = nativeTools({ threads: hashesOnThread(command.file), sumsCrc32: false, signal: io.signal });
  try {
    const inspection = await inspectInput(input, tools, command, io);
    const image = await chosenImage(inspection, command, io);
    const isRootfs = inspection.images.length > 0 || isSoundRootfs(inspection);
    const bar = progress('Writing the root file system', null, command.progress, io);
    const onProgress = (read: number) => bar.update(read);
    const bytes = isRootfs ? rootFileSystem(inspection, image, input.again, tools, onProgress) : null;
    if (bytes === null) return await refuseArchive(inspection.findings, command, io);
    const size = await writeOutput(command.output, unchanged(bytes, input), io).finally(() => bar.end());
    if (command.config !== null)
      await asFile(
        command.config,
        writeWhole(command.config, once(Buffer.from(safeJson([inspectDocument(inspection, image)]))), io.signal),
      );
    await tell(size, command, io);
    return EXIT.done;
  } finally {
    tools.close();
    await input.close();
  }
}

/**
 * Throws a UsageError when the JSON file with the image's settings would probably replace a file that `lading rootfs`
 * did not write. This is assumed when three things hold: the path of the JSON file is the default one, a file with this
 * path exists, and the root file system, which would be written next to it, does not exist yet.
 */
async function keepForeignConfig({ output, config, isConfigNamed }: RootfsCommand): Promise<void> {
  if (config === null || isConfigNamed) return;
  const [there, before] = await Promise.all([config, output].map((path) => stat(path).catch(() => null)));
  if (there?.isFile() !== true || before !== null) return;
  const [name, beside] = [printable(config), printable(output)];
  throw new UsageError(
    both(
      `Cannot write the config to ${name}: a file of that name is already there, although ${beside} is not.`,
      `无法把配置写到 ${name}：已有同名文件，而 ${beside} 并不存在。`,
    ),
    both('Name another file for the config with --config.', '请用 --config 为配置指定另一个文件。'),
  );
}

/**
 * True for an archive that holds one root file system, as `docker export` writes it, without errors. No container
 * engine would import one that has errors.
 */
function isSoundRootfs({ kind, findings }: Inspection): boolean {
  return kind.startsWith('rootfs/') && !hasError(findings);
}

async function tell(size: number, { output, config, quiet, language }: RootfsCommand, io: Io): Promise<void> {
  if (quiet || output === '-') return;
  const where = printable(output);
  const beside = config === null ? null : printable(config);
  const said = both(
    `The root file system is in ${where} (${exactly(size)})${beside === null ? '' : `, its config in ${beside}`}.\n`,
    `根文件系统已写入 ${where}（${exactly(size)}）${beside === null ? '' : `，配置已写入 ${beside}`}。\n`,
  );
  await write(io.stdout, said[styleFor(io.stdout, language, io.env).language], io.signal);
}
