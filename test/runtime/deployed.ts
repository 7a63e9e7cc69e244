import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { Settings } from '../../infra/settings.ts';
import { ladingApp } from '../infra/lading-app.ts';
import { resourcesOf, type TemplateJson } from '../infra/template.ts';
import type { Deployed } from '../support/lambda.ts';

/**
 * The two functions and bundles as the template deploys them with these settings; `environment` has values that only a
 * deployment knows.
 */
export function deployedFunctions(
  environment: Record<string, string>,
  settings: Settings = {},
): Record<'Inspect' | 'Convert', Deployed> {
  const { app, stack } = ladingApp({ settings });
  const template = Template.fromStack(stack).toJSON() as TemplateJson;
  const deployed = (name: string): Deployed => {
    const [, found] =
      resourcesOf(template, 'AWS::Lambda::Function').find(([id]) => id.startsWith(`Archives${name}`)) ?? [];
    if (found === undefined) throw new Error(`no function ${name} in the template`);
    const { Handler, MemorySize, Timeout, Environment } = found.Properties as {
      Handler: string;
      MemorySize: number;
      Timeout: number;
      Environment: { Variables: Record<string, unknown> };
    };
    const literal = Object.entries(Environment.Variables).filter(([, value]) => typeof value === 'string');
    return {
      dir: join(app.outdir, found.Metadata?.['aws:asset:path'] ?? ''),
      handler: Handler,
      memoryMiB: MemorySize,
      timeoutSeconds: Timeout,
      environment: { ...(Object.fromEntries(literal) as Record<string, string>), ...environment },
    };
  };
  return { Inspect: deployed('Inspect'), Convert: deployed('Convert') };
}
