import { asList, asObject, type Json } from '../core/model/json.ts';

/** The name of the service EventBridge as a principal in AWS policies. */
const EVENTS = 'events.amazonaws.com';

/**
 * True when an AWS policy (JSON) allows EventBridge an action. `source` is the ARN of the event rule, because a
 * statement may have a condition on it. All other conditions count as fulfilled: only AWS can check them.
 */
export function letsEventBridge(policy: string | undefined, action: string, source: string): boolean {
  const statements = asList(asObject(JSON.parse(policy ?? '{}'))?.['Statement']);
  return statements.some((each) => {
    const statement = asObject(each);
    if (statement === null || statement['Effect'] !== 'Allow') return false;
    const principal = asObject(statement['Principal']);
    const principals = principal === null ? [statement['Principal']] : listOf(principal['Service']);
    const actions = listOf(statement['Action']);
    const family = `${action.split(':')[0]}:*`;
    return (
      principals.some((name) => name === '*' || name === EVENTS) &&
      actions.some((name) => name === '*' || name === family || name === action) &&
      isFrom(asObject(statement['Condition']), source)
    );
  });
}

function isFrom(condition: Json | null, source: string): boolean {
  const named = Object.values(condition ?? {}).flatMap((each) => listOf(asObject(each)?.['aws:SourceArn']));
  return named.length === 0 || named.includes(source);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
