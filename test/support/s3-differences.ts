import { engineName } from './s3-engine.ts';

/** The differences of an S3 engine from Amazon S3, as far as the suites depend on them. */
interface Differences {
  /** False for keys that the engine refuses, or stores under another name. */
  keeps: (key: string) => boolean;
  /** False for keys of objects that the engine cannot copy from. */
  copies: (key: string) => boolean;
  /** True when the engine checks the ETag before it removes an object. */
  refusesRemovals: boolean;
  /** True when the engine checks conditions at the end of a multipart upload, as it does for PutObject. */
  completesConditionally: boolean;
}

const NONE: Differences = {
  keeps: () => true,
  copies: () => true,
  refusesRemovals: true,
  completesConditionally: true,
};

const DIFFERENCES: Partial<Record<string, Partial<Differences>>> = {
  // Ceph decodes the source of a copy twice, and crashes when the second decoding fails. It removes objects whatever
  // the condition, and ignores conditions when it completes a multipart upload.
  rgw: { copies: (key) => !key.includes('%'), refusesRemovals: false, completesConditionally: false },
  versitygw: { keeps: isFile },
};

/** The differences of the engine that the tests run with. */
export const differences: Differences = { ...NONE, ...DIFFERENCES[engineName ?? 'rgw'] };

/** True when a file below a folder can have this path; engines that keep objects as files refuse other keys. */
function isFile(key: string): boolean {
  return key.split('/').every((name) => !['', '.', '..'].includes(name) && Buffer.byteLength(name) <= 255);
}
