import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
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
 * A bucket without public access, plain HTTP or objects of other owners. It is encrypted, and stays when the stack is
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
    this.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
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
  static of(scope: Construct): AccessLogBucket {
    const there = scope.node.tryFindChild(AccessLogBucket.#id);
    return there instanceof AccessLogBucket ? there : new AccessLogBucket(scope, AccessLogBucket.#id);
  }

  private constructor(scope: Construct, id: string) {
    super(scope, id, {
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
}

/** A private bucket that reports new objects to EventBridge, and whose accesses are logged in an access log bucket. */
export class ArchiveBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { versioned, retention, encryptionKey }: ArchiveBucketProps) {
    super(scope, id, {
      versioned,
      serverAccessLogsBucket: AccessLogBucket.of(scope),
      serverAccessLogsPrefix: `${id.toLowerCase()}/`,
      lifecycleRules: [
        ABORT_LEFTOVERS,
        ...(versioned ? [EXPIRE_REPLACED] : []),
        ...(retention === undefined ? [] : [{ id: 'expire', expiration: retention }]),
      ],
      // A key for the whole bucket. Without it each part of each copy would call KMS, which has a price and a quota.
      ...(encryptionKey && { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
    });
    this.#announceObjects();
  }

  /**
   * Lets the bucket report new objects to EventBridge. The CDK's `eventBridgeEnabled` would use a custom resource
   * (docs/decisions/0011-no-custom-resources.md).
   */
  #announceObjects(): void {
    const bucket = this.node.defaultChild;
    if (!(bucket instanceof CfnBucket))
      throw new TypeError(`Cannot announce the objects of ${this.node.path}: no bucket`);
    bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
}
