import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { LadingStack } from '../../infra/lading-stack.ts';
import type { Settings } from '../../infra/settings.ts';
import { buildCode } from '../../scripts/build-code.ts';

/** The feature flags of cdk.json. Only the CLI passes them to the app, so a bare `new App()` would be another stack. */
function deployedContext(): Record<string, unknown> {
  const cdkJson = readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8');
  return (JSON.parse(cdkJson) as { context: Record<string, unknown> }).context;
}

// The stack deploys what the build makes of the functions.
await buildCode();

/** The app as `cdk synth` makes it, in a temporary folder. */
export function ladingApp({ settings = {} }: { settings?: Settings } = {}): { app: App; stack: LadingStack } {
  const app = emptyApp();
  return { app, stack: new LadingStack(app, 'Lading', { settings }) };
}

/** An app with the context of the real one, for stacks of other shapes. */
export function emptyApp(): App {
  const outdir = mkdtempSync(join(tmpdir(), 'lading-cdk-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const context = { ...deployedContext(), 'aws:cdk:enable-asset-metadata': true };
  return new App({ outdir, context });
}
