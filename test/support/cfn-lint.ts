import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeScratch, run, scratch } from './engines.ts';
import { pinnedPrograms } from './pinned.ts';

/** The lines that cfn-lint prints about templates; they must be valid in regions of both partitions, AWS and China. */
export async function lint(templates: Record<string, unknown>): Promise<string[]> {
  const dir = scratch('cfn-lint');
  try {
    const files = Object.entries(templates).map(([name, template]) => {
      const file = join(dir, `${name}.json`);
      writeFileSync(file, JSON.stringify(template));
      return file;
    });
    // The CDK writes each function's dependency on its role twice.
    const options = ['--ignore-checks', 'W3005', '--format', 'parseable'];
    const regions = ['--regions', 'us-east-1', 'eu-central-1', 'cn-north-1'];
    const said = await run(join(pinnedPrograms('cfn-lint'), 'cfn-lint'), [
      ...options,
      ...regions,
      '--',
      ...files,
    ]).catch((error: { stdout: string }) => error.stdout);
    return said.split('\n').filter((line) => line !== '');
  } finally {
    await removeScratch(dir);
  }
}
