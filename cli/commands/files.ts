import { type Bilingual, both } from '../../core/catalogue/bilingual.ts';
import { brief } from '../../core/catalogue/brief.ts';
import { contentOf } from '../../core/files/file-contents.ts';
import { mergedFiles, layersOf } from '../../core/files/files.ts';
import { filesBelow } from '../../core/files/listing.ts';
import type { MergedTree } from '../../core/files/merge.ts';
import type { MergedFile } from '../../core/files/merged-file.ts';
import { type LayerPlace, sizeOfLayers } from '../../core/model/recipe.ts';
import { printable as readable } from '../../core/model/bytes.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import type { Bytes, Tools } from '../../core/model/ports.ts';
import { nativeTools } from '../../node/tools.ts';
import type { FilesCommand } from '../args.ts';
import { chosenImage, refuseArchive } from '../chosen-image.ts';
import { EXIT, UsageError } from '../exit.ts';
import { hashesOnThread } from '../hash-early.ts';
import type { Input } from '../input/input.ts';
import { openArchive } from '../input/pieces.ts';
import { inspectInput } from '../inspect-input.ts';
import { type Io, write } from '../io.ts';
import { styleFor } from '../page-style.ts';
import { listing } from '../print/listing.ts';
import { progress } from '../print/progress.ts';
import { printable } from '../../core/page/text.ts';
import { isControl, TerminalText } from '../terminal-text.ts';

/**
 * An archive that `lading files` has opened: how to read it, where the layers of the chosen image are in it, and the
 * tree of files that these layers make together.
 */
interface Opened {
  input: Input;
  tools: Tools;
  layers: LayerPlace[];
  tree: MergedTree;
}

/**
 * Runs `lading files`: prints to standard output a list of the files in an archive, or below a directory in it, or the
 * content of one file. Returns the exit code.
 */
export async function filesCommand(command: FilesCommand, io: Io): Promise<number> {
  const input = await openArchive(command, 'again', io);
  const tools = nativeTools({ threads: hashesOnThread(command.file), sumsCrc32: false, signal: io.signal });
  try {
    const inspection = await inspectInput(input, tools, command, io);
    const layers = layersOf(inspection, await chosenImage(inspection, command, io));
    if (layers === null) return await refuseArchive(inspection.findings, command, io);
    const tree = await merged(layers, inspection, input, tools, command, io);
    const code = await show({ input, tools, layers, tree }, command, io);
    await input.assertUnchanged();
    return code;
  } finally {
    tools.close();
    await input.close();
  }
}

async function merged(
  layers: LayerPlace[],
  inspection: Inspection,
  input: Input,
  tools: Tools,
  command: FilesCommand,
  io: Io,
): Promise<MergedTree> {
  const bar = progress('Listing', sizeOfLayers(layers), command.progress, io);
  try {
    return await mergedFiles(inspection, layers, input.again, tools, { onProgress: (bytes) => bar.update(bytes) });
  } finally {
    bar.end();
  }
}

async function show(opened: Opened, command: FilesCommand, io: Io): Promise<number> {
  const name = printable(brief(command.path));
  // Paths in archives are byte strings, one character for each byte.
  const led = opened.tree.resolve(Buffer.from(command.path).toString('latin1'));
  switch (led.kind) {
    case 'circle':
      return await refuse(
        'show',
        name,
        both('its symbolic links lead in a circle', '它的符号链接形成了循环'),
        command,
        io,
      );
    case 'missing': {
      const to = readable(led.path);
      const why = led.linked
        ? both(`it leads to ${to}, which is not in the archive`, `它指向 ${to}，而归档中没有这个路径`)
        : both('it is not in the archive', '归档中没有这个路径');
      return await refuse('show', name, why, command, io);
    }
    case 'found': {
      const { children, file } = led.place;
      if (children !== null) return await list(opened, led.path, io);
      return file === null ? EXIT.done : await print(file, name, opened, command, io);
    }
  }
}

async function refuse(
  verb: 'show' | 'print',
  name: string,
  why: Bilingual,
  { language }: FilesCommand,
  io: Io,
): Promise<number> {
  const said = both(`Cannot ${verb} ${name}: ${why.en}.`, `无法显示 ${name}：${why.zh}。`);
  await write(io.stderr, `${said[styleFor(io.stderr, language, io.env).language]}\n`, io.signal);
  return EXIT.finding;
}

async function list({ tree, tools }: Opened, path: string, io: Io): Promise<number> {
  const led = tree.resolve(path);
  if (led.kind === 'found') {
    for (const text of listing(filesBelow(led.place), tree.list(led.path, led.place))) {
      if (text !== '') await write(io.stdout, text, io.signal);
      await tools.breathe?.();
    }
  }
  return EXIT.done;
}

const UNREADABLE: Record<string, Bilingual> = {
  '3': both('a character device', '字符设备'),
  '4': both('a block device', '块设备'),
  '6': both('a named pipe', '命名管道'),
};

/**
 * Says, in English and Chinese, why the content of a file cannot be printed: the file is a device, a named pipe, or a
 * hard link to a file that is not in the archive. Null when the content can be printed.
 */
function whyNotPrinted(file: MergedFile): Bilingual | null {
  const device = UNREADABLE[file.type];
  if (device !== undefined) return both(`it is ${device.en}`, `它是${device.zh}`);
  const target = readable(file.linkname);
  return file.start >= 0
    ? null
    : both(
        `it is a hard link to ${target}, which is not in the archive`,
        `它是指向 ${target} 的硬链接，而归档中没有这个文件`,
      );
}

async function print(
  file: MergedFile,
  name: string,
  { layers, input, tools }: Opened,
  command: FilesCommand,
  io: Io,
): Promise<number> {
  const why = whyNotPrinted(file);
  if (why !== null) return await refuse('print', name, why, command, io);
  const content = contentOf(file, layers, input.again, tools);
  if (io.stdout.isTTY === true) await printText(content, name, io);
  else for await (const chunk of content) await write(io.stdout, chunk, io.signal);
  return EXIT.done;
}

/**
 * Prints the content of a file to a terminal, and escapes control characters. Throws a UsageError as soon as a chunk of
 * the content is binary; chunks before it are printed already. `name` is the name of the file in the error message.
 */
async function printText(content: Bytes, name: string, io: Io): Promise<void> {
  const text = new TerminalText();
  for await (const chunk of content) {
    if (chunk.some(isControl))
      throw new UsageError(
        both(`Cannot print ${name} to a terminal: it is no text.`, `无法在终端显示 ${name}：它不是文本。`),
        both('Write it to a file with > FILE, or pipe it on.', '请用 > FILE 写到文件，或通过管道传给别的程序。'),
      );
    await write(io.stdout, text.of(chunk), io.signal);
  }
  await write(io.stdout, text.end(), io.signal);
}
