import assert from 'node:assert/strict';
import type { Remote } from '../../remote/remote.ts';
import { stateOf } from '../../remote/state.ts';
import type { Completion } from '../../core/service/completion.ts';
import { soundHandOff } from '../../core/service/job.ts';
import { resultKeys } from '../../core/service/keys.ts';
import type { ServiceDeps } from '../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../core/service/service.ts';
import { originIn } from '../../s3/metadata.ts';
import { MemoryStore } from '../../test/support/memory-store.ts';
import { archive, exportEntries } from '../../test/support/tar-builder.ts';
import { plainTools } from '../../test/support/tools.ts';
import { assertShort, unlessRefused } from '../answers.ts';
import { asText } from '../inputs.ts';
import type { Target } from '../target.ts';

const KEY = 'web.tar';
const KEYS = resultKeys(KEY);

interface World extends ServiceDeps {
  store: MemoryStore;
  told: Completion[];
}

/** Makes a Lading service in memory, in which one archive was uploaded and nothing was done with it yet. */
function world(): World {
  const store = new MemoryStore();
  store.upload(KEY, archive(exportEntries()), { name: 'web:1' });
  const told: Completion[] = [];
  const announce = async (completion: Completion): Promise<void> => void told.push(completion);
  return { store, told, uploads: store, results: store, tools: plainTools, clock: () => 0, version: '0', announce };
}

const NOTICE = { bucket: 'uploads', key: KEY, versionId: null, etag: null, sequencer: '0A' };

/**
 * The fuzz target that puts an input in the place of one object that the service has stored. This is the document that
 * the inspect function leaves for the convert function, the archive manifest (the JSON that says what became of an
 * upload), or the metadata of an image archive. The Lambda functions and the client must finish their work, or throw a
 * LadingError.
 */
export const RESULTS: Target = {
  seeds: async () => {
    const { store, ...deps } = world();
    await inspectUpload(NOTICE, { ...deps, uploads: store, results: store });
    const handOff = store.results.get(KEYS.inspection);
    await convertUpload(KEYS.inspection, { ...deps, uploads: store, results: store });
    const manifest = store.results.get(KEYS.manifest);
    assert.ok(handOff !== undefined && manifest !== undefined);
    return [handOff, manifest];
  },
  async run(bytes) {
    for (const key of [KEYS.inspection, KEYS.manifest]) {
      const around = world();
      around.store.results.set(key, bytes);
      await unlessRefused(() => stateOf(KEY, remoteOf(around)));
      await unlessRefused(() => inspectUpload(NOTICE, around));
      assertShort(around.told);
    }
    const around = world();
    around.store.results.set(KEYS.inspection, bytes);
    if (soundHandOff(bytes, plainTools) === null)
      assert.equal(await unlessRefused(() => convertUpload(KEYS.inspection, around)), null);
    originIn({ 'lading-job': asText(bytes), 'lading-etag': asText(bytes) });
    return undefined;
  },
};

function remoteOf({ store }: World): Remote {
  // The stores are in memory. The only request to S3 asks for the age of an upload without results; this answer has none.
  const access = { client: { send: async () => ({}) }, signal: undefined } as unknown as Remote['access'];
  return { uploads: store, results: store, access, buckets: { uploads: 'uploads', results: 'results' }, version: '0' };
}
