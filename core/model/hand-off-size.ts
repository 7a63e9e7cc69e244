import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { fewOfEach, type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import type { ConversionRequest } from './conversion-request.ts';
import type { Inspection } from './inspection.ts';
import { jsonBytes } from './json-size.ts';

/**
 * The largest size of an inspection as JSON, in bytes: what the hand-off has room for beside the request, the upload's
 * identity and the cost.
 */
const INSPECTION_BYTES = LIMITS.inspectionBytes - LIMITS.requestBytes - 64 * 1024;

/**
 * Limits the number of findings with the same code in an inspection. If the inspection is still too large for the
 * hand-off, it adds a finding that says so.
 */
export function withinBounds(inspection: Inspection): Inspection {
  const few = { ...inspection, findings: fewOfEach(inspection.findings) };
  const fault = inspectionFault(few);
  return fault === null ? few : { ...few, findings: [fault, ...few.findings] };
}

/**
 * The finding that an inspection or a request is too large for the hand-off to the convert function; null when both
 * fit. They are never shortened, because the plan is made from them. The command line has the same limit.
 */
export function tooLargeToHandOn(inspection: Inspection, request: ConversionRequest): Finding | null {
  const isRequest = jsonBytes(request, LIMITS.requestBytes) > LIMITS.requestBytes;
  return isRequest
    ? finding('limit-exceeded', { what: OPTIONS, limit: LIMITS.requestBytes })
    : inspectionFault(inspection);
}

function inspectionFault(inspection: Inspection): Finding | null {
  if (jsonBytes(inspection, INSPECTION_BYTES) <= INSPECTION_BYTES) return null;
  return finding('limit-exceeded', { what: INSPECTION, limit: INSPECTION_BYTES });
}

const INSPECTION: Bilingual = both(
  'what the documents of this archive say, in bytes of JSON',
  '该归档的文档内容（以 JSON 字节计）',
);
const OPTIONS: Bilingual = both('the options of this upload, in bytes of JSON', '该上传的选项（以 JSON 字节计）');
