import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventBridgeServiceException } from '@aws-sdk/client-eventbridge';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { explained } from '../../remote/failures.ts';
import { LadingError } from '../../core/model/errors.ts';

const sentence = (error: Error): string => {
  const told = explained(error, 'check it', 'Try again.');
  assert.ok(told instanceof LadingError);
  return [told.message, told.remedy].filter(Boolean).join(' ');
};

test('a refusal by any service of AWS is told as such, and not as a broken connection', () => {
  const denial = { name: 'AccessDeniedException', message: 'no events:ListRules.', $fault: 'client' as const };
  const error = new EventBridgeServiceException({ ...denial, $metadata: { httpStatusCode: 400 } });
  assert.equal(sentence(error), 'Cannot check it: AWS answers 400 (AccessDeniedException: no events:ListRules).');
  const fromS3 = new S3ServiceException({ ...denial, name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  assert.equal(sentence(fromS3), 'Cannot check it: S3 denies access (AccessDenied: no events:ListRules).');
  const broken = Object.assign(new Error('refused'), { $metadata: { attempts: 10 }, code: 'ECONNREFUSED' });
  assert.equal(sentence(broken), 'Cannot check it: the connection to S3 failed (ECONNREFUSED: refused). Try again.');
});
