import { join } from 'node:path';
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** The names of the two functions. Each is also the name of the function's file in `lambda/`. */
export type EntryPoint = 'inspect' | 'convert';

/** The absolute path of the source file of a function. */
export function entryFile(name: EntryPoint): string {
  return join(import.meta.dirname, '..', 'lambda', `${name}.ts`);
}

/**
 * The settings with which esbuild makes one file of each function. It includes the AWS SDK, because the copy in
 * Lambda's runtime may be older than ours.
 */
export const bundling: BundlingOptions = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  target: 'node24',
  minify: true,
  // As UTF-8 the Chinese sentences take half the bytes, and loading takes no longer. (The option `charset` has no
  // effect.)
  esbuildArgs: { '--charset': 'utf8' },
  sourceMap: true,
  sourcesContent: false,
  bundleAwsSDK: true,
  // Needed only when the environment has no credentials, which Lambda always provides
  // (docs/decisions/0033-completion-event.md).
  externalModules: ['sso', 'ini', 'process', 'web-identity', 'http']
    .map((source) => `@aws-sdk/credential-provider-${source}`)
    .concat('@smithy/credential-provider-imds'),
  // tar-stream's stream library is CommonJS and requires `events` at run time, but an ES module has no `require`.
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};
