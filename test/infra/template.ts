/** A synthesised CloudFormation template, with the fields that the tests read. */
export interface TemplateJson {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  Metadata?: Record<string, string>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** The resources of one type, by logical id. */
export function resourcesOf(template: TemplateJson, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The statements of a policy resource (of a role, a bucket or a queue). */
export function statementsOf(policy: Resource): Statement[] {
  return (policy.Properties['PolicyDocument'] as { Statement: Statement[] }).Statement;
}

/** The values as a list; policies write a single one without a list. */
export function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

type Intrinsic = { Ref: string } | { 'Fn::GetAtt': [string, string] } | { 'Fn::Join': [string, unknown[]] };

/** A value with its references as text on one line: `Bucket.Arn/*`. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as Intrinsic;
  if ('Ref' in intrinsic) return intrinsic.Ref;
  if ('Fn::GetAtt' in intrinsic) return intrinsic['Fn::GetAtt'].join('.');
  if ('Fn::Join' in intrinsic) return intrinsic['Fn::Join'][1].map(inWords).join(intrinsic['Fn::Join'][0]);
  return JSON.stringify(value);
}

/** The rights that a policy allows: one line for each action on each resource, sorted. */
export function allowed(policy: Resource): string[] {
  return statementsOf(policy)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      listOf(Action).flatMap((action) => listOf(Resource).map((resource) => `${action} on ${inWords(resource)}`)),
    )
    .toSorted();
}
