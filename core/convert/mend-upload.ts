import { type Finding, isMendedOnRequest } from '../catalogue/findings.ts';
import { inspect } from '../inspect/inspect.ts';
import { mended } from '../mend/mended.ts';
import { surveyed } from '../mend/survey.ts';
import { mendedRemark } from '../mend/words.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import { LadingError } from '../model/errors.ts';
import type { Inspection, Sums } from '../model/inspection.ts';
import { plan } from '../model/plan.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import { stream } from './execute.ts';

/** An inspection after mending, and how many times the upload was read for it. */
export interface Mended {
  inspection: Inspection;
  passes: number;
}

/**
 * Mends an upload when the option `mend` asks for it and a finding says that something can be mended. A container
 * archive is read twice more: to decide about its members, and to inspect it as it becomes. The inspection that is
 * returned describes the mended archive. It is returned as it was when nothing can be mended.
 */
export async function mendUpload(
  inspection: Inspection,
  request: Pick<ConversionRequest, 'mend' | 'compress'>,
  source: Source,
  tools: Tools,
  onProgress: (bytesRead: number) => void = () => {},
): Promise<Mended> {
  const { content, findings } = inspection;
  if (!request.mend || content === null || !findings.some(isMendedOnRequest)) return { inspection, passes: 0 };
  try {
    return await mendRootfs({ ...inspection, content }, request, counted(source, onProgress), tools);
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return { inspection: { ...inspection, findings: [error.finding, ...findings] }, passes: 1 };
  }
}

async function mendRootfs(
  before: Inspection & { content: Sums },
  { compress }: Pick<ConversionRequest, 'compress'>,
  source: Source,
  tools: Tools,
): Promise<Mended> {
  const { upload, compression, inside, findings, content } = before;
  const start = inside?.start ?? 0;
  const end = start + content.size;
  const layer = { kind: 'recoded', outer: compression, start, end, inner: 'none', size: content.size } as const;
  const read = (): Bytes => stream(plan([layer]), source, tools);
  const found = await surveyed(read(), { folder: before.rootFolder ?? '', alone: true }, tools);
  if (found === null) return { inspection: before, passes: 1 };
  const { recipe, changes } = found;
  const after = await inspect(mended(read(), recipe, tools), tools, { compress, unwrap: false });
  if (after.content === null)
    return { inspection: { ...before, findings: [...after.findings, ...findings] }, passes: 2 };
  return {
    inspection: {
      ...after,
      upload,
      compression,
      inside,
      cleanGzip: false,
      findings: [mendedRemark(changes), ...after.findings, ...kept(findings, after.findings)],
      mended: { recipe, changes, end },
    },
    passes: 2,
  };
}

/** A source that reports after each chunk how many bytes were read from it so far. */
function counted(source: Source, onProgress: (bytesRead: number) => void): Source {
  let read = 0;
  return {
    async *open(start, end) {
      for await (const chunk of source.open(start, end)) {
        onProgress((read += chunk.length));
        yield chunk;
      }
    },
  };
}

/**
 * The findings about an upload that are still of interest after it was mended: those that mending has corrected, marked
 * as such, and those about its compression.
 */
function kept(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const codes = new Set(after.map(({ code }) => code));
  return before.flatMap((each) => {
    if (codes.has(each.code)) return [];
    if (isMendedOnRequest(each)) return [{ ...each, mended: true as const }];
    return each.code.startsWith('compressed-') || each.code === 'archive-inside' ? [each] : [];
  });
}
