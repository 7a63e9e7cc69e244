import type { Bilingual } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import type { Refusal } from '../catalogue/parsed.ts';

/**
 * Makes a refusal of options that exceed a limit. `what` names what is limited, and `limit` is the highest allowed
 * number. The refusal has the same sentences as that of an archive that exceeds a limit (`limit-exceeded`).
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
