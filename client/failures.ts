import { S3ServiceException } from '@aws-sdk/client-s3';
import { LadingError } from '../lambda/core/errors.ts';

/** True when S3 says that the caller may not do this. */
export function isForbidden(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403;
}

/** Why something could not be read from S3, in plain words. */
export function s3Reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return missingSetting(error) ?? refusal(error) ?? error.message.replace(/\.$/, '');
}

/** A failure of S3, or on the way to it, as one sentence: `Cannot <task>: <reason>.` Any other error stays what it is. */
export function explained(error: unknown, task: string, remedy: string): unknown {
  if (error instanceof LadingError || !(error instanceof Error)) return error;
  const reason = missingSetting(error) ?? refusal(error);
  if (reason !== null) return new LadingError('store-failed', `Cannot ${task}: ${reason}.`, { cause: error });
  // What happens on the way is marked by the SDK, or by the operating system.
  if (!('$metadata' in error || 'syscall' in error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const message = `Cannot ${task}: the connection to S3 failed (${[code, error.message].filter(Boolean).join(': ')}).\n${remedy}`;
  return new LadingError('store-failed', message, { cause: error });
}

/** What the SDK looks for before its first request. */
function missingSetting({ name, message }: Error): string | null {
  if (name === 'CredentialsProviderError')
    return 'there are no AWS credentials; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  return /region is missing/i.test(message)
    ? 'there is no AWS region; set AWS_REGION, or one in the AWS profile'
    : null;
}

function refusal(error: Error): string | null {
  if (!(error instanceof S3ServiceException)) return null;
  const {
    name,
    message,
    $metadata: { httpStatusCode: status },
  } = error;
  if (name === 'NoSuchBucket') return 'there is no such bucket';
  if (name === 'NoSuchUpload') return 'somebody else has ended this upload meanwhile';
  // The answer to a HEAD request has no words, for which the SDK puts some of its own.
  const words = [name, message.replace(/\.$/, '')].filter((each) => each !== '' && !/unknown/i.test(each));
  const what = isForbidden(error) ? 'S3 denies access' : `S3 answers ${status ?? 'with an error'}`;
  return words.length === 0 ? what : `${what} (${words.join(': ')})`;
}
