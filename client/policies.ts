import { asList, asObject, type Json } from '../core/model/json.ts';

/** EventBridge as policies name it. */
const EVENTS = 'events.amazonaws.com';

/**
 * True when a policy, a JSON text, lets EventBridge take an action. `source` is the ARN of the rule, for statements with
 * a condition on it. Other conditions count as fulfilled: only AWS can tell.
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
