import type { FindingCode } from '../catalogue/findings.ts';
import type { ArchiveManifest, Cost } from '../manifest/manifest.ts';
import type { ArchiveKind } from '../model/inspection.ts';
import type { Tools } from '../model/ports.ts';
import type { Announce, Clock, HandBack, Stores } from './stores.ts';

/** The stores, tools and settings of the inspect and convert functions. They differ between S3 and a local folder. */
export interface ServiceDeps extends Stores {
  tools: Tools;
  clock: Clock;
  /**
   * Called without arguments; returns the milliseconds until the work on the upload must stop. If it is absent, there
   * is no limit.
   */
  timeLeft?: () => number;
  /** The rules that the operator of the service sets for all uploads. Absent when the operator has set none. */
  policy?: Policy;
  /**
   * Called with an upload; gives it back to the inspect function, which inspects it again. Absent when the service
   * cannot do that.
   */
  handBack?: HandBack;
  /**
   * Called with the event which says that the work on an upload is complete; sends the event. Absent when no such
   * events are sent.
   */
  announce?: Announce;
  /** The version of Lading, which is written into the results. */
  version: string;
}

/** The rules that the operator of the service sets for all uploads. */
export interface Policy {
  /**
   * The template for the name of an image whose uploader has chosen none, such as `ghcr.io/team/{name}:{tag}`. The
   * placeholders `{name}` and `{tag}` are replaced by the name and the tag that Lading makes from the upload's key.
   */
  nameTemplate?: string | undefined;
  /**
   * The size in bytes of the largest upload that is read as a whole. Of a larger one, only tar headers and JSON
   * documents are read.
   */
  maxUploadBytes?: number | undefined;
}

/** What the inspect or the convert function did with one event about an upload, as it is logged. */
export type Outcome =
  // The upload was deleted or replaced. A new upload has an event of its own.
  | { kind: 'gone'; key: string }
  // The event was delivered again, and the results are already there.
  | { kind: 'already-done'; key: string }
  // The event is old: the results are those of a newer upload, or soon will be.
  | { kind: 'superseded'; key: string }
  | { kind: 'handed-on'; key: string; inspectionKey: string }
  // The hand-off is gone, or another version of Lading wrote it. The upload goes back to the inspect function.
  | { kind: 'handed-back'; key: string }
  | { kind: ArchiveManifest['outcome']; key: string; archive: ArchiveKind; findings: FindingCounts; cost: Cost };

/**
 * The number of findings (messages about an upload) for each code, for the log. An archive manifest may list only some
 * of the findings with the same code. The field `more` of one of them then says how many are left out; these are
 * counted, too.
 */
export type FindingCounts = Partial<Record<FindingCode, number>>;
