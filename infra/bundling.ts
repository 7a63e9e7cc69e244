import { join } from 'node:path';
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** The functions that are deployed, by the name of their entry point. */
export type EntryPoint = 'inspect' | 'convert';

/** Absolute path of a function's source. */
export function entryFile(name: EntryPoint): string {
  return join(import.meta.dirname, '..', 'lambda', `${name}.ts`);
}

/** How both functions become one file each. The SDK is bundled: the runtime's own copy may be older than what we use. */
export const bundling: BundlingOptions = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  target: 'node24',
  minify: true,
  // The Chinese sentences take half the bytes, and loading takes no longer (the option `charset` has no effect).
  esbuildArgs: { '--charset': 'utf8' },
  sourceMap: true,
  sourcesContent: false,
  bundleAwsSDK: true,
  // Loaded only when the environment holds no credentials, which Lambda always puts there (docs/decisions/0033-completion-event.md).
  externalModules: ['sso', 'ini', 'process', 'web-identity', 'http']
    .map((source) => `@aws-sdk/credential-provider-${source}`)
    .concat('@smithy/credential-provider-imds'),
  // tar-stream's stream library is CommonJS and asks for `events` at run time: a module has no `require` of its own.
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};
