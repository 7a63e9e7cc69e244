import { type Bilingual, both } from '../../core/catalogue/bilingual.ts';
import { brief } from '../../core/catalogue/brief.ts';
import { type ArchiveImage, chooseImages, described, preferred } from '../../core/convert/choose-images.ts';
import { contentOf, layersOf, memberReader, mergeLayers } from '../../core/files/files.ts';
import type { MergedTree } from '../../core/files/merge.ts';
import type { MergedFile } from '../../core/files/merged-file.ts';
import type { LayerPlace } from '../../core/model/recipe.ts';
import { printable as readable } from '../../core/model/bytes.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import type { Bytes, Tools } from '../../core/model/ports.ts';
import { nativeTools } from '../../node/tools.ts';
import type { FilesCommand } from '../args.ts';
import { EXIT, UsageError } from '../exit.ts';
import { hashesOnThread } from '../hash-early.ts';
import type { Input } from '../input/input.ts';
import { openArchive } from '../input/pieces.ts';
import { inspectInput } from '../inspect-input.ts';
import { type Io, write } from '../io.ts';
import { lookFor } from '../page-style.ts';
import { findingsList } from '../print/findings.ts';
import { listing } from '../print/listing.ts';
import { platformText } from '../../core/page/rows.ts';
import { progress } from '../print/progress.ts';
import { printable } from '../../core/page/text.ts';
import { isControl, TerminalText } from '../terminal-text.ts';

/** An opened archive for `lading files`: the layers of the chosen image, the means to read them, its merged files. */
interface Opened {
  input: Input;
  tools: Tools;
  layers: LayerPlace[];
  tree: MergedTree;
}

/** Runs `lading files`: prints a list of the files in an archive, or the content of one file, to standard output. */
export async function filesCommand(command: FilesCommand, io: Io): Promise<number> {
  const input = await openArchive(command, 'again', io);
  const tools = nativeTools({ threads: hashesOnThread(command.file), sumsCrc32: false, signal: io.signal });
  try {
    const inspection = await inspectInput(input, tools, command, io);
    const layers = layersOf(inspection, await chosenImage(inspection, command, io));
    if (layers === null) return await refuse(inspection, command, io);
    const tree = await merged(layers, inspection, input, tools, command, io);
    const code = await show({ input, tools, layers, tree }, command, io);
    await input.assertUnchanged();
    return code;
  } finally {
    tools.close();
    await input.close();
  }
}

/** The index (from 0) of the image to list: the platform that was asked for, else linux/amd64, else the first image. */
async function chosenImage(
  inspection: Inspection,
  { image, platform, quiet, language }: FilesCommand,
  io: Io,
): Promise<number> {
  const { images } = inspection;
  if (images.length === 0 && image === null) return 0;
  const chosen = chooseImages(inspection, { image, platform });
  if (!Array.isArray(chosen)) {
    const { message, remedy, zh } = chosen;
    throw new UsageError(both(printable(message), printable(zh.message)), both(remedy, zh.remedy));
  }
  const [group, ...others] = chosen;
  if (group === undefined || others.length > 0) {
    const { en, zh } = described(images);
    throw new UsageError(
      both(
        `The archive holds ${images.length} images: ${printable(en)}.`,
        `归档中有 ${images.length} 个镜像：${printable(zh)}。`,
      ),
      both('Choose one with --image NAME or --image N.', '请用 --image NAME 或 --image N 选择一个。'),
    );
  }
  const only = preferred(group.images);
  if (only !== undefined && group.images.length > 1 && !quiet)
    await write(io.stderr, ofSeveral(only, group.images)[lookFor(io.stderr, language, io.env).language], io.signal);
  return only === undefined ? 0 : images.indexOf(only.found);
}

/** Tells the user for which platform the files of an image are listed, and which other platforms the archive has. */
function ofSeveral(only: ArchiveImage, images: ArchiveImage[]): Bilingual {
  const [shown, ...all] = [only, ...images].map(({ found }) =>
    found.platform === null ? '' : platformText(found.platform),
  );
  return both(
    `This is the image for ${shown}; the archive holds it for ${all.join(', ')}. Choose with --platform.\n`,
    `这是 ${shown} 的镜像；归档中有以下平台：${all.join('、')}。请用 --platform 选择。\n`,
  );
}

async function refuse({ findings }: Inspection, command: FilesCommand, io: Io): Promise<number> {
  const errors = findings.filter((each) => each.severity === 'error');
  await write(io.stderr, findingsList(errors, lookFor(io.stderr, command.language, io.env)), io.signal);
  return EXIT.badInput;
}

async function merged(
  layers: LayerPlace[],
  { images }: Inspection,
  input: Input,
  tools: Tools,
  command: FilesCommand,
  io: Io,
): Promise<MergedTree> {
  const total = layers.reduce((sum, layer) => sum + layer.size, 0);
  const bar = progress('Listing', total, command.progress, io);
  const read = memberReader(input.again, tools, (bytes) => bar.update(bytes));
  try {
    return await mergeLayers(layers, images.length > 0 ? 'applied' : 'names', tools, read);
  } finally {
    bar.end();
  }
}

async function show(opened: Opened, { path }: FilesCommand, io: Io): Promise<number> {
  const name = printable(brief(path));
  // Paths in archives are byte strings, one character for each byte.
  const led = opened.tree.resolve(Buffer.from(path).toString('latin1'));
  switch (led.kind) {
    case 'circle':
      return await say(`Cannot show ${name}: its symbolic links lead in a circle.`, io);
    case 'missing': {
      const what = led.linked ? `it leads to ${readable(led.path)}, which` : 'it';
      return await say(`Cannot show ${name}: ${what} is not in the archive.`, io);
    }
    case 'found': {
      const { children, file } = led.place;
      if (children !== null) return await list(opened, led.path, io);
      return file === null ? EXIT.done : await print(file, name, opened, io);
    }
  }
}

async function say(sentence: string, io: Io): Promise<number> {
  await write(io.stderr, `${sentence}\n`, io.signal);
  return EXIT.finding;
}

async function list({ tree, tools }: Opened, path: string, io: Io): Promise<number> {
  const led = tree.resolve(path);
  if (led.kind === 'found') {
    for (const text of listing(() => tree.list(led.path, led.place))) {
      if (text !== '') await write(io.stdout, text, io.signal);
      await tools.breathe?.();
    }
  }
  return EXIT.done;
}

const UNREADABLE: Record<string, string> = { '3': 'a character device', '4': 'a block device', '6': 'a named pipe' };

async function print(file: MergedFile, name: string, { layers, input, tools }: Opened, io: Io): Promise<number> {
  const device = UNREADABLE[file.type];
  if (device !== undefined) return await say(`Cannot print ${name}: it is ${device}.`, io);
  if (file.start < 0)
    return await say(
      `Cannot print ${name}: it is a hard link to ${readable(file.linkname)}, which is not in the archive.`,
      io,
    );
  const content = contentOf(file, layers, input.again, tools);
  if (io.stdout.isTTY === true) await printText(content, name, io);
  else for await (const chunk of content) await write(io.stdout, chunk, io.signal);
  return EXIT.done;
}

/** Prints a file to a terminal, and escapes control characters. Throws a UsageError when the content is binary. */
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
