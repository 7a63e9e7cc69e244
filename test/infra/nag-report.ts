import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

interface Violation {
  ruleName: string;
  violatingConstructs: { constructPath: string }[];
}

interface Suppressed extends Violation {
  acknowledgedId: string;
  acknowledgedAt: string;
}

export interface Report {
  pluginReports: { pluginName: string; violations: Violation[]; suppressedViolations?: Suppressed[] }[];
}

/** Synthesises the app with both rule packs. An error finding makes that throw; only the report has warnings too. */
export function check(app: App): Report {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  try {
    app.synth();
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('Validation failed'))) throw error;
  }
  return JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
}

/** The findings that nobody has acknowledged, with warnings. */
export function findings(report: Report): string[] {
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    ),
  );
}
