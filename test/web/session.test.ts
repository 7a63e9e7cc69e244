import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_OPTIONS, type RawOptions } from '../../core/options/table.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { archive } from '../support/tar-builder.ts';
import { entriesOf } from '../support/rewrite.ts';
import { plainTools } from '../support/tools.ts';

/** The parts of the worker's session that are called here. Its own types are those of browsers. */
interface Session {
  open(file: File): Promise<unknown>;
  plan(options: RawOptions, output: string): Promise<{ manifest: { result: { images: { layers: unknown[] }[] } } }>;
  save(target: null): Promise<Blob>;
}

/** Opens an image of two layers, as the page does, and plans its conversion. */
async function planned(options: Partial<RawOptions>): Promise<{ session: Session; layers: number }> {
  const { Session } = await import(String(new URL('../../web/worker/session.ts', import.meta.url)));
  Object.assign(globalThis, { LADING_VERSION: '0' });
  const session: Session = new Session(plainTools, { newFileHasher: () => plainTools.newHasher() }, () => undefined);
  const layers = [archive([{ name: 'a', body: 'a' }]), archive([{ name: 'b', body: 'b' }])];
  await session.open(new File([new Uint8Array(dockerArchive([{ layers, names: ['app:1'] }]))], 'saved.tar'));
  const { manifest } = await session.plan({ ...NO_OPTIONS, ...options }, 'image.tar');
  return { session, layers: manifest.result.images[0]?.layers.length ?? 0 };
}

test('the page makes one layer of several', async () => {
  assert.equal((await planned({})).layers, 2);
  assert.equal((await planned({ flatten: true })).layers, 1);
});

test('the page writes the root file system of all layers', async () => {
  const { session } = await planned({ as: 'rootfs' });
  const bytes = new Uint8Array(await (await session.save(null)).arrayBuffer());
  assert.deepEqual(
    entriesOf(bytes).map(({ name }) => name),
    ['a', 'b'],
  );
});
