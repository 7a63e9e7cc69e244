import assert from 'node:assert/strict';
import type { Refusal } from '../../core/catalogue/parsed.ts';

/** The English text of a refusal. Asserts that its Chinese text is complete and has no half-width punctuation. */
export function refusalText({ problem, remedy }: Refusal): string {
  for (const { en, zh } of [problem, remedy]) {
    assert.match(zh, /\p{Script=Han}/u, en);
    assert.doesNotMatch(zh, /\p{Script=Han}[,;:?!]|[,;:?!]\p{Script=Han}|object Object|undefined/u, zh);
    assert.doesNotMatch(en, /\p{Script=Han}|object Object|undefined/u, en);
    assert.equal(/[.。]$/u.test(zh), en.endsWith('.'), zh);
  }
  return `${problem.en} ${remedy.en}`;
}
