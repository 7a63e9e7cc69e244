import { decompress } from './archive/decompress.ts';
import { LadingError } from './errors.ts';
import { partSize } from './image/plan.ts';
import type { Plan, PlanPart } from './image/plan.ts';
import type { Bytes, Source, Tools } from './ports.ts';

/**
 * The bytes that a plan describes, in order. Throws `source-changed` when the upload has not the bytes that a part
 * names, and `wrong-size` when the parts, or what is expanded, have not the size that the plan gives.
 */
export async function* stream(plan: Plan, source: Source, tools: Tools): Bytes {
  let total = 0;
  for (const part of plan.parts) {
    total += partSize(part);
    yield* exactly(part, open(part, source, tools));
  }
  if (total !== plan.size)
    throw new LadingError(
      'wrong-size',
      `Cannot write the image archive: the plan says ${plan.size} bytes, its parts ${total}`,
    );
}

async function* open(part: PlanPart, source: Source, tools: Tools): Bytes {
  switch (part.kind) {
    case 'bytes':
      yield part.bytes;
      return;
    case 'range':
      if (part.end > part.start) yield* source.open(part.start, part.end);
      return;
    case 'expanded':
      yield* decompress(source.open(), part.compression, tools);
  }
}

async function* exactly(part: PlanPart, bytes: Bytes): Bytes {
  const size = partSize(part);
  let seen = 0;
  for await (const chunk of bytes) {
    seen += chunk.length;
    if (seen > size) break;
    yield chunk;
  }
  if (seen === size) return;
  const sizes = `${size} bytes were expected there, ${seen > size ? 'more' : `only ${seen}`} came`;
  throw part.kind === 'range'
    ? new LadingError('source-changed', `Cannot read the upload: ${sizes}`)
    : new LadingError('wrong-size', `Cannot write the image archive: ${sizes}`);
}
