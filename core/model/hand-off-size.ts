import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { fewOfEach, type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import type { ConversionRequest } from './conversion-request.ts';
import type { Inspection } from './inspection.ts';
import { jsonBytes } from './json-size.ts';

/**
 * The largest size in bytes of an inspection (the result of reading an upload) as JSON. The inspect function writes the
 * inspection and the options into one JSON document for the convert function; this size leaves room for the options. A
 * larger inspection gives the finding `limit-exceeded`.
 */
const INSPECTION_BYTES = LIMITS.inspectionBytes - LIMITS.requestBytes - 64 * 1024;

/**
 * The number of bytes that a piece of a split upload takes in the JSON document for the convert function, besides its
 * key: its version, its ETag and its size.
 */
const PIECE_BYTES = 256;

/**
 * Returns a copy of an inspection (the result of reading an upload) with at most `LIMITS.findingsOfACode` findings
 * (messages for the user) of each code. If even the copy is too large for the JSON document that the inspect function
 * writes for the convert function, it also gets the finding `limit-exceeded`.
 */
export function withinBounds(inspection: Inspection): Inspection {
  const few = { ...inspection, findings: fewOfEach(inspection.findings) };
  const fault = inspectionFault(few);
  return fault === null ? few : { ...few, findings: [fault, ...few.findings] };
}

/**
 * Checks the size of an inspection (the result of reading an upload) and of a conversion request (the parsed options).
 * The inspect function writes both into one JSON document for the convert function. Returns the finding
 * `limit-exceeded` when one is too large for it, else null. Neither can be shortened, because the image archive is made
 * from both. The command line has the same limits, although it writes no such document.
 */
export function tooLargeToHandOn(inspection: Inspection, request: ConversionRequest): Finding | null {
  // The document has the keys of pieces twice: as an option, and in what it says of the upload.
  const { pieces = [] } = request;
  const most = LIMITS.requestBytes;
  const bytes = jsonBytes(request, most) + jsonBytes(pieces, most) + PIECE_BYTES * pieces.length;
  return bytes > most ? finding('limit-exceeded', { what: OPTIONS, limit: most }) : inspectionFault(inspection);
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
