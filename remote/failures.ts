import { S3ServiceException } from '@aws-sdk/client-s3';
import { LadingError } from '../core/model/errors.ts';

/** True for an error of the AWS SDK when S3 refused a request with status 403. */
export function isForbidden(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403;
}

/**
 * The reason why a request to S3 failed, in words that fit into a sentence. It is the message of the error when Lading
 * has no words of its own.
 */
export function s3Reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return missingSetting(error) ?? refusal(error) ?? error.message.replace(/\.$/, '');
}

/**
 * Turns an error of S3 or of the connection to it into the error `store-failed`, with the sentence `Cannot <task>:
 * <reason>.` If the connection failed, the `remedy` is added. Any other error is returned as it is.
 */
export function explained(error: unknown, task: string, remedy: string): unknown {
  if (error instanceof LadingError || !(error instanceof Error)) return error;
  const reason = missingSetting(error) ?? refusal(error);
  if (reason !== null) return new LadingError('store-failed', `Cannot ${task}: ${reason}.`, { cause: error });
  // The SDK adds `$metadata` to errors of a connection, Node adds `syscall`.
  if (!('$metadata' in error || 'syscall' in error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const message = `Cannot ${task}: the connection to S3 failed (${[code, error.message].filter(Boolean).join(': ')}).`;
  return new LadingError('store-failed', message, { cause: error, remedy });
}

/** The reason why the AWS SDK did not even send a request: no credentials, or no region. Null for any other error. */
function missingSetting({ name, message }: Error): string | null {
  if (name === 'CredentialsProviderError')
    return 'there are no AWS credentials; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  return /region is missing/i.test(message)
    ? 'there is no AWS region; set AWS_REGION, or one in the AWS profile'
    : null;
}

/** The reason why S3, or another service of AWS, refused a request. Null for any other error. */
function refusal(error: Error): string | null {
  if (!isRefusal(error)) return null;
  const {
    name,
    message,
    $metadata: { httpStatusCode: status },
  } = error;
  if (name === 'NoSuchBucket') return 'there is no such bucket';
  if (name === 'NoSuchUpload') return 'somebody else has ended this upload meanwhile';
  // The answer to a HEAD request has no body. Then the SDK makes up a name or message with "unknown".
  const words = [name, message.replace(/\.$/, '')].filter((each) => each !== '' && !/unknown/i.test(each));
  const who = error instanceof S3ServiceException ? 'S3' : 'AWS';
  const what = status === 403 ? `${who} denies access` : `${who} answers ${status ?? 'with an error'}`;
  return words.length === 0 ? what : `${what} (${words.join(': ')})`;
}

/**
 * True for an error with which a service of AWS answered. It is known by its fields: each client of the AWS SDK has an
 * error class of its own, and would have to be loaded to compare it.
 */
function isRefusal(error: Error): error is Error & Pick<S3ServiceException, '$metadata'> {
  return '$fault' in error && '$metadata' in error;
}
