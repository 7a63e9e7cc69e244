import { CfnOutput, Duration, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ArchiveConverter } from './archive-converter.ts';
import { AlarmMail } from './constructs/alarm-mail.ts';
import type { Settings } from './settings.ts';

interface LadingStackProps extends StackProps {
  settings?: Settings;
}

/**
 * The stack of Lading's own CDK app: the whole service (an `ArchiveConverter`), outputs that name its buckets and the
 * keys that it handles, and mail for alarms.
 */
export class LadingStack extends Stack {
  constructor(scope: Construct, id: string, { settings = {}, ...props }: LadingStackProps = {}) {
    super(scope, id, props);
    const encryptionKey = ifGiven(settings.encryptionKey, (arn) => Key.fromKeyArn(this, 'Key', arn));
    const bucket = (role: string, name: string | undefined): IBucket | undefined =>
      ifGiven(name, (bucketName) => {
        return Bucket.fromBucketAttributes(this, role, { bucketName, ...(encryptionKey && { encryptionKey }) });
      });

    const { uploads, results, gitHubRole } = new ArchiveConverter(this, 'Archives', {
      uploads: bucket('Uploads', settings.uploadsBucket),
      results: bucket('Results', settings.resultsBucket),
      prefix: settings.prefix,
      suffixes: settings.suffixes,
      nameTemplate: settings.nameTemplate,
      maxUploadSize: ifGiven(settings.maxUploadGiB, (size) => Size.gibibytes(size)),
      inspectMemory: settings.memory,
      convertMemory: settings.convertMemory,
      maxConcurrency: settings.concurrency,
      reservedConcurrency: settings.reservedConcurrency,
      uploadsRetention: ifGiven(settings.uploadsDays, (days) => Duration.days(days)),
      resultsRetention: ifGiven(settings.resultsDays, (days) => Duration.days(days)),
      logRetention: settings.logDays,
      encryptionKey,
      eventBus: ifGiven(settings.eventBus, (name) => EventBus.fromEventBusName(this, 'Bus', name)),
      completionTopic: ifGiven(settings.completionTopic, (arn) => Topic.fromTopicArn(this, 'CompletionTopic', arn)),
      dashboard: settings.dashboard,
      reports: settings.reports,
      gitHub: ifGiven(settings.gitHub, (trust) => ({ ...trust, providerArn: settings.gitHubProvider })),
      alarmTopic: ifGiven(settings.alarmEmail, (address) => new AlarmMail(this, 'AlarmMail', address)),
    });

    this.#output('UploadsBucket', uploads.bucketName, 'Put archives here.');
    this.#output('ResultsBucket', results.bucketName, 'Manifests and images appear here.');
    this.#output('UploadPrefix', settings.prefix, 'The beginning of the keys that are handled.');
    this.#output('UploadSuffixes', settings.suffixes?.join(','), 'The endings of the keys that are handled.');
    this.#output('GitHubRole', gitHubRole?.roleArn, 'The role for workflows of GitHub Actions.');
  }

  #output(id: string, value: string | undefined, description: string): void {
    if (value !== undefined) new CfnOutput(this, id, { value, description });
  }
}

function ifGiven<T, R>(value: T | undefined, make: (value: T) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}
