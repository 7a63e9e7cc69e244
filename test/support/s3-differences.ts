import { engineName } from './s3-engine.ts';

/** How an S3 engine differs from Amazon S3, as far as suites have to know it. */
interface Differences {
  /** False for keys that it refuses, or keeps under another name. */
  keeps: (key: string) => boolean;
  /** False for keys of objects that it cannot copy from. */
  copies: (key: string) => boolean;
  /** True when it compares the ETag before it removes an object. */
  refusesRemovals: boolean;
  /** True when it keeps conditions at the end of a multipart upload, as it does for one that is put. */
  completesConditionally: boolean;
}

const NONE: Differences = {
  keeps: () => true,
  copies: () => true,
  refusesRemovals: true,
  completesConditionally: true,
};

const DIFFERENCES: Partial<Record<string, Partial<Differences>>> = {
  // Ceph decodes the source of a copy twice, and ends when what comes out is no encoding. It removes whatever is there, and
  // ignores conditions when it completes a multipart upload.
  rgw: { copies: (key) => !key.includes('%'), refusesRemovals: false, completesConditionally: false },
  versitygw: { keeps: isFile },
};

/** The differences of the engine that the tests run over. */
export const differences: Differences = { ...NONE, ...DIFFERENCES[engineName ?? 'rgw'] };

/** True when a file can have this path below a folder: where keys are files, others are refused. */
function isFile(key: string): boolean {
  return key.split('/').every((name) => !['', '.', '..'].includes(name) && Buffer.byteLength(name) <= 255);
}
