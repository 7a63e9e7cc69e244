import { pack } from '../compression/layer-packer.ts';
import { ExpandedUpload, exactly } from '../files/expanded-upload.ts';
import { mended } from '../mend/mended.ts';
import { LadingError } from '../model/errors.ts';
import { partSize, type Plan, type PlanPart } from '../model/plan.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import { rewritten } from '../rewrite/rewritten.ts';

/**
 * Yields the bytes of the image archive that `plan` describes, in order. `source` reads the upload, from which most of
 * the bytes come. Throws a LadingError with the code `source-changed` when a range that is copied from the upload has
 * more or fewer bytes than planned. Throws one with the code `wrong-size` when any other part, or the whole archive,
 * is not as long as planned.
 */
export async function* stream(plan: Plan, source: Source, tools: Tools): Bytes {
  const upload = new ExpandedUpload(source, tools);
  let total = 0;
  try {
    for (const part of plan.parts) {
      total += partSize(part);
      yield* exactly(open(part, source, upload, tools), partSize(part), tools, (sizes) => wrongSize(part, sizes));
    }
  } finally {
    await upload.close();
  }
  if (total !== plan.size)
    throw new LadingError(
      'wrong-size',
      `Cannot write the image archive: the plan says ${plan.size} bytes, its parts ${total}`,
    );
}

async function* open(part: PlanPart, source: Source, upload: ExpandedUpload, tools: Tools): Bytes {
  switch (part.kind) {
    case 'bytes':
      yield part.bytes;
      return;
    case 'range':
      if (part.end > part.start) yield* source.open(part.start, part.end);
      return;
    case 'recoded': {
      const layer = upload.open(part);
      const content = part.mend === undefined ? layer : mended(layer, part.mend, tools);
      yield* part.pack === undefined ? content : pack(content, part.pack, tools);
      return;
    }
    case 'rewritten': {
      const layer = rewritten(part.recipe, source, tools);
      yield* part.pack === undefined ? layer : pack(layer, part.pack, tools);
    }
  }
}

function wrongSize({ kind }: PlanPart, sizes: string): Error {
  return kind === 'range'
    ? new LadingError('source-changed', `Cannot read the upload: ${sizes}`)
    : new LadingError('wrong-size', `Cannot write the image archive: ${sizes}`);
}
