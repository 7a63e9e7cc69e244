import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memberReader, mergeLayers } from '../../core/files/files.ts';
import { inspect } from '../../core/inspect/inspect.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked } from '../support/bytes.ts';
import { dockerArchive } from '../support/image-builder.ts';

/** A bzip2 stream of 45,899,235 zero bytes, written by `bzip2 -9`. */
const ZEROS = Buffer.from('QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXF3JFOFCQDgni3w==', 'base64');
const many = Buffer.alloc(ZEROS.length * 20, ZEROS);
const image = dockerArchive([{ names: ['a:1'], layers: [many] }]);
const place = { outer: 'bzip2', start: 0, end: 9e8, inner: 'none', sparse: false, size: 9e8 } as const;

const work = {
  'expanding an upload': (tools) => inspect(chunked(many), tools),
  'expanding a layer': (tools) => inspect(chunked(image), tools),
  'merging layers': (tools) => mergeLayers([place], 'names', tools, memberReader({ open: () => chunked(many) }, tools)),
} satisfies Record<string, (tools: ReturnType<typeof nativeTools>) => Promise<unknown>>;

// Each takes about 4 s, from a single kilobyte that the decoder gets at once.
for (const [name, begin] of Object.entries(work)) {
  test(`a timer fires and an abort takes effect during ${name}`, async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    setTimeout(() => stop.abort(reason), 100);
    await assert.rejects(begin(nativeTools({ threads: false, signal: stop.signal })), reason);
  });
}
