import type { Finding } from '../catalogue/findings.ts';
import { startsWith } from '../compression/compressed-reader.ts';
import type { GoType, TypeFault } from '../json/go-types.ts';
import { type JsonExtent, jsonExtent } from '../json/json-extent.ts';
import type { Typed } from '../json/typed.ts';
import { LIMITS } from '../limits.ts';
import { copied } from '../model/byte-arrays.ts';
import { byteString } from '../model/byte-string.ts';
import { asObject, type Json } from '../model/json.ts';
import { isUtf8 } from '../model/utf8.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath, parentOf, resolvedPath } from '../tar/paths.ts';
import { expectWithin, ImageBudget } from './image-budget.ts';
import { type ReadDocument, RecentDocuments } from './recent-documents.ts';

/**
 * The names of the documents that list the images of an archive, or mark an image archive. They lie at its root, or in
 * a folder that surrounds its content.
 */
const ROOT_DOCUMENTS = new Set(['manifest.json', 'index.json', 'oci-layout', 'repositories', 'version']);

/** A pattern for paths of configs, OCI manifests, `json` files and layers that known tools write (docs/formats.md). */
const BLOB =
  /^(?:blobs\/[a-z0-9]+\/[0-9a-f]{32,}(?:\.tar\.gz)?|(?:sha256:)?[0-9a-f]{64}(?:\.json|\.tar|\.tar\.gz)?|[^/]+\.json|[0-9a-f]{64}\/(?:json|VERSION|layer\.tar))$/;

/** A pattern for the paths that only blobs of image archives have, such as `blobs/sha256/…`. */
const IMAGE_BLOB =
  /^(?:blobs\/sha256\/[0-9a-f]{64}(?:\.tar\.gz)?|sha256:[0-9a-f]{64}|[0-9a-f]{64}(?:\.json|\.tar|\.tar\.gz|\/json|\/VERSION|\/layer\.tar))$/;

/**
 * A pattern for the names of files that show that a folder two levels down holds an image: documents such as
 * `manifest.json`, and blobs named by 64 hex digits.
 */
const DEEP = /^(?:manifest\.json|index\.json|oci-layout|repositories|[0-9a-f]{64})$/;

/** A pattern for paths of layers as only some builders name them: `app.tar.gz`, `…/layer.tar`. */
const LAYER = /^[^/]+\.(?:tar|tar\.gz|tgz|tar\.zst)$|\/layer\.tar$/;

/**
 * Collects the JSON documents of an image archive, and the sizes and links of members that could be blobs of images. It
 * also finds them one or two folders down, because a user may have packed the content of an image archive in folders.
 */
export class DocumentObserver {
  /**
   * The bytes of each JSON document. The keys are paths in the archive. When several members have the same path, the
   * last one is kept, as Docker does.
   */
  readonly documents = new Map<string, Uint8Array>();
  readonly sizes = new Map<string, number>();
  /**
   * The symbolic and hard links in the archive that could stand for blobs or documents of images. Keys are the paths of
   * the links, values the paths of their targets.
   */
  readonly links = new Map<string, string>();
  /**
   * The paths of the hard links among `links`: the links in the archive that could stand for blobs or documents of
   * images.
   */
  readonly hardLinks = new Set<string>();
  /**
   * The paths of documents such as `index.json`, at the root or in a folder there, that occur more than once in the
   * archive. Clients differ in which of them they read.
   */
  readonly repeated = new Set<string>();
  /** The prefix of document names at the archive's root: `./` for `./manifest.json`, empty for `manifest.json`. */
  prefix: '' | './' | '/' = '';
  readonly budget = new ImageBudget();
  /**
   * The finding that the archive has more members that may be blobs of images than `LIMITS.blobs` allows. Null below
   * the limit. Further blobs are then ignored.
   */
  exceeded: Finding | null = null;
  #keptBytes = 0;
  #listBytes = 0;
  /**
   * The paths of documents that were not kept in memory, because all documents together would have exceeded
   * `LIMITS.documentsBytes`.
   */
  readonly #passedOver = new Set<string>();
  /**
   * For each document that was measured: the number of its JSON values, and how deeply they are nested. Keys are the
   * byte arrays of the documents.
   */
  readonly #extents = new Map<Uint8Array, JsonExtent>();
  /**
   * The paths of documents that were read. Their bytes and values are already in the totals for all images, which
   * `LIMITS` limits.
   */
  readonly #counted = new Set<string>();
  /**
   * The path for which the method `concerns` was called last. `#concerns` has its answer. Both are remembered because
   * the method is called twice for each path.
   */
  #asked = '';
  #concerns = false;
  readonly #recent = new RecentDocuments();

