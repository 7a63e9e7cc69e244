import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { LadingStack } from '../../infra/lading-stack.ts';
import type { Settings } from '../../infra/settings.ts';

/** The feature flags of cdk.json. Only the CLI passes them to the app, so a bare `new App()` would be another stack. */
function deployedContext(): Record<string, unknown> {
  const cdkJson = readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8');
  return (JSON.parse(cdkJson) as { context: Record<string, unknown> }).context;
}

interface Choices {
  /** True to run esbuild, which tests of the templates do not need. */
  bundled?: boolean;
  settings?: Settings;
}

/** The app as `cdk synth` makes it, in a temporary folder. */
export function ladingApp({ bundled = false, settings = {} }: Choices = {}): { app: App; stack: LadingStack } {
  const app = emptyApp(bundled);
  return { app, stack: new LadingStack(app, 'Lading', { settings }) };
}

/** An app with the context of the real one, for stacks of other shapes. */
export function emptyApp(bundled = false): App {
  const outdir = mkdtempSync(join(tmpdir(), 'lading-cdk-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const skipBundling = bundled ? {} : { 'aws:cdk:bundling-stacks': [] };
  const context = { ...deployedContext(), ...skipBundling, 'aws:cdk:enable-asset-metadata': true };
  return new App({ outdir, context });
}
