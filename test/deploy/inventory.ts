import type { Cloud } from './cloud.ts';

/** The arguments of `aws` that list the resources of each kind, and the query for their names in the answer. */
const LISTED: Record<string, [service: string, action: string, names: string]> = {
  'AWS::CloudWatch::Alarm': ['cloudwatch', 'describe-alarms', 'MetricAlarms[].AlarmName'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch', 'list-dashboards', 'DashboardEntries[].DashboardName'],
  'AWS::Events::Rule': ['events', 'list-rules', 'Rules[].Name'],
  'AWS::IAM::Role': ['iam', 'list-roles', 'Roles[].RoleName'],
  'AWS::Lambda::EventSourceMapping': ['lambda', 'list-event-source-mappings', 'EventSourceMappings[].UUID'],
  'AWS::Lambda::Function': ['lambda', 'list-functions', 'Functions[].FunctionName'],
  'AWS::Logs::LogGroup': ['logs', 'describe-log-groups', 'logGroups[].logGroupName'],
  'AWS::S3::Bucket': ['s3api', 'list-buckets', 'Buckets[].Name'],
  'AWS::SNS::Subscription': ['sns', 'list-subscriptions', 'Subscriptions[].[TopicArn,Endpoint][]'],
  'AWS::SNS::Topic': ['sns', 'list-topics', 'Topics[].TopicArn'],
  'AWS::SQS::Queue': ['sqs', 'list-queues', 'QueueUrls[]'],
};

/** Resources that are a part of another resource and are removed with it. */
const ATTACHED = new Set([
  'AWS::CDK::Metadata',
  'AWS::IAM::Policy',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

/** The names of all existing resources, by kind, for the kinds that a stack of Lading may hold. */
export async function inventory(cloud: Cloud): Promise<Record<string, string[]>> {
  const lists = Object.entries(LISTED).map(async ([kind, [service, action, names]]) => {
    const found = await cloud.ask<string[] | null>(service, action, '--query', names);
    return [kind, (found ?? []).toSorted()] as const;
  });
  return Object.fromEntries(await Promise.all(lists));
}

/** The resources that exist now and did not exist before, by kind; kinds without new ones are left out. */
export function added(before: Record<string, string[]>, now: Record<string, string[]>): Record<string, string[]> {
  const news = Object.entries(now).map(([kind, names]) => [
    kind,
    names.filter((name) => !before[kind]?.includes(name)),
  ]);
  return Object.fromEntries(news.filter(([, names]) => names?.length));
}

/** The kinds of resources in a stack, without attached ones, sorted. */
export async function kindsIn(cloud: Cloud, stack: string): Promise<string[]> {
  const query = ['--stack-name', stack, '--query', 'StackResourceSummaries[].ResourceType'];
  const kinds = await cloud.ask<string[]>('cloudformation', 'list-stack-resources', ...query);
  return [...new Set(kinds)].filter((kind) => !ATTACHED.has(kind)).toSorted();
}
