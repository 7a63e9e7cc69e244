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
 * A rule that keeps replaced objects longer than the 14 days of a message in a dead-letter queue. When the message is
 * delivered again, its version of the object still exists.
 */
const EXPIRE_REPLACED: LifecycleRule = {
  id: 'expire-replaced-versions',
  noncurrentVersionExpiration: Duration.days(30),
  expiredObjectDeleteMarker: true,
};

/**
 * A bucket without public access, plain HTTP or foreign owners. It is encrypted, and by default stays when the stack is
 * destroyed.
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

  /** The property `isWebsite`, overridden for its type: `Bucket` allows `undefined` here, but `IBucket` does not. */
  override get isWebsite(): boolean {
    return false;
  }

  /** Ignores the value that `Bucket` sets in an older CDK, where `isWebsite` is a field. */
  override set isWebsite(_value: boolean | undefined) {}
}

/**
 * The bucket for the access logs of the other buckets. It keeps them for 90 days. It has no KMS key, because S3
 * delivers no logs into a bucket with one.
 */
class AccessLogBucket extends PrivateBucket {
  static readonly #id = 'AccessLogs';

  /** The access log bucket of a scope, made by the first call. */
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
  /** True to keep replaced objects for 30 days, so that a conversion can finish with the object that it began with. */
  versioned: boolean;
  /** The time for which an object is kept. Default: forever. */
  retention?: Duration | undefined;
  /** The KMS key for the objects of the bucket. Default: a key of S3. */
  encryptionKey?: IKey | undefined;
  /** The bucket for the access logs. Default: one that all buckets of the scope share. */
  accessLogsBucket?: IBucket | undefined;
  /** The fate of the bucket when the stack is destroyed. Default: it stays. */
  removalPolicy?: RemovalPolicy | undefined;
}

/** A private bucket that reports new objects to EventBridge, and whose accesses are logged in an access log bucket. */
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
 * Switches EventBridge on for a bucket of this app. False for an imported bucket, which only its owner can change. The
 * property `eventBridgeEnabled` would do it with a custom resource (docs/decisions/0011-no-custom-resources.md).
 */
export function announceObjects(bucket: IBucket): boolean {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) return false;
  resource.addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', true);
  return true;
}
