import { asList, asObject, type Json } from '../core/model/json.ts';

/** The name of the service EventBridge as a principal in AWS policies. */
const EVENTS = 'events.amazonaws.com';

/**
 * True when an AWS policy (JSON) allows EventBridge an action, such as `sqs:SendMessage`. `source` is the ARN of the
 * event rule, because a statement may have a condition on it. All other conditions count as fulfilled: only AWS can
 * check them. False when there is no policy.
 */
export function letsEventBridge(policy: string | undefined, action: string, source: string): boolean {
  const statements = asList(asObject(JSON.parse(policy ?? '{}'))?.['Statement']);
  return statements.some((each) => {
    const statement = asObject(each);
    if (statement === null || statement['Effect'] !== 'Allow') return false;
    const principal = asObject(statement['Principal']);
    const principals = principal === null ? [statement['Principal']] : listOf(principal['Service']);
    const actions = listOf(statement['Action']);
    return (
      principals.some((name) => name === '*' || name === EVENTS) &&
      actions.some((name) => fits(name, action)) &&
      isFrom(asObject(statement['Condition']), source)
    );
  });
}

function isFrom(condition: Json | null, source: string): boolean {
  const named = Object.values(condition ?? {}).flatMap((each) => listOf(asObject(each)?.['aws:SourceArn']));
  return named.length === 0 || named.some((each) => fits(each, source));
}

/** True when a text fits a pattern of an AWS policy, in which `*` stands for any characters. */
function fits(pattern: unknown, text: string): boolean {
  if (typeof pattern !== 'string') return false;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const next = text.indexOf(part, at);
    if (next < 0) return false;
    at = next + part.length;
  }
  return at <= text.length - last.length && text.endsWith(last);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
