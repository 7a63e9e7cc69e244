import { excerpt } from '../catalogue/brief.ts';
import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { type Parsed, parsed, refused } from '../catalogue/parsed.ts';
import { pieceFault } from '../inspect/piece-names.ts';
import { isNamedLikeAPiece } from '../inspect/split-piece.ts';
import { decodedText } from '../json/decoded-text.ts';
import { LIMITS } from '../limits.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import { LadingError } from '../model/errors.ts';
import type { Inspection } from '../model/inspection.ts';
import { isObject, JsonFields, parseJson } from '../options/json-fields.ts';
import { beyond } from '../options/refusal.ts';
import { PIECES } from '../options/table.ts';
import { notGiven } from './not-given.ts';
import type { UploadIdentity, UploadPiece, Uploads } from './stores.ts';

/**
 * Reads the keys of all pieces of an archive that was uploaded in pieces, in order. They are listed in the sidecar,
 * the JSON object with the options of the upload; null when it lists none. `key` is the key of this upload. A list is
 * refused unless it names the pieces of one file in the upload's own folder, and this upload is one of them. So a
 * sidecar cannot make the service read other uploads.
 */
export function piecesIn(sidecar: Uint8Array, key: string): Parsed<string[] | null> {
  const json = parseJson(decodedText(sidecar));
  const fields = new JsonFields(isObject(json) ? json : {}, '');
  const listed = fields.texts(PIECES.field) ?? [];
  if (fields.problem !== null) return unusable(fields.problem);
  if (listed.length === 0) return parsed(null);
  if (listed.length > LIMITS.pieces) return beyond(MANY, LIMITS.pieces);
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const names = listed.map((name) => (name.startsWith(folder) ? name.slice(folder.length) : name));
  const foreign = names.find((name) => name === '' || name.includes('/'));
  if (foreign !== undefined) return unusable(outside(foreign));
  const fault = pieceFault(names);
  if (fault !== null) return unusable(both(fault.en.replace(/\.$/, ''), fault.zh.replace(/。$/, '')));
  return names.includes(key.slice(folder.length)) ? parsed(names.map((name) => folder + name)) : unusable(NOT_LISTED);
}

const MANY = both('the pieces that the sidecar lists', '选项文件列出的分片数');
const NOT_LISTED = both('it does not list this upload itself', '没有列出该上传文件自身');

function outside(name: string): Bilingual {
  const shown = excerpt(name);
  return both(`"${shown}" is not a name in the folder of this upload`, `"${shown}" 不是该上传文件所在目录中的名称`);
}

function unusable({ en, zh }: Bilingual): Parsed<null> {
  return refused(
    both(
      `Cannot use the field ${PIECES.field} of the options file: ${en}.`,
      `无法使用选项文件的字段 ${PIECES.field}：${zh}。`,
    ),
    both(
      'List all pieces of one file in order, this upload among them, by their names in its folder: ["web.tar.aa", "web.tar.ab"].',
      '请按顺序列出同一文件的全部分片（包括该上传文件），写它们在同一目录中的名称：["web.tar.aa", "web.tar.ab"]。',
    ),
  );
}

/**
 * The outcome of looking for all pieces of a split upload: the whole upload, the message on why it is not read, or the
 * key of a piece that is missing.
 */
export type Gathered =
  // `identity` is that of the last piece, with all pieces and their size together.
  | { kind: 'whole'; identity: UploadIdentity }
  // It is not the last piece, or S3 refuses to describe one of the pieces.
  | { kind: 'unread'; finding: Finding }
  | { kind: 'missing'; piece: string };

/** The number of pieces of a split upload that are looked for in the bucket at the same time. The others wait. */
const AT_ONCE = 16;

/**
 * Looks in the bucket for all pieces of a split upload, of which `identity` must be the last one. Returns the whole
 * upload with its pieces, the finding that says why it is not read, or the key of the first missing piece. `pieces`
 * lists the keys of all pieces. Without it, the upload is not split, and is returned as it is.
 */
export async function gathered(
  identity: UploadIdentity,
  { pieces: keys }: Pick<ConversionRequest, 'pieces'>,
  uploads: Uploads,
): Promise<Gathered> {
  if (keys === undefined) return { kind: 'whole', identity };
  if (keys.at(-1) !== identity.key) return { kind: 'unread', finding: finding('piece-waits') };
  const { bucket } = identity;
  const pieces: UploadPiece[] = [];
  try {
    for (let at = 0; at < keys.length - 1; at += AT_ONCE) {
      const group = keys.slice(at, Math.min(at + AT_ONCE, keys.length - 1));
      const found = await Promise.all(
        group.map(async (key) => await uploads.find({ bucket, key, versionId: null, etag: null, sequencer: null })),
      );
      for (const [i, there] of found.entries()) {
        if (there === null) return { kind: 'missing', piece: group[i] ?? '' };
        pieces.push(pieceOf(there.identity));
      }
    }
  } catch (error) {
    const withheld = notGiven(error);
    if (withheld === null) throw error;
    return { kind: 'unread', finding: withheld };
  }
  pieces.push(pieceOf(identity));
  const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
  return { kind: 'whole', identity: { ...identity, size, pieces } };
}

function pieceOf({ key, versionId, etag, size }: UploadIdentity): UploadPiece {
  return { key, versionId, etag, size };
}

/**
 * Makes the error `piece-missing`, which says that the piece `piece` of the split upload `key` was not uploaded yet.
 * After this error, the service tries the upload again later.
 */
export function missing(key: string, piece: string): LadingError {
  return new LadingError('piece-missing', `Cannot read ${key}: the piece ${piece} is missing`);
}

/**
 * Returns the inspection of an upload with `piece-waits` as its only finding if the upload is a piece of a split
 * archive. Both its content (finding `split-piece`) and its name must say so. Such a piece waits for the last piece,
 * whose options list all pieces. Any other inspection is returned as it is.
 */
export function leftWaiting(inspection: Inspection, { key, pieces }: UploadIdentity): Inspection {
  const isPiece =
    pieces === undefined && isNamedLikeAPiece(key) && inspection.findings.some((each) => each.code === 'split-piece');
  return isPiece ? { ...inspection, findings: [finding('piece-waits')] } : inspection;
}

/**
 * True for an inspection with the finding `piece-waits`: the upload is a piece of a split archive, and waits for the
 * other pieces.
 */
export function isWaiting({ findings }: Inspection): boolean {
  return findings.some((each) => each.code === 'piece-waits');
}

/**
 * Calls `work`, which does some work on an upload, and returns its result. `work` throws `source-changed` when the
 * upload was replaced. If the upload is split, and one of its pieces other than the last was replaced, this function
 * throws `piece-changed` instead. The event of the last piece must then be delivered again, because only that event
 * starts the work.
 */
export async function orPieceChanged<T>(
  identity: UploadIdentity,
  uploads: Uploads,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isChanged = error instanceof LadingError && error.code === 'source-changed';
    if (!isChanged || identity.pieces === undefined || (await uploads.find(identity)) === null) throw error;
    throw new LadingError('piece-changed', `${error.message}, and is a piece of ${identity.key}`);
  }
}
