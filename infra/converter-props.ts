import type { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { BadSetting } from './bad-setting.ts';
import type { GitHubTrust } from './constructs/github-role.ts';
import type { UploadFilter } from './upload-keys.ts';

/**
 * The settings of `ArchiveConverter`, the construct for the whole service in AWS. All are optional: without any, the
 * construct makes all that it needs.
 */
export interface ArchiveConverterProps extends UploadFilter {
  /**
   * The bucket for uploads, in this account and region. It must report new objects to EventBridge. If this app makes
   * the bucket, the construct switches that on. For an imported bucket, you must switch it on yourself
   * (docs/operations.md). Default: a new bucket, versioned.
   */
  uploads?: IBucket | undefined;
  /**
   * The bucket for results, in this account and region, but not the uploads bucket. For an imported bucket you have to
   * switch EventBridge on (docs/operations.md). Default: a new bucket.
   */
  results?: IBucket | undefined;
  /**
   * The template for the name of an image, such as `ghcr.io/team/{name}:{tag}`. It is used when the upload gives no
   * name. `{name}` and `{tag}` come from the upload's key. Default: `{name}:{tag}`.
   */
  nameTemplate?: string | undefined;
  /**
   * The largest size of an upload. A larger one is refused: only its headers and documents are read. Default: as much
   * as can be read in 15 minutes.
   */
  maxUploadSize?: Size | undefined;
  /** True to write a report about each upload, the page `report.html` among its results. Default: false. */
  reports?: boolean | undefined;
  /** The time for which results are kept in a results bucket that this construct makes. Default: 90 days. */
  resultsRetention?: Duration | undefined;
  /**
   * The time for which uploads are kept, in an uploads bucket that this construct makes. An event that is sent from a
   * dead-letter queue to its function again after this time does not find its upload any more. Default: forever.
   */
  uploadsRetention?: Duration | undefined;
  /**
   * What becomes of the buckets when the stack is destroyed; this applies to the buckets that this construct makes.
   * `DESTROY` works only if they are empty. Default: they are kept.
   */
  removalPolicy?: RemovalPolicy | undefined;
  /** The bucket for the access logs of the buckets that this construct makes. Default: a new bucket. */
  accessLogsBucket?: IBucket | undefined;
  /** The time for which the logs of the functions are kept. Default: three months. */
  logRetention?: RetentionDays | undefined;
  /**
   * The memory of the inspect function in MB. With more memory, compressed uploads are inspected faster; at 1,769 MB
   * the function has one whole CPU. Default: 768, the cheapest value with which uncompressed uploads are read as fast
   * as S3 sends them.
   */
  inspectMemory?: number | undefined;
  /** The memory of the convert function in MB. It mostly waits for S3. Default: 512. */
  convertMemory?: number | undefined;
  /**
   * The most invocations at the same time of the inspect function, and also of the convert function: 2 to 1,000 for
   * each. Further uploads wait. Default: 4. The quota of an account for all its functions is often only 10. The fail
   * function, which runs only for uploads that have failed, may add up to four more invocations.
   */
  maxConcurrency?: number | undefined;
  /**
   * The number of concurrent executions that Lambda reserves for the inspect function, and the same number again for
   * the convert function. Must not be less than `maxConcurrency`. Default: none.
   */
  reservedConcurrency?: number | undefined;
  /**
   * The KMS key for the queues, and for the buckets that this construct makes. If the key is imported, it needs the
   * policy in docs/security.md. Default: keys of S3 and SQS.
   */
  encryptionKey?: IKey | undefined;
  /**
   * The VPC in which the functions run. They must reach S3, SQS and EventBridge from there, by endpoints or a NAT
   * gateway (docs/operations.md). Default: none, the functions run in Lambda's own network.
   */
  vpc?: IVpc | undefined;
  /** The subnets of `vpc` for the functions. Default: the private ones. */
  vpcSubnets?: SubnetSelection | undefined;
  /**
   * The security groups of the functions in `vpc`. Default: a new one for each function, which lets all traffic out.
   */
  securityGroups?: ISecurityGroup[] | undefined;
  /**
   * The event bus, in this account and region, that gets an event when the service has finished with an upload.
   * Default: the account's default bus.
   */
  eventBus?: IEventBus | undefined;
  /** The SNS topic that gets a message when an alarm goes off, and when it returns to normal. Default: none. */
  alarmTopic?: ITopic | undefined;
  /** True for a CloudWatch dashboard, which may cost money. Default: true. */
  dashboard?: boolean | undefined;
  /**
   * The SNS topic that gets a message when the service has finished with an upload. For another kind of target, use
   * `onCompleted`. Default: none.
   */
  completionTopic?: ITopic | undefined;
  /**
   * The workflows of GitHub Actions that may upload archives and download results. A role is made for them. Default:
   * none.
   */
  gitHub?: GitHubTrust | undefined;
}

/**
 * The names of all settings of an `ArchiveConverter`, for finding settings that do not exist. The type makes sure that
 * none is missing.
 */
const CONVERTER_SETTINGS: Readonly<Record<keyof ArchiveConverterProps, true>> = {
  prefix: true,
  suffixes: true,
  uploads: true,
  results: true,
  nameTemplate: true,
  maxUploadSize: true,
  reports: true,
  resultsRetention: true,
  uploadsRetention: true,
  removalPolicy: true,
  accessLogsBucket: true,
  logRetention: true,
  inspectMemory: true,
  convertMemory: true,
  maxConcurrency: true,
  reservedConcurrency: true,
  encryptionKey: true,
  vpc: true,
  vpcSubnets: true,
  securityGroups: true,
  eventBus: true,
  alarmTopic: true,
  dashboard: true,
  completionTopic: true,
  gitHub: true,
};

/**
 * Throws `BadSetting` when `props` has a setting that does not exist. TypeScript notices only some of them, and
 * JavaScript none.
 */
export function refuseUnknownSettings(props: object): void {
  const unknown = Object.keys(props).find((name) => !Object.hasOwn(CONVERTER_SETTINGS, name));
  if (unknown === undefined) return;
  const names = Object.keys(CONVERTER_SETTINGS).join(', ');
  throw new BadSetting(`Cannot make an ArchiveConverter with ${unknown}: there is no such setting, only ${names}`);
}
