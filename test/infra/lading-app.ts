import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { LadingStack } from '../../infra/lading-stack.ts';

/** Feature flags reach the app through the CLI only: a bare `new App()` would test another stack than the deployed one. */
function deployedContext(): Record<string, unknown> {
  const cdkJson = readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8');
  return (JSON.parse(cdkJson) as { context: Record<string, unknown> }).context;
}

/** The app as `cdk synth` sees it, in a temporary folder; `bundled` runs esbuild, which the templates do not need. */
export function ladingApp({ bundled = false } = {}): { app: App; stack: LadingStack } {
  const outdir = mkdtempSync(join(tmpdir(), 'lading-cdk-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const skipBundling = bundled ? {} : { 'aws:cdk:bundling-stacks': [] };
  const context = { ...deployedContext(), ...skipBundling, 'aws:cdk:enable-asset-metadata': true };
  const app = new App({ outdir, context });
  return { app, stack: new LadingStack(app, 'Lading') };
}
