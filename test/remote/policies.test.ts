import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letsEventBridge } from '../../remote/policies.ts';

const RULE = 'arn:aws:events:eu-central-1:111122223333:rule/Lading-Inspect';

const policy = (Action: unknown, SourceArn?: unknown): string =>
  JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action,
        ...(SourceArn !== undefined && { Condition: { ArnLike: { 'aws:SourceArn': SourceArn } } }),
      },
    ],
  });

test('an action and a source may have a * anywhere', () => {
  for (const action of [
    '*',
    'kms:*',
    'kms:GenerateDataKey*',
    'kms:Generate*Key',
    ['kms:Decrypt', 'kms:GenerateDataKey'],
  ])
    assert.ok(letsEventBridge(policy(action), 'kms:GenerateDataKey', RULE), JSON.stringify(action));
  for (const action of ['sqs:*', 'kms:Decrypt', 'kms:GenerateDataKey*Key', 'kms:*Key*Key', 'kms:GenerateDataKeyPair'])
    assert.ok(!letsEventBridge(policy(action), 'kms:GenerateDataKey', RULE), action);
  for (const source of [undefined, RULE, '*', 'arn:aws:events:*:111122223333:rule/*', ['elsewhere', RULE]])
    assert.ok(letsEventBridge(policy('sqs:SendMessage', source), 'sqs:SendMessage', RULE), JSON.stringify(source));
  for (const source of ['arn:aws:events:*:999999999999:rule/*', `${RULE}2`, []])
    assert.equal(letsEventBridge(policy('sqs:SendMessage', source), 'sqs:SendMessage', RULE), source.length === 0);
});
