import type { Finding } from '../catalogue/findings.ts';
import { costOfByte } from '../compression/layer-packer.ts';
import { ExpandedUpload } from '../files/expanded-upload.ts';
import { layersOf } from '../files/files.ts';
import { inspect } from '../inspect/inspect.ts';
import { MendBudget } from '../mend/mend-budget.ts';
import { mended } from '../mend/mended.ts';
import { decideLayer } from '../mend/decide-layer.ts';
import { mendedRemark } from '../mend/remark.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import { type Mended, settled } from './mended-findings.ts';

/**
 * Mends a container archive: decides how its members are corrected so that engines unpack them, and writes nothing.
 * The upload is read twice: once to decide, and once to inspect the corrected archive. Returns the inspection of the
 * corrected archive. Returns the given inspection, `before`, when there is nothing to correct, and with more findings
 * when the corrected archive cannot be read to its end.
 */
export async function mendRootfs(
  before: Inspection,
  { compress }: Pick<ConversionRequest, 'compress'>,
  source: Source,
  tools: Tools,
): Promise<Mended> {
  const [place] = layersOf(before, 0) ?? [];
  if (place === undefined) return { inspection: before, passes: 0 };
  const expanded = new ExpandedUpload(source, tools);
  try {
    const budget = new MendBudget(before.upload?.size, costOfByte(compress));
    const rules = { folder: before.rootFolder ?? '', alone: true, budget };
    const found = await decideLayer(expanded.layer(place), rules, tools);
    if (found === null) return { inspection: before, passes: 1 };
    const { recipe, changes } = found;
    const after = await inspect(mended(expanded.layer(place), recipe, tools), tools, { compress, unwrap: false });
    const { upload, compression, inside } = before;
    const findings = [...after.findings, ...ofUpload(settled(before.findings, after.findings), after.findings)];
    if (after.content === null) return { inspection: { ...before, findings }, passes: 2 };
    const own = { upload, compression, inside, cleanGzip: false, findings: [mendedRemark(changes), ...findings] };
    return { inspection: { ...after, ...own, mended: changes, mend: { recipe, end: place.end } }, passes: 2 };
  } finally {
    await expanded.close();
  }
}

/**
 * Selects from `before`, the findings about an upload, those that still apply after its content was corrected. These
 * are findings about the compression of the upload, or about an archive inside it. Findings with `mended: true`, whose
 * cause the correction has removed, are kept, too. Findings whose code also occurs in `after`, the findings about the
 * corrected archive, are left out.
 */
function ofUpload(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const said = new Set(after.map(({ code }) => code));
  return before.filter(
    ({ code, mended: isMended }) =>
      !said.has(code) && (isMended === true || code.startsWith('compressed-') || code === 'archive-inside'),
  );
}
