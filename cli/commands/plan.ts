import { enumerated } from '../../core/catalogue/brief.ts';
import { convert } from '../../core/convert/convert.ts';
import { manifestOf } from '../../core/manifest/manifest.ts';
import { partSize, type Plan, type PlanPart } from '../../core/model/plan.ts';
import { nativeTools } from '../../node/tools.ts';
import type { PlanCommand } from '../args.ts';
import { EXIT } from '../exit.ts';
import { hashesOnThread } from '../hash-early.ts';
import { openArchive } from '../input/pieces.ts';
import { inspectInput, requestOf, sourceOf } from '../inspect-input.ts';
import { renewed } from '../new-layers.ts';
import { type Io, write } from '../io.ts';
import { nextLines } from '../../core/page/next-steps.ts';
import { styleFor } from '../page-style.ts';
import { conversionPage } from '../print/conversion.ts';
import { count, exactly, printable } from '../../core/page/text.ts';
import { type Paint, paintFor, plural, safeJson } from '../print/text.ts';
import { VERSION } from '../version.ts';

/**
 * Runs `lading plan`: lists the parts (new bytes, and ranges of the input) from which `lading convert` would make the
 * image archive. Writes no file. Returns the exit code.
 */
export async function planCommand(command: PlanCommand, io: Io): Promise<number> {
  const request = await requestOf(command, command.file);
  const isTwice = request.mend || request.mergeFrom !== null;
  const input = await openArchive(command, isTwice ? 'again' : 'once', io);
  const tools = nativeTools({ threads: hashesOnThread(command.file), signal: io.signal });
  try {
    const seen = await inspectInput(input, tools, command, io, { compress: request.compress });
    const { inspection } = await renewed(seen, request, input, tools, command, io);
    const outcome = await convert(inspection, request, tools, { always: true });
    if (outcome.kind === 'converted') {
      const { plan } = outcome.conversion;
      const page = () => planPage(plan, input.name, paintFor(io.stdout, io.env));
      await write(io.stdout, command.json ? safeJson(planJson(plan)) : page(), io.signal);
      return EXIT.done;
    }
    const cost = { bytesRead: 0, bytesSent: 0, seconds: 0 };
    const source = sourceOf(input, inspection);
    const manifest = manifestOf({ source, inspection, converted: outcome, result: null, cost, version: VERSION });
    const style = styleFor(io.stderr, command.language, io.env);
    await write(io.stderr, conversionPage(manifest, nextLines(manifest), style), io.signal);
    return EXIT.badInput;
  } finally {
    tools.close();
    await input.close();
  }
}

function withOffsets(plan: Plan): { offset: number; size: number; part: PlanPart }[] {
  let end = 0;
  return plan.parts.map((part) => {
    const offset = end;
    end += partSize(part);
    return { offset, size: end - offset, part };
  });
}

function planJson(plan: Plan): object {
  const parts = withOffsets(plan).map(({ offset, size, part }) => {
    if (part.kind === 'bytes')
      return { offset, size, kind: part.kind, base64: Buffer.from(part.bytes).toString('base64') };
    return { offset, ...part, size };
  });
  return { size: plan.size, parts };
}

function planPage(plan: Plan, name: string, paint: Paint): string {
  const rows = withOffsets(plan)
    .slice(0, PARTS_SHOWN)
    .map(({ offset, size, part }) => [count(offset), count(size), describe(part, name)] as const);
  const width = Math.max(6, count(plan.size).length);
  const line = (offset: string, size: string, what: string) =>
    `  ${offset.padStart(width)}  ${size.padStart(width)}  ${what}\n`;
  const head = `What is written: ${exactly(plan.size)} in ${plural(plan.parts.length, 'part')}\n\n`;
  const left = plan.parts.length - rows.length;
  const others = left === 0 ? '' : `  and ${plural(left, 'more part')}, which --json prints\n`;
  return head + paint.faint(line('offset', 'size', 'what')) + rows.map((row) => line(...row)).join('') + others;
}

/**
 * The most parts of an image archive that `lading plan` lists as text. If there are more, it prints their number, and
 * that `--json` lists all. An image with 127 layers has some 260 parts.
 */
const PARTS_SHOWN = 2000;

function describe(part: PlanPart, name: string): string {
  const source = name === '-' ? 'standard input' : printable(name);
  switch (part.kind) {
    case 'bytes':
      return inlineText(part.bytes);
    case 'range':
      return `bytes ${count(part.start)} to ${count(part.end)} of ${source}`;
    case 'recoded':
      return `bytes ${count(part.start)} to ${count(part.end)} of what ${source} holds, ${part.pack === undefined ? 'expanded' : `as ${part.pack}`}${part.mend === undefined ? '' : ', mended'}`;
    case 'rewritten':
      return `the files of ${plural(part.recipe.layers.length, 'layer')} of ${source}, as one layer${part.pack === undefined ? '' : `, as ${part.pack}`}`;
  }
}

function inlineText(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return 'zeros: padding and the end of the archive';
  return `inline: ${enumerated(membersOf(bytes).map(printable), ', ').en}`;
}

/**
 * The names of the tar members in `bytes`, a stretch of a tar archive that begins with a header. Of a digest in a name,
 * only the first 12 hex digits are kept. Pax headers are left out. Returns `['data']` for bytes that do not begin with
 * a header.
 */
function membersOf(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const names: string[] = [];
  for (let at = 0; text.startsWith('ustar', at + 257);) {
    const [name = ''] = text.slice(at, at + 100).split('\0');
    const isExtension = text[at + 156] === 'x';
    if (!isExtension) names.push(name.replace(/([0-9a-f]{12})[0-9a-f]{52}/, '$1…'));
    at += 512 + Math.ceil((Number.parseInt(text.slice(at + 124, at + 136), 8) || 0) / 512) * 512;
  }
  return names.length === 0 ? ['data'] : names;
}
