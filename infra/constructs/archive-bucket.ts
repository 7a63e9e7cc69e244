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
    this.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN); // a bucket that stays stays closed to plain HTTP
  }

  /** CDK's own answer may be `undefined`, which its interface `IBucket` excludes: this one lets the types agree. */
  override get isWebsite(): boolean {
    return false;
  }
}

/** Where the other buckets' access logs are kept, for 90 days. S3 delivers none into a bucket with a KMS key. */
class AccessLogBucket extends PrivateBucket {
  static readonly #id = 'AccessLogs';

  /** The one of this scope, which the first bucket that asks makes. */
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
  /** True keeps replaced objects for 30 days, so that a conversion in progress still reads what it began with. */
  versioned: boolean;
  /** How long an object is kept. Default: for ever. */
  retention?: Duration | undefined;
  /** Encrypts the objects. Default: a key of S3. */
  encryptionKey?: IKey | undefined;
}

/** A private bucket that tells EventBridge about its objects, and logs every access into a bucket beside it. */
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
      // A key for the whole bucket: else each part of each copy would be a call of KMS, with a price and a quota.
      ...(encryptionKey && { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
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
