import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { parseManifest } from '../../core/service/job.ts';
import { resultKeys } from '../../core/service/keys.ts';
import type { ServiceDeps } from '../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../core/service/service.ts';
import { nativeTools } from '../../node/tools.ts';
import { run } from '../../test/cli/kit.ts';
import { assertCompletionEvent } from '../../test/support/manifest-schema.ts';
import { MemoryStore } from '../../test/support/memory-store.ts';
import { assertPrintable, assertSoundManifest } from '../answers.ts';
import { counting } from '../counting.ts';
import { withChecksums } from '../inputs.ts';
import type { Target } from '../target.ts';
import { uploads } from './archive.ts';

const KEY = 'upload.tar';
const NAME = 'web:1';

/**
 * The fuzz target that converts one upload in three ways: by the code of the two Lambda functions, and by the command
 * line from a file and from a pipe. The image archives must be the same byte for byte, and so must the codes of the
 * findings (Lading's messages to the user).
 */
export const SERVICE: Target = {
  seeds: uploads,
  async run(bytes) {
    const upload = withChecksums(bytes);
    const { tools, read } = counting(nativeTools({ threads: false }));
    const functions = await byTheFunctions(upload, tools);
    const file = place('upload.tar');
    writeFileSync(file, upload);
    for (const from of [file, '-']) {
      const line = await byTheCommandLine(from, upload);
      assert.deepEqual(line.codes, functions.codes);
      // The functions do not convert an image archive that loads everywhere. The command line always writes one.
      if (functions.image !== null || !functions.codes.includes('image-archive'))
        assert.deepEqual(line.image, functions.image);
    }
    return 3 * read();
  },
};

interface Made {
  image: Buffer | null;
  codes: string[];
}

async function byTheFunctions(upload: Uint8Array, tools: ServiceDeps['tools']): Promise<Made> {
  const store = new MemoryStore();
  const announce: ServiceDeps['announce'] = async (completion) =>
    assertCompletionEvent(JSON.parse(JSON.stringify({ ...completion, resultsBucket: 'results' })));
  const deps: ServiceDeps = { uploads: store, results: store, tools, clock: () => 0, version: '0', announce };
  const outcome = await inspectUpload(store.upload(KEY, upload, { name: NAME }), deps);
  if (outcome.kind === 'handed-on') await convertUpload(outcome.inspectionKey, deps);
  const { manifest, image } = resultKeys(KEY);
  const there = parseManifest(store.results.get(manifest) ?? Buffer.alloc(0));
  assert.ok(there !== null, 'every upload gets a manifest');
  const made = store.results.get(image);
  return { image: made === undefined ? null : Buffer.from(made), codes: codesOf(there) };
}

async function byTheCommandLine(from: string, upload: Uint8Array): Promise<Made> {
  const output = place('image.tar');
  rmSync(output, { force: true });
  const words = ['convert', from, '--name', NAME, '-o', output, '--json', '--no-progress'];
  const { code, stdout, stderr } = await run(words, { stdin: [upload], env: { TMPDIR: place('') } });
  assert.ok(code === 0 || code === 3, `exit code ${code}: ${stderr}`);
  assertPrintable(stdout);
  assertPrintable(stderr);
  return { image: code === 0 ? readFileSync(output) : null, codes: codesOf(JSON.parse(stdout) as ArchiveManifest) };
}

function codesOf(manifest: ArchiveManifest): string[] {
  assertSoundManifest(manifest);
  return manifest.findings.map(({ code }) => code);
}

let folder: string | null = null;

/** The path of a file in the temporary folder of this process. The folder is deleted when the process ends. */
function place(name: string): string {
  if (folder === null) {
    const made = mkdtempSync(join(tmpdir(), 'lading-fuzz-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return join(folder, name);
}
