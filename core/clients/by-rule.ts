import { both } from '../catalogue/bilingual.ts';
import type { Inspection } from '../model/inspection.ts';
import { ECR_RULES, LAMBDA_RULES } from './aws-rules.ts';
import { DOCKER_ARCHIVE_RULES } from './docker-archive-rules.ts';
import { type StatedRule, outcomeOfImages } from './stated-rule.ts';
import type { Outcome } from './outcome.ts';
import { type ClientVerdict, outcomeOfUnread, type RuledClient } from './verdicts.ts';

const RULES: readonly (readonly [RuledClient, readonly StatedRule[]])[] = [
  ['docker-archive-only', DOCKER_ARCHIVE_RULES],
  ['ecr', ECR_RULES],
  ['lambda', LAMBDA_RULES],
];

/**
 * Predicts for each service or program that was never tested, such as Amazon ECR, whether it takes the inspected
 * upload. The predictions follow from documentation and from reports of users. Returns one for each of them, in a fixed
 * order.
 */
export function verdictsByRule(inspection: Inspection): ClientVerdict[] {
  return RULES.map(([client, rules]) => {
    const { loads, why } = outcomeOfUnread(inspection) ?? outcomeOf(rules, inspection);
    return { client, by: 'rule', loads, why: why?.en ?? null, zh: why?.zh ?? null };
  });
}

function outcomeOf(rules: readonly StatedRule[], inspection: Inspection): Outcome {
  return inspection.shape === null
    ? { loads: false, why: both('it holds no image', '其中没有镜像') }
    : outcomeOfImages(rules, inspection);
}