  member(member: Member, path: string): number {
    if (!this.concerns(path)) return 0;
    this.exceeded ??= this.budget.take('blobs');
    if (this.sizes.has(path) && isList(path)) this.repeated.add(path);
    if (ROOT_DOCUMENTS.has(path)) this.prefix = prefixOf(member.name);
    if (member.type === '1') {
      this.links.set(path, cleanPath(member.linkname));
      this.hardLinks.add(path);
    }
    if (member.type === '2') {
      const { linkname } = member;
      this.links.set(path, resolvedPath(linkname.startsWith('/') ? linkname : `${parentOf(path)}/${linkname}`));
    }
    if (member.type !== '0') return 0;
    this.sizes.set(path, member.size);
    if (member.size > LIMITS.documentBytes) return 0;
    // Lists of images have a budget of their own. They come last, and without them no image would be found.
    const list = isList(path);
    if ((list ? this.#listBytes : this.#keptBytes) + member.size <= LIMITS.documentsBytes) return member.size;
    if (!list) this.#passedOver.add(path);
    return 0;
  }

  body(path: string, bytes: Uint8Array): void {
    const list = isList(path);
    if (!list && !looksLikeJson(bytes)) return; // it is a small layer
    if (list) this.#listBytes += bytes.length;
    else this.#keptBytes += bytes.length;
    this.documents.set(path, copied(bytes));
  }

  /**
   * True for a path where a JSON document or a blob of an image may be. Once the archive has more possible blobs than
   * `LIMITS.blobs`, only documents at the root count, such as `manifest.json`, and each only until a file with its path
   * was found.
   */
  concerns(path: string): boolean {
    if (this.exceeded !== null) return ROOT_DOCUMENTS.has(path) && !this.sizes.has(path);
    if (path === this.#asked) return this.#concerns;
    this.#asked = path;
    const below = inner(path);
    this.#concerns = isDocumentOrBlob(path) || isDocumentOrBlob(below) || isDeep(inner(below));
    return this.#concerns;
  }

  /** True for the path of a member that may be a config, an OCI manifest or a layer, but not a list of images. */
  mayBeBlob(path: string): boolean {
    return this.concerns(path) && !isList(path);
  }

  /**
   * The folders, one or two levels deep, that contain a document which lists images, such as `index.json`. Each ends
   * with a slash. Empty when there are none, or more than `LIMITS.folders`.
   */
  folders(): string[] {
    const lists = [...this.sizes.keys()].filter((path) =>
      /^(?:[^/]+\/){1,2}(?:manifest\.json|index\.json|repositories)$/.test(path),
    );
    const folders = new Set(lists.map((path) => path.slice(0, path.lastIndexOf('/') + 1)));
    return folders.size > LIMITS.folders ? [] : [...folders];
  }

  /**
   * The total size in bytes of all documents and possible blobs in `folder`. They are counted at any depth. `folder`
   * ends with a slash; an empty text means the whole archive.
   */
  bytesIn(folder: string): number {
    let sum = 0;
    // An archive can have a thousand folders, and a list of all sizes for each would take longer than the search.
    for (const [path, size] of this.sizes) if (path.startsWith(folder)) sum += size;
    return sum;
  }

  /**
   * The JSON document at `path` as a JavaScript value. `type` describes the Go type into which Docker decodes it. A
   * value that does not fit this type is corrected if it is clear what was meant. Undefined when the document is
   * missing or not JSON. Throws a LadingError (`bad-archive`) when the document, or all documents together, exceed a
   * limit.
   */
  json(path: string, type: GoType = ANY): unknown {
    return this.typed(path, type)?.json;
  }

  /**
   * Compares the JSON document at `path` with the Go type `type` into which clients decode it. Returns the text of the
   * document, its value, and the values that do not fit. Null when it is missing or not JSON. Throws a LadingError
   * (`bad-archive`) when it, or all documents together, exceed a limit, or when too many of its values do not fit.
   */
  typed(path: string, type: GoType): Typed | null {
    const typed = this.#read(path)?.typed(type) ?? null;
    expectWithin('mistypedValues', typed?.faults.length ?? 0);
    return typed;
  }

  /**
   * The values in the document at `path` that clients refuse because they do not fit the Go type `type`. Empty when all
   * fit, or when the document is missing or not JSON. Throws a LadingError (`bad-archive`) beyond a limit.
   */
  faults(path: string, type: GoType): TypeFault[] {
    return this.#read(path)?.faults(type) ?? [];
  }

  /**
   * Adds the bytes and values of the document at `path` to the totals for all images once more, because a further image
   * uses the document. Without effect when there is no document. Throws a LadingError (`bad-archive`) when a total
   * exceeds its limit in `LIMITS`.
   */
  share(path: string): void {
    const at = this.resolved(path);
    const bytes = this.documents.get(at);
    if (bytes !== undefined) this.#count(bytes, this.#extentOf(at, bytes));
  }

  #count(bytes: Uint8Array, { values }: JsonExtent): void {
    this.budget.add('describedBytes', bytes.length);
    this.budget.add('jsonValues', values);
  }

  /**
   * Returns the number of values in the JSON document `bytes`, and how deeply they are nested. `at` is its path, which
   * decides how many values are allowed. Throws a LadingError (`bad-archive`) when a number exceeds its limit in
   * `LIMITS`.
   */
  #extentOf(at: string, bytes: Uint8Array): JsonExtent {
    const known = this.#extents.get(bytes);
    if (known !== undefined) return known;
    const extent = jsonExtent(bytes);
    expectWithin('jsonDepth', extent.depth);
    expectWithin(isList(at) ? 'documentValues' : 'imageValues', extent.values);
    this.#extents.set(bytes, extent);
    return extent;
  }

  /**
   * Reads and parses the document at a path; null when there is none. The first call for a path adds the bytes and
   * values of the document to the totals for all images. Links with different paths may lead to the same document: it
   * is counted for each of them. Throws a LadingError (`bad-archive`) beyond a limit.
   */
  #read(path: string): ReadDocument | null {
    const at = this.resolved(path);
    const bytes = this.documents.get(at);
    if (bytes === undefined && this.#passedOver.has(at)) expectWithin('documentsBytes', LIMITS.documentsBytes + 1);
    if (bytes === undefined) return null;
    const extent = this.#extentOf(at, bytes);
    if (this.#counted.size < this.#counted.add(path).size) this.#count(bytes, extent);
    return this.#recent.of(bytes, extent.values);
  }

  /**
   * True when the document at `path` is not valid UTF-8. Docker and other clients accept invalid bytes inside its
   * strings. False when there is no document.
   */
  isOdd(path: string): boolean {
    const bytes = this.documents.get(this.resolved(path));
    return bytes !== undefined && !isUtf8(bytes);
  }

  /**
   * The text of the document at a path, one character for each byte, without a byte order mark; empty when the document
   * is missing.
   */
  byteString(path: string): string {
    const bytes = this.documents.get(this.resolved(path)) ?? new Uint8Array();
    return byteString(bytes, this.isMarked(path) ? BYTE_ORDER_MARK.length : 0);
  }

  /**
   * The paths of documents in `folder` that are not JSON, although they should be: `manifest.json`, `index.json` and
   * `oci-layout`. Empty files are left out. `folder` ends with a slash, or is empty for the root.
   */
  unreadable(folder: string): string[] {
    return ['manifest.json', 'index.json', 'oci-layout']
      .map((name) => folder + name)
      .filter((path) => (this.sizes.get(path) ?? 0) > 0 && (this.#read(path)?.spelled ?? null) === null);
  }

  /**
   * True when the document at `path` begins with a byte order mark, which clients refuse. False when there is no
   * document.
   */
  isMarked(path: string): boolean {
    return startsWith(this.documents.get(this.resolved(path)) ?? new Uint8Array(), BYTE_ORDER_MARK);
  }

  /**
   * The path of the first member that only image archives have, such as `blobs/sha256/…`. It shows that an archive
   * without a list of images was an image archive. Null when there is no such member.
   */
  imageBlob(): string | null {
    return this.sizes.keys().find((path) => IMAGE_BLOB.test(path)) ?? null;
  }

  object(path: string, type: GoType = ANY): Json | null {
    return asObject(this.json(path, type));
  }

  /**
   * The path to which a link in the archive leads, through further links if need be. Only eight links are followed;
   * after more, the path that the eighth leads to is returned. A path that is no link is returned unchanged.
   */
  resolved(path: string): string {
    let at = path;
    for (let steps = 0; steps < 8; steps++) {
      const next = this.links.get(at);
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }
}

/**
 * A Go type without fields. Every JSON object fits it, so callers use it to read a document without checking its types.
 */
const ANY: GoType = { fields: {} };

function prefixOf(name: string): '' | './' | '/' {
  return name.startsWith('./') ? './' : name.startsWith('/') ? '/' : '';
}

/** True for a path, up to two folders down, that only blobs of image archives have, such as `blobs/sha256/…`. */
export function isImageBlob(path: string): boolean {
  return IMAGE_BLOB.test(path) || IMAGE_BLOB.test(inner(path)) || IMAGE_BLOB.test(inner(inner(path)));
}

function isDocumentOrBlob(path: string): boolean {
  return ROOT_DOCUMENTS.has(path) || BLOB.test(path) || LAYER.test(path);
}

/**
 * True for the path of a document that lists images or marks an image archive, such as `index.json`: at the root of the
 * archive, or in a folder at the root.
 */
function isList(path: string): boolean {
  return ROOT_DOCUMENTS.has(inner(path));
}

function isDeep(path: string): boolean {
  return DEEP.test(path) || IMAGE_BLOB.test(path);
}

function inner(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

/** The three bytes of a byte order mark in UTF-8. Some Windows programs write it at the beginning of a text. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * True when bytes begin with `{` or `[`, so that they may be a JSON object or list. White space and a byte order mark
 * before that are skipped.
 */
export function looksLikeJson(bytes: Uint8Array): boolean {
  const text = startsWith(bytes, BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
  // A callback for each byte would take ten times as long for megabytes of zeros.
  let at = 0;
  while (at < text.length && text[at]! <= 0x20) at++;
  return text[at] === 0x7b || text[at] === 0x5b;
}
