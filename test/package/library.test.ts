import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { NODES, PEERS, Project, ROOT, withoutOldest } from '../support/package.ts';

/** The examples of docs/library.md, by the heading that each is below. */
function examples(): { heading: string; code: string }[] {
  const page = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
  return page.split(/^## /m).flatMap((section) => {
    const [heading = ''] = section.split('\n', 1);
    return [...section.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code = '']) => ({ heading, code }));
  });
}

const TSC = ['--module', 'nodenext', '--target', 'es2024', '--strict', '--types', 'node'];

describe('the library, as installed', { skip: withoutOldest() }, () => {
  let project: Project;
  before(async () => {
    project = await Project.make({ type: 'module' });
    project.link(PEERS.today, 'aws-cdk-lib', 'constructs', '@types/node');
    project.example('web.tar.gz');
    project.example('web.inspect.json');
  });
  const tsc = (peers: string, ...args: string[]) => project.node(join(peers, 'typescript/bin/tsc'), ...TSC, ...args);

  it('runs each example of the documentation, type-checked', async () => {
    const all = examples();
    assert.ok(all.length >= 4);
    all.forEach(({ code }, at) => project.write(`example${at}.ts`, code));
    await tsc(PEERS.today, ...all.map((_, at) => `example${at}.ts`));
    for (const at of all.keys()) await project.node(`example${at}.js`);
    for (const image of ['web.image.tar', 'piped.tar']) assert.ok(existsSync(join(project.dir, image)));
  });

  it('has types that the oldest TypeScript reads, in an ES module and in CommonJS', async () => {
    const code = `import { convert, FINDINGS, type Finding, inspect, type Plan, plan } from 'lading';
      export const kinds: [Finding?, Plan?] = [];
      export const all = [convert, inspect, plan, FINDINGS['empty-upload'].severity];`;
    for (const name of ['old.mts', 'old.cts']) project.write(name, code);
    await tsc(PEERS.oldest, 'old.mts', 'old.cts');
    for (const name of ['old.mjs', 'old.cjs']) await project.node(name);
  });

  it('takes a file, a URL, a blob, bytes and a stream, and says the same of each', async () => {
    project.write(
      'sources.mjs',
      `
      import { createReadStream, openAsBlob, readFileSync } from 'node:fs';
      import { inspect } from 'lading';
      const file = 'web.tar.gz';
      const blob = await openAsBlob(file);
      const sources = [file, new URL(${JSON.stringify(pathToFileURL(join(project.dir, 'web.tar.gz')).href)}), blob,
        readFileSync(file), blob.stream(), createReadStream(file)];
      const told = await Promise.all(sources.map((source) => inspect(source, { fileName: file })));
      console.log(JSON.stringify(told.map(({ source, cost, ...rest }) => [rest, source.size, source.digest])));
    `,
    );
    const [first, ...others] = JSON.parse(await project.node('sources.mjs')) as unknown[];
    assert.equal((first as [{ archive: { kind: string } }])[0].archive.kind, 'rootfs/docker-export');
    assert.equal(others.length, 5);
    for (const other of others) assert.deepEqual(other, first);
  });

  it('writes nothing for a refused archive, and aborts the stream that waits for it', async () => {
    project.write(
      'refused.mjs',
      `
      import { existsSync } from 'node:fs';
      import { convert, OptionError } from 'lading';
      const bytes = Buffer.from('dear diary');
      const { readable, writable } = new TransformStream();
      const [manifest, reason] = await Promise.all([
        convert(bytes, writable, { name: 'app:1' }),
        readable.getReader().read().catch((error) => error.message),
      ]);
      const { outcome } = await convert(bytes, 'refused.tar', { name: 'app:1' });
      const named = await convert(bytes, 'refused.tar').catch((error) => error instanceof OptionError);
      console.log(JSON.stringify([manifest.outcome, reason === manifest.summary, outcome, existsSync('refused.tar'), named]));
    `,
    );
    assert.deepEqual(JSON.parse(await project.node('refused.mjs')), ['refused', true, 'refused', false, true]);
  });

  it('says on an older Node which one it needs, when it is imported or required', async () => {
    const old = await Project.make({}, NODES.tooOld);
    old.link(PEERS.oldest, 'aws-cdk-lib', 'constructs');
    old.write('told.mjs', `import('lading').catch(({ message }) => console.log(message));`);
    old.write('told-cdk.mjs', `import('lading/cdk').catch(({ message }) => console.log(message));`);
    old.write('told.cjs', `try { require('lading'); } catch ({ message }) { console.log(message); }`);
    for (const name of ['told.mjs', 'told-cdk.mjs', 'told.cjs'])
      assert.equal(
        await old.node('--no-warnings', name),
        'Lading needs Node 22.15 or newer; this is Node 20.20.2.\n',
        name,
      );
  });

  it('is required by CommonJS on the oldest Node', async () => {
    const old = await Project.make({}, NODES.oldest);
    old.write('index.js', `console.log(Object.keys(require('lading')).sort().join())`);
    assert.equal(
      await old.node('--no-warnings', 'index.js'),
      'FINDINGS,LadingError,OptionError,convert,inspect,plan\n',
    );
  });
});
