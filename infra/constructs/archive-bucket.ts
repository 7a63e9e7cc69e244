import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

const ABORT_LEFTOVERS: LifecycleRule = {
  id: 'abort-incomplete-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};

/**
 * A lifecycle rule that deletes the old version of a replaced object after 30 days. An event about an upload may wait
 * in a dead-letter queue for 14 days, and the version that this event names must exist until then.
 */
const EXPIRE_REPLACED: LifecycleRule = {
  id: 'expire-replaced-versions',
  noncurrentVersionExpiration: Duration.days(30),
  expiredObjectDeleteMarker: true,
};

/**
 * A bucket that denies public access and plain HTTP. The bucket owner owns all its objects. It is encrypted, and by
 * default it is kept when the stack is destroyed.
 */
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
    // The policy stays with the bucket, so that plain HTTP remains closed.
    this.policy?.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN);
  }

  /**
   * Always false: the bucket is no website. In `Bucket`, the property may be undefined, which `IBucket` does not allow.
   */
  override get isWebsite(): boolean {
    return false;
  }

  /**
   * Does nothing. There must be a setter, because the constructor of `Bucket` in older versions of the CDK assigns to
   * `isWebsite`.
   */
  override set isWebsite(_value: boolean | undefined) {}
}

/**
 * The bucket for the access logs of the other buckets. It keeps them for 90 days. It has no KMS key, because S3
 * delivers no logs into a bucket with one.
 */
class AccessLogBucket extends PrivateBucket {
  static readonly #id = 'AccessLogs';

  /**
   * Returns the access log bucket that all buckets of a CDK scope share. The first call makes it, with
   * `removalPolicy`, which says what becomes of it when the stack is destroyed. Later calls ignore that policy.
   */
  static of(scope: Construct, removalPolicy: RemovalPolicy): AccessLogBucket {
    const there = scope.node.tryFindChild(AccessLogBucket.#id);
    return there instanceof AccessLogBucket ? there : new AccessLogBucket(scope, AccessLogBucket.#id, removalPolicy);
  }

  private constructor(scope: Construct, id: string, removalPolicy: RemovalPolicy) {
    super(scope, id, {
      removalPolicy,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(90) }, ABORT_LEFTOVERS],
    });
  }
}

interface ArchiveBucketProps {
  /**
   * True to keep the old versions of replaced objects for 30 days. A conversion can then finish with the version that
   * it began with.
   */
  versioned: boolean;
  /** The time for which the objects of the bucket are kept. Default: forever. */
  retention?: Duration | undefined;
  /** The KMS key for the objects of the bucket. Default: S3 encrypts them with keys that it manages (SSE-S3). */
  encryptionKey?: IKey | undefined;
  /** The bucket that gets the access logs of this bucket. Default: one that all buckets of the CDK scope share. */
  accessLogsBucket?: IBucket | undefined;
  /** What becomes of the bucket when the stack is destroyed. Default: the bucket is kept. */
  removalPolicy?: RemovalPolicy | undefined;
}

/** A private bucket that reports new objects to EventBridge and logs who accesses it. */
export class ArchiveBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, props: ArchiveBucketProps) {
    const { versioned, retention, encryptionKey, removalPolicy = RemovalPolicy.RETAIN } = props;
    super(scope, id, {
      versioned,
      removalPolicy,
      serverAccessLogsBucket: props.accessLogsBucket ?? AccessLogBucket.of(scope, removalPolicy),
      serverAccessLogsPrefix: `${id.toLowerCase()}/`,
      lifecycleRules: [
        ABORT_LEFTOVERS,
        ...(versioned ? [EXPIRE_REPLACED] : []),
        ...(retention === undefined ? [] : [{ id: 'expire', expiration: retention }]),
      ],
      // A key for the whole bucket. Without it each part of each copy would call KMS, which has a price and a quota.
      ...(encryptionKey && { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
    });
    announceObjects(this);
  }
}

/**
 * Makes a bucket of this CDK app report new objects to EventBridge, and returns true. Does nothing and returns false
 * for an imported bucket: its owner must make the bucket report new objects. The CDK's own property
 * `eventBridgeEnabled` is not used, because it adds a custom resource (docs/decisions/0011-no-custom-resources.md).
 */
export function announceObjects(bucket: IBucket): boolean {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) return false;
  resource.addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', true);
  return true;
}
