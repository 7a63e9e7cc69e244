import * as cdk from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The cdk-nag rule packs that the tests check the stack with. */
type RulePack = 'AwsSolutions' | 'Serverless';

type Intrinsic = { Ref: string } | { 'Fn::GetAtt': [string, string] } | { 'Fn::Join': ['', (string | Intrinsic)[]] };

/**
 * Accepts a finding of the checker cdk-nag about a construct, so that it is reported no more, and records the reason.
 * `rule` is the name of the finding in the rule pack `pack`. Does nothing in a CDK below 2.260, which has no
 * `Validations`.
 */
export function acknowledge(scope: Construct, pack: RulePack, rule: string, reason: string): void {
  // An older CDK does not export it, and an import by name would fail.
  const { Validations } = cdk as Partial<typeof cdk>;
  Validations?.of(scope).acknowledge({ id: `${pack}::${pack}-${rule}`, reason });
}

/**
 * Returns the name of the finding by which the checker cdk-nag reports that a policy uses a wildcard. The policy
 * allows actions on all objects in a bucket whose keys match the pattern `keys`.
 */
export function wildcardKeys(bucket: IBucket, keys: string): string {
  return `IAM5[Resource::${inWords(cdk.Stack.of(bucket).resolve(bucket.arnForObjects(keys)))}]`;
}

/**
 * Converts a value of a CloudFormation template to the text by which the checker cdk-nag names it. For all objects of
 * a bucket, this is `<Bucket.Arn>/*`.
 */
function inWords(value: string | Intrinsic): string {
  if (typeof value === 'string') return value;
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  return value['Fn::Join'][1].map(inWords).join('');
}
