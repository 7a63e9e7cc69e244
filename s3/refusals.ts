import { S3ServiceException } from '@aws-sdk/client-s3';
import { type Bilingual, both } from '../core/catalogue/bilingual.ts';
import { finding } from '../core/catalogue/findings.ts';
import { badArchive, type LadingError } from '../core/model/errors.ts';

const ARCHIVED = both(
  'it is in an archive storage class, from which it would have to be restored first',
  '它处于归档存储类别，须先恢复才能读取',
);
const FOREIGN_KEY = both(
  'it is encrypted with a KMS key that the service may not use, or that is disabled or deleted',
  '它使用了本服务无权使用、已停用或已删除的 KMS 密钥加密',
);
const CUSTOMER_KEY = both(
  'it is encrypted with a key that only its uploader has (SSE-C)',
  '它使用了只有上传者持有的密钥加密（SSE-C）',
);
const MISSING_BYTES = both(
  'it has fewer bytes than S3 says, or S3 never sends some of them',
  '它的字节数少于 S3 所报告的，或 S3 始终不返回其中一部分',
);

/**
 * Returns the error `bad-archive` when S3 refuses to give an object and would refuse it at every further try, because
 * of the storage class or the encryption that its uploader chose. The finding `not-given` in the returned error tells
 * the user the reason. Null for any other error. Null also for an error of the KMS key that the service's own buckets
 * use (`ownKey` is its ARN), because the operator of the service can repair that.
 */
export function refusedForGood(error: unknown, ownKey?: string): LadingError | null {
  const reason = error instanceof S3ServiceException ? reasonFor(error, ownKey) : null;
  return reason && badArchive(finding('not-given', { reason }));
}

/** Makes the error `bad-archive` for an object in S3 that has not changed, but of which S3 does not send all bytes. */
export function neverSent(): LadingError {
  return badArchive(finding('not-given', { reason: MISSING_BYTES }));
}

function reasonFor({ name, message, $metadata }: S3ServiceException, ownKey?: string): Bilingual | null {
  if (name === 'InvalidObjectState') return ARCHIVED;
  const ofKms = name.startsWith('KMS.') || (name === 'AccessDenied' && /\bkms:/.test(message));
  if (ofKms) return ownKey !== undefined && message.includes(ownKey) ? null : FOREIGN_KEY;
  // "The object was stored using a form of Server Side Encryption. The correct parameters must be provided …"
  return $metadata.httpStatusCode === 400 && /Server Side Encryption/i.test(message) ? CUSTOMER_KEY : null;
}
