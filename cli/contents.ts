import type { Contents } from '../core/contents/facts.ts';
import type { Inspection } from '../core/model/inspection.ts';
import type { Tools } from '../core/model/ports.ts';
import type { PrintFlags } from './flags.ts';
import type { Input } from './input/input.ts';
import type { Io } from './io.ts';
import { progress } from './print/progress.ts';

/**
 * Reads an archive once more after its inspection, and returns a description of the files inside, with numbers such as
 * the wasted bytes. Shows a progress bar. Returns null when no flag asks for this description, and when the inspection
 * could not read the archive to its end. Throws a LadingError with the code `source-changed` if the archive changes
 * meanwhile.
 */
export async function wantedContents(
  inspection: Inspection,
  input: Input,
  tools: Tools,
  command: PrintFlags & { contents: boolean },
  io: Io,
): Promise<Contents | null> {
  if (!command.contents || inspection.content === null) return null;
  // Few inspections need it, and all would load it.
  const { contentsOf, expandedBytes } = await import('../core/contents/contents.ts');
  const bar = progress('Looking inside', expandedBytes(inspection), command.progress, io);
  try {
    const contents = await contentsOf(inspection, input.again, tools, (bytes) => bar.update(bytes));
    await input.assertUnchanged();
    return contents;
  } finally {
    bar.end();
  }
}
