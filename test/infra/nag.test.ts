import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ladingApp } from './lading-app.ts';
import { check, findings } from './nag-report.ts';

/** Every acknowledgement in the app, with its reason. */
function acknowledgements(app: App): { id: string; at: string; reason: string }[] {
  return app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ id, at: node.path, reason })),
  );
}

describe('cdk-nag', () => {
  const { app } = ladingApp();
  const report = check(app);

  it('runs both rule packs and finds nothing that was not acknowledged, not even a warning', () => {
    const names = report.pluginReports.map(({ pluginName }) => pluginName);
    assert.ok(names.includes('AwsSolutions') && names.includes('Serverless'), names.join());
    assert.deepEqual(findings(report), []);
  });

  it('has a reason for each acknowledgement, and no acknowledgement that is not needed', () => {
    const used = new Set(
      report.pluginReports.flatMap(({ suppressedViolations = [] }) =>
        suppressedViolations.map(({ acknowledgedId, acknowledgedAt }) => `${acknowledgedId} at ${acknowledgedAt}`),
      ),
    );
    const given = acknowledgements(app);
    assert.deepEqual(new Set(given.map(({ id, at }) => `${id} at ${at}`)), used);
    for (const { id, reason } of given) assert.match(reason, /^[A-Z].+ .+ .+\.$/u, id);
  });

  it('finds a careless bucket', () => {
    const { app: careless, stack } = ladingApp();
    new Bucket(stack, 'Careless');
    assert.deepEqual(findings(check(careless)), [
      'AwsSolutions-S1 at Lading/Careless/Resource',
      'AwsSolutions-S10 at Lading/Careless/Resource',
    ]);
  });
});
