import { decompress } from '../compression/decompress.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Inspection, Sums } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';
import { TarScanner } from '../tar/tar.ts';
import { mendRootfs } from './mend-rootfs.ts';
import type { Mended } from './mended-findings.ts';

/**
 * Corrects a container archive that is cut off in the zero blocks after its last member. Also corrects its members so
 * that engines unpack them. Reads the upload once to find the end of the last member, because the inspection stopped
 * where the archive is cut off. `mendRootfs` then reads it up to twice more. Returns the inspection of the corrected
 * archive, and the number of times that the upload was read (`passes`). If the archive is cut off anywhere else,
 * corrects nothing and returns the given inspection, `before`.
 */
export async function mendCutEnd(
  before: Inspection,
  request: Pick<ConversionRequest, 'compress'>,
  source: Source,
  tools: Tools,
): Promise<Mended> {
  const whole = await upToLastMember(before, source, tools);
  if (whole === null) return { inspection: before, passes: 1 };
  const findings = before.findings.map((each) =>
    each.code === 'truncated' ? { ...each, mended: true as const } : each,
  );
  const { inspection, passes } = await mendRootfs({ ...before, ...whole, findings }, request, source, tools);
  return { inspection, passes: passes + 1 };
}

/**
 * Reads the whole upload. Returns its size and checksums (`upload`), and the size in bytes of its decompressed content
 * up to the end of the last member (`content.size`). The checksums in `content` are not those of the content, and must
 * not be used. Null unless the archive is cut off in the zero blocks after its last member.
 */
async function upToLastMember(
  { compression }: Inspection,
  source: Source,
  tools: Tools,
): Promise<{ upload: Sums; content: Sums } | null> {
  const scanner = new TarScanner({ member: () => 0, body() {} }, tools.byteString);
  const upload = new SumsTap(tools);
  for await (const chunk of decompress(upload.tap(source.open()), compression, tools)) {
    scanner.push(chunk);
    await tools.breathe?.();
  }
  if (scanner.cutEnd === 0) return null;
  const sums = await upload.sums();
  // Only the size of this content is used: what it becomes is inspected later.
  return { upload: sums, content: { ...sums, size: scanner.offset - scanner.cutEnd } };
}
