import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { BUCKETS } from '../../test/support/functions.ts';
import { asObject, hugeImage, writeHuge } from '../../test/support/huge.ts';
import type { Section } from '../bench.ts';
import { LADING } from '../contenders.ts';
import type { Contender } from '../measure.ts';
import { AWAY, environment, farStandIn } from '../stores.ts';
import { atMost, largest } from '../targets.ts';

const FILE = 'a file';
const OBJECT = 'an object in S3';
const KEY = 'huge.tar';

/** The section of the benchmark that measures how many bytes and requests `lading inspect --quick` needs. */
export const quick: Section = {
  name: 'quick',
  title: 'A quick look at an image archive',
  how: `\`lading inspect --quick\`, whole processes; S3 is ${AWAY.latencyMs} ms away.`,
  needs: [],
  async run(bench) {
    const image = hugeImage(40, 256 * 2 ** 20);
    const file = await bench.input(KEY, (path) => writeHuge(path, image));
    const store = await farStandIn();
    store.model.put(BUCKETS.uploads, KEY, asObject(image), { contentType: '', metadata: {} }, { etag: 'huge' });
    try {
      const env = environment(store);
      const rows = await bench.measure([look(FILE, file, env), look(OBJECT, `s3://${BUCKETS.uploads}/${KEY}`, env)]);
      return {
        tables: [{ title: `${(image.size / 1e9).toFixed(1)} GB in 40 layers`, rows }],
        targets: [FILE, OBJECT].flatMap((name) => [
          atMost(`read of ${name}`, largest(rows, name, 'bytes read') / 2 ** 20, 2, 'MiB'),
          atMost(`requests for ${name}`, largest(rows, name, 'requests'), 60, 'requests'),
        ]),
      };
    } finally {
      await store.stop();
    }
  },
};

function look(name: string, archive: string, env: NodeJS.ProcessEnv): Contender {
  const read = (stdout: string) => {
    const { cost } = JSON.parse(stdout) as ArchiveManifest;
    return { 'bytes read': cost.bytesRead, requests: cost.requests ?? Number.NaN };
  };
  return { name, line: `${LADING} inspect --quick --json ${archive}`, env, read };
}
