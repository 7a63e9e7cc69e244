import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The cdk-nag rule packs that the tests hold the stack against. */
type RulePack = 'AwsSolutions' | 'Serverless';

/** Records, on the construct it concerns, why a finding of cdk-nag is right as it is. */
export function acknowledge(scope: Construct, pack: RulePack, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `${pack}::${pack}-${rule}`, reason });
}

/** The rule that finds a right on all objects of a bucket whose keys match `keys`; its name contains the bucket's. */
export function wildcardKeys(bucket: IBucket, keys: string): string {
  const resource = bucket.node.defaultChild;
  const arn = CfnElement.isCfnElement(resource) ? `<${Stack.of(bucket).getLogicalId(resource)}.Arn>` : bucket.bucketArn;
  return `IAM5[Resource::${arn}/${keys}]`;
}
