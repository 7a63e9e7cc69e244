import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { AccessLogBucket, ArchiveBucket } from './constructs/archive-bucket.ts';
import { ArchiveFunction } from './constructs/archive-function.ts';
import { ObjectCreatedQueue } from './constructs/object-created-queue.ts';

/** Lambda's longest: how large an archive may be depends on it. */
const TIMEOUT = Duration.minutes(15);

/**
 * uploads ─► InspectEvents ─► Inspect ─► results (inspection.json, or the final manifest.json)
 * results ─► ConvertEvents ─► Convert ─► results (image.tar, then manifest.json)
 */
export class LadingStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const accessLogs = new AccessLogBucket(this, 'AccessLogs');
    const uploads = new ArchiveBucket(this, 'Uploads', { accessLogs, versioned: true });
    const results = new ArchiveBucket(this, 'Results', { accessLogs, versioned: false });
    const environment = { UPLOADS_BUCKET: uploads.bucketName, RESULTS_BUCKET: results.bucketName };

    const inspect = new ArchiveFunction(this, 'Inspect', {
      entryPoint: 'inspect',
      description: 'Reads an upload once and says what it is.',
      memorySize: 1769, // hashing and inflating keep a whole CPU busy
      events: new ObjectCreatedQueue(this, 'InspectEvents', {
        bucket: uploads,
        keys: Match.anythingButSuffix('.lading.json'), // a sidecar holds options for an upload, it is none itself
        timeout: TIMEOUT,
      }),
      environment,
    });
    inspect.allow(uploads, '*', 's3:GetObject', 's3:GetObjectVersion');
    inspect.allow(results, '*/inspection.json', 's3:GetObject', 's3:PutObject');
    inspect.allow(results, '*/image.tar', 's3:GetObject', 's3:DeleteObject'); // none stays beside a refusal
    inspect.allow(results, '*/manifest.json', 's3:GetObject', 's3:PutObject', 's3:DeleteObject');

    const convert = new ArchiveFunction(this, 'Convert', {
      entryPoint: 'convert',
      description: 'Builds the image archive of an inspected upload, mostly from parts that S3 copies itself.',
      memorySize: 512, // it waits for S3 most of the time
      events: new ObjectCreatedQueue(this, 'ConvertEvents', {
        bucket: results,
        keys: Match.suffix('/inspection.json'),
        timeout: TIMEOUT,
      }),
      environment,
    });
    convert.allow(uploads, '*', 's3:GetObject', 's3:GetObjectVersion');
    convert.allow(results, '*/inspection.json', 's3:GetObject');
    convert.allow(results, '*/image.tar', 's3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject');
    convert.allow(results, '*/manifest.json', 's3:GetObject', 's3:PutObject', 's3:DeleteObject');
    convert.allowFindingMultipartUploads(results);

    new CfnOutput(this, 'UploadsBucket', { value: uploads.bucketName, description: 'Put archives here.' });
    new CfnOutput(this, 'ResultsBucket', {
      value: results.bucketName,
      description: 'Manifests and images appear here.',
    });
  }
}
