import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { BROWSERS, missing, type Tab } from './browsers.ts';
import { newDesk } from './kit.ts';
import { renderers, statFields } from './processes.ts';

// How much work the page has, against the least that there can be. What is compared is the processor time of the busiest
// worker, because other tests run beside this one: with a core for each worker, the page takes as long as that one.

suite('in Chromium', { skip: missing('chromium') }, () => {
  test('a plain export takes 1.3 times the work of its sha256 at most, a gzip one half the work of pako', async () => {
    const desk = await newDesk();
    const body = readFileSync(process.execPath).toString('latin1');
    const plain = archive([...exportEntries(), { name: 'bin/a', body }, { name: 'bin/b', body }]);
    const paths = [await desk.put('plain.tar', plain), await desk.put('packed.tar.gz', gzipSync(plain, { level: 1 }))];
    const tab = await BROWSERS.chromium();
    try {
      await tab.goto(desk.page);
      await tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<input type=file id=bench>')");
      const code = await bundled();
      const took: number[] = [];
      for (const [at, path] of paths.entries()) {
        took.push(await busiest(() => inspected(tab, path)));
        took.push(await busiest(() => worked(tab, path, code, at === 0 ? 'sha256' : 'pako')));
      }
      const [page = 0, sha256 = 0, packed = 0, pako = 0] = took;
      assert.ok(page > 0 && packed > 0, took.join());
      assert.ok(page <= 1.3 * sha256, `${page} s, where sha256 alone takes ${sha256} s`);
      assert.ok(packed <= pako / 2, `${packed} s, where pako on one thread takes ${pako} s`);
    } finally {
      await tab.close();
      await desk.clear();
    }
  });
});

/** Opens a file in the page, and waits until it was inspected. */
async function inspected(tab: Tab, path: string): Promise<void> {
  await tab.choose('#archive', path);
  await tab.wait('.progress').catch(() => {});
  await tab.wait('.result', 120_000);
}

async function worked(tab: Tab, path: string, code: string, kind: string): Promise<void> {
  await tab.choose('#bench', path);
  await tab.evaluate(`new Promise((resolve) => {
    globalThis.worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(code)}])));
    worker.onmessage = resolve;
    worker.postMessage({ file: document.querySelector('#bench').files[0], kind: '${kind}' });
  }).then(() => undefined)`);
}

async function bundled(): Promise<string> {
  const entryPoints = [join(import.meta.dirname, 'speed-worker.ts')];
  const { outputFiles } = await build({ entryPoints, bundle: true, minify: true, write: false, format: 'iife' });
  return outputFiles[0]!.text;
}

/** The processor time in seconds of the worker of Chromium that has worked most during some steps. */
async function busiest(steps: () => Promise<void>): Promise<number> {
  const before = workerTimes();
  await steps();
  return Math.max(0, ...[...workerTimes()].map(([id, seconds]) => seconds - (before.get(id) ?? 0)));
}

/** The processor time in seconds of each thread of a worker, by the number of the thread. */
function workerTimes(): Map<string, number> {
  const times = new Map<string, number>();
  for (const id of renderers()) {
    for (const thread of readdirSync(`/proc/${id}/task`)) {
      const path = `/proc/${id}/task/${thread}`;
      if (!readFileSync(`${path}/comm`, 'utf8').startsWith('DedicatedWorker')) continue;
      const fields = statFields(`${path}/stat`);
      // Clock ticks, of which Linux has a hundred in a second.
      times.set(thread, (Number(fields[11]) + Number(fields[12])) / 100);
    }
  }
  return times;
}
