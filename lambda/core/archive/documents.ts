import { LIMITS } from '../limits.ts';
import type { Member } from './tar.ts';

/** The documents of an image archive that stand at its root. */
const ROOT_DOCUMENTS = new Set(['manifest.json', 'index.json', 'oci-layout', 'repositories']);

/** Where configs, OCI manifests and legacy layer descriptions lie (docs/formats.md). */
const BLOB =
  /^(?:blobs\/[a-z0-9]+\/[0-9a-f]{32,}|(?:sha256:)?[0-9a-f]{64}(?:\.json)?|config\.json|[0-9a-f]{64}\/json)$/;
const LAYER = /(?:^|\/)(?:layer\.tar|[0-9a-f]{64}\.tar(?:\.gz)?|sha256:[0-9a-f]{64}\.tar\.gz)$|^blobs\//;

/** Keeps the bytes of what could be an image archive's documents, and the sizes of what could be its layers. */
export class DocumentObserver {
  /** Contents of documents by path. When a path occurs twice the last one counts, as for Docker. */
  readonly documents = new Map<string, Uint8Array>();
  readonly sizes = new Map<string, number>();
  /** Root documents that occur more than once: clients differ in which they read. */
  readonly repeated = new Set<string>();
  /** Directories `<64 hex digits>` with a `json`: the layers of an archive from before Docker 1.10. */
  legacyLayers = 0;
  #keptBytes = 0;

  member(member: Member, path: string): number {
    if (ROOT_DOCUMENTS.has(path) && this.sizes.has(path)) this.repeated.add(path);
    const isDocument = ROOT_DOCUMENTS.has(path) || BLOB.test(path);
    if (!isDocument && !LAYER.test(path)) return 0;
    if (member.type === '5') return 0;
    this.sizes.set(path, member.size);
    if (path.endsWith('/json')) this.legacyLayers++;
    if (!isDocument || member.type !== '0' || member.size > LIMITS.documentBytes) return 0;
    return this.#keptBytes + member.size <= LIMITS.documentsBytes ? member.size : 0;
  }

  body(path: string, bytes: Uint8Array): void {
    if (!ROOT_DOCUMENTS.has(path) && !looksLikeJson(bytes)) return; // a small layer
    this.#keptBytes += bytes.length;
    this.documents.set(path, bytes.slice());
  }

  /** The document as JSON, or undefined when there is none or it does not parse. */
  json(path: string): unknown {
    const bytes = this.documents.get(path);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      return undefined;
    }
  }
}

function looksLikeJson(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b || bytes[0] === 0x5b;
}
