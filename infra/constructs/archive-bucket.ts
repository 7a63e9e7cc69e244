import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

const ABORT_LEFTOVERS: LifecycleRule = {
  id: 'abort-incomplete-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};

/** Longer than the 14 days that a dead letter waits, so that the version it names can still be converted. */
const EXPIRE_REPLACED: LifecycleRule = {
  id: 'expire-replaced-versions',
  noncurrentVersionExpiration: Duration.days(30),
  expiredObjectDeleteMarker: true,
};

/** What every bucket here is: closed to the public, to plain HTTP and to foreign owners, encrypted, and never deleted. */
class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
      ...props,
    });
  }

  /** CDK's own answer may be `undefined`, which its interface `IBucket` excludes: this one lets the types agree. */
  override get isWebsite(): boolean {
    return false;
  }
}

/** Where the other buckets' access logs are kept, for 90 days. */
export class AccessLogBucket extends PrivateBucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(90) }, ABORT_LEFTOVERS],
    });
  }
}

interface ArchiveBucketProps {
  accessLogs: AccessLogBucket;
  /** True keeps replaced objects for 30 days, so that a conversion in progress still reads what it began with. */
  versioned: boolean;
}

/** A private bucket that tells EventBridge about its objects. */
export class ArchiveBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { accessLogs, versioned }: ArchiveBucketProps) {
    super(scope, id, {
      versioned,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: `${id.toLowerCase()}/`,
      lifecycleRules: versioned ? [ABORT_LEFTOVERS, EXPIRE_REPLACED] : [ABORT_LEFTOVERS],
    });
    this.#announceObjects();
  }

  /** The `eventBridgeEnabled` property does the same with a custom resource (docs/decisions/0011-no-custom-resources.md). */
  #announceObjects(): void {
    const bucket = this.node.defaultChild;
    if (!(bucket instanceof CfnBucket))
      throw new TypeError(`Cannot announce the objects of ${this.node.path}: no bucket`);
    bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
}
