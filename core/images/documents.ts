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

/** The names of the documents at the root of an image archive. */
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
 * Collects the JSON documents of an image archive, and the sizes and links of members that could be blobs of images.
 * Both may lie one or two folders down, because folders may surround the content of the archive.
 */
export class DocumentObserver {
  /**
   * The bytes of each JSON document by its path. When several members have the same path, the last one is kept, as in
   * Docker.
   */
  readonly documents = new Map<string, Uint8Array>();
  readonly sizes = new Map<string, number>();
  /**
   * The symbolic and hard links in the archive that could stand for blobs of images. Keys are the paths of the links,
   * values the paths of their targets.
   */
  readonly links = new Map<string, string>();
  /** The paths of those members of the archive that are hard links and could stand for blobs of images. */
  readonly hardLinks = new Set<string>();
  /** The paths of documents, such as `index.json`, that occur more than once. Clients differ in which one they read. */
  readonly repeated = new Set<string>();
  /** The prefix of document names at the archive's root: `./` for `./manifest.json`, empty for `manifest.json`. */
  prefix: '' | './' | '/' = '';
  readonly budget = new ImageBudget();
  /**
   * The finding that the archive has more possible blobs of images than a limit allows; null below the limit. Blobs
   * beyond the limit are ignored.
   */
  exceeded: Finding | null = null;
  #keptBytes = 0;
  #listBytes = 0;
  /** The paths of documents that were not kept in memory, because all documents together were too large. */
  readonly #passedOver = new Set<string>();
  /** The number of values and the nesting depth of each parsed document. Keys are the bytes of the documents. */
  readonly #extents = new Map<Uint8Array, JsonExtent>();
  /** The paths of the documents whose bytes and values are in the totals for all images. */
  readonly #counted = new Set<string>();
  /**
   * The path that the method `concerns` last checked for being a document or a possible blob of an image; `#concerns`
   * has the answer. Remembered because the method is called twice for each path.
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
   * True for the path of a JSON document or of a possible blob of an image. Once the archive has too many possible
   * blobs, true only for the paths of documents at the root, such as `manifest.json`, and no longer when a file with
   * that path was already found.
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
   * The folders, one or two levels deep, that contain a document which lists images, such as `index.json`. Empty if
   * there are more of them than `LIMITS.folders`.
   */
  folders(): string[] {
    const lists = [...this.sizes.keys()].filter((path) =>
      /^(?:[^/]+\/){1,2}(?:manifest\.json|index\.json|repositories)$/.test(path),
    );
    const folders = new Set(lists.map((path) => path.slice(0, path.lastIndexOf('/') + 1)));
    return folders.size > LIMITS.folders ? [] : [...folders];
  }

  /** The total size in bytes of the documents and blobs in a folder of the archive. */
  bytesIn(folder: string): number {
    return [...this.sizes].reduce((sum, [path, size]) => (path.startsWith(folder) ? sum + size : sum), 0);
  }

  /**
   * The JSON document at a path as a JavaScript value. `type` describes the Go type into which Docker decodes the
   * document. A value that does not fit it is corrected where it is clear what was meant. Undefined when the document
   * is missing or not JSON. Throws a LadingError (`bad-archive`) when all documents together are larger than `LIMITS`
   * allows.
   */
  json(path: string, type: GoType = ANY): unknown {
    return this.typed(path, type)?.json;
  }

  /**
   * The JSON document at a path: its text, its value, and what in it does not fit the Go type `type` into which clients
   * decode it. Null when it is missing or not JSON. Throws a LadingError (`bad-archive`) when documents are larger than
   * `LIMITS` allows.
   */
  typed(path: string, type: GoType): Typed | null {
    const typed = this.#read(path)?.typed(type) ?? null;
    expectWithin('mistypedValues', typed?.faults.length ?? 0);
    return typed;
  }

  /**
   * The values in the document at `path` that clients refuse because they do not fit the Go type `type`. Empty when the
   * document is missing.
   */
  faults(path: string, type: GoType): TypeFault[] {
    return this.#read(path)?.faults(type) ?? [];
  }

  /**
   * Adds a document's bytes and values to the totals for all images once more, because a further image uses it. Throws
   * a LadingError (`bad-archive`) when a total is larger than `LIMITS` allows.
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
   * Returns the number of values and the nesting depth of the JSON document `bytes` at the path `at`. Throws a
   * LadingError (`bad-archive`) when one of them is larger than `LIMITS` allows.
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
   * Reads the document at a path. The first call for a path adds the document's size to the totals for all images. The
   * path counts, not the bytes: many links may lead to one document, and each is read and checked on its own.
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
   * True when the JSON document at a path is not valid UTF-8. Docker and other clients accept that inside the strings
   * of the document.
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

  /** The paths of documents in a folder that should list images, such as `index.json`, but are not JSON. */
  unreadable(folder: string): string[] {
    return ['manifest.json', 'index.json', 'oci-layout']
      .map((name) => folder + name)
      .filter((path) => (this.sizes.get(path) ?? 0) > 0 && (this.#read(path)?.spelled ?? null) === null);
  }

  /** True when the document at a path begins with a byte order mark, which clients refuse. */
  isMarked(path: string): boolean {
    return startsWith(this.documents.get(this.resolved(path)) ?? new Uint8Array(), BYTE_ORDER_MARK);
  }

  /** The path of a blob that only image archives have, such as `blobs/sha256/…`; null when this archive has none. */
  imageBlob(): string | null {
    return this.sizes.keys().find((path) => IMAGE_BLOB.test(path)) ?? null;
  }

  object(path: string, type: GoType = ANY): Json | null {
    return asObject(this.json(path, type));
  }

  /** The path to which a link in the archive leads, after at most eight links. Any other path is returned unchanged. */
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

/** A Go type without fields, for callers that check no types: every JSON object fits it. */
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

/** True for the path of a document that lists images, or marks an image archive: at the root, or in a folder there. */
function isList(path: string): boolean {
  return ROOT_DOCUMENTS.has(inner(path));
}

function isDeep(path: string): boolean {
  return DEEP.test(path) || IMAGE_BLOB.test(path);
}

function inner(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

/** The byte order mark of UTF-8, which some Windows programs write. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** True when bytes begin with a JSON object or list, with or without a byte order mark before it. */
export function looksLikeJson(bytes: Uint8Array): boolean {
  const text = startsWith(bytes, BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
  // A callback for each byte would take ten times as long for megabytes of zeros.
  let at = 0;
  while (at < text.length && text[at]! <= 0x20) at++;
  return text[at] === 0x7b || text[at] === 0x5b;
}
