import type { Bilingual } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import type { Refusal } from '../catalogue/parsed.ts';

/**
 * Makes the refusal of options in which `what` exceeds `limit`. It has the sentences of `limit-exceeded`, the message
 * for archives that exceed a limit.
 */
export function beyond(what: Bilingual, limit: number): Refusal {
  const { message, remedy, zh } = finding('limit-exceeded', { what, limit });
  const problem = { en: message, zh: zh.message };
  return { ok: false, problem, remedy: { en: remedy, zh: zh.remedy }, limit: { what, limit } };
}

/** Makes a finding (a message for the user with a stable code) that explains why the options were refused. */
export function refusalFinding({ problem, remedy, limit }: Refusal): Finding {
  return limit === undefined ? finding('option-invalid', { problem, hint: remedy }) : finding('limit-exceeded', limit);
}
