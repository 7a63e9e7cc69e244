import { readFileSync } from 'node:fs';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKETS } from '../../test/support/functions.ts';
import { openEngine, type S3Engine } from '../../test/support/s3-engine.ts';
import { localClient } from '../../test/support/s3-harness.ts';
import type { Bench, Section } from '../bench.ts';
import { worker } from '../contenders.ts';
import { exported } from '../inputs.ts';
import { type Contender, measure, type Row } from '../measure.ts';
import { AWAY, environment, farStandIn } from '../stores.ts';
import { atLeast, atMost, largest, ratio } from '../targets.ts';

const KEY = 'export.tar';

const ONE_GET = 'one GET';
const RANGES = 'the ranges of the functions';
const DOWN_AND_UP = 'download, upload again';
const CONVERT = 'the convert function';

/**
 * The section of the benchmark that measures how fast Lading reads an archive in S3 by ranges, and converts it within
 * S3.
 */
export const s3: Section = {
  name: 's3',
  title: 'S3',
  how: `A strict stand-in, ${AWAY.latencyMs} ms and ${AWAY.bytesPerSecond / 1e6} MB/s for each connection away, then Ceph's gateway on this machine. Jobs in processes of their own, without their start. The rival of the conversion goes over a file, with ten connections each way.`,
  needs: ['dockerd', 'docker', 'debootstrap', 'radosgw', 'ceph-mon', 'ceph-osd'],
  async run(bench) {
    const file = await exported(bench, bench.options.gb);
    const far = await measured('far away', await standInWith(file), bench);
    const ceph = await measured('Ceph', await cephWith(file), bench);
    const speed = ratio(far.reading, ONE_GET, RANGES);
    return {
      tables: [far, ceph].flatMap(({ where, reading, conversion }) => [
        { title: `Reading ${bench.options.gb} GB, ${where}`, rows: reading },
        { title: `Conversion after inspection, ${where}`, rows: conversion },
      ]),
      targets: [
        atLeast(`${ONE_GET} ÷ ${RANGES}, ${far.where}`, speed, 5, '×'),
        ...[far, ceph].flatMap(({ where, conversion: rows }) => [
          atLeast(`${DOWN_AND_UP} ÷ ${CONVERT}, ${where}`, ratio(rows, DOWN_AND_UP, CONVERT), 3, '×'),
          atMost(`sent by ${CONVERT}, ${where}`, largest(rows, CONVERT, 'bytes sent') / 2 ** 20, 12, 'MiB'),
        ]),
      ],
    };
  },
};

async function standInWith(file: string): Promise<S3Engine> {
  const store = await farStandIn();
  store.model.put(BUCKETS.uploads, KEY, readFileSync(file), { contentType: '', metadata: {} });
  return store;
}

async function cephWith(file: string): Promise<S3Engine> {
  const engine = await openEngine();
  const client = localClient(engine);
  for (const Bucket of Object.values(BUCKETS)) await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key: KEY, Body: readFileSync(file) }));
  client.destroy();
  return engine;
}

/**
 * Measures how fast the archive in one S3 store is read and converted. Returns the runs of each command, apart for
 * reading and for conversion, and `where`, the store's name in the results. Stops the store at the end.
 */
async function measured(
  where: string,
  store: S3Engine,
  bench: Bench,
): Promise<{ where: string; reading: Row[]; conversion: Row[] }> {
  const client = localClient(store);
  const on = (name: string, job: string, ...made: string[]): Contender => ({
    ...worker(name, `${job} ${KEY}`, environment(store)),
    tidy: async () => {
      for (const each of made)
        await client.send(new DeleteObjectCommand({ Bucket: BUCKETS.results, Key: `${KEY}/${each}` }));
    },
  });
  const inspect = 'inspect-function';
  try {
    const reading = await bench.measure([
      on(ONE_GET, 'one-get'),
      on(RANGES, 'ranges'),
      on('the inspect function', inspect, 'inspection.json'),
    ]);
    await measure(on('', inspect)); // makes the hand-off for the conversion, and keeps it
    const conversion = await bench.measure([
      on(DOWN_AND_UP, 'down-and-up', 'again'),
      on(CONVERT, 'convert-function', 'image.tar', 'manifest.json'),
    ]);
    return { where, reading, conversion };
  } finally {
    client.destroy();
    await store.stop();
  }
}
