import { Stack, Validations } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The cdk-nag rule packs that the tests hold the stack against. */
type RulePack = 'AwsSolutions' | 'Serverless';

type Intrinsic = { Ref: string } | { 'Fn::GetAtt': [string, string] } | { 'Fn::Join': ['', (string | Intrinsic)[]] };

/** Records, on the construct it concerns, why a finding of cdk-nag is right as it is. */
export function acknowledge(scope: Construct, pack: RulePack, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `${pack}::${pack}-${rule}`, reason });
}

/** The rule that finds a right on all objects of a bucket whose keys match `keys`; its name contains the bucket's ARN. */
export function wildcardKeys(bucket: IBucket, keys: string): string {
  return `IAM5[Resource::${inWords(Stack.of(bucket).resolve(bucket.arnForObjects(keys)))}]`;
}

/** A value of a template as cdk-nag writes it: `<Bucket.Arn>/*`. */
function inWords(value: string | Intrinsic): string {
  if (typeof value === 'string') return value;
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  return value['Fn::Join'][1].map(inWords).join('');
}
