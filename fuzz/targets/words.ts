import assert from 'node:assert/strict';
import { applyChanges } from '../../lambda/core/change/changes.ts';
import { LadingError } from '../../lambda/core/errors.ts';
import { parseReference, referenceFromKey } from '../../lambda/core/image/reference.ts';
import { configFromInspect } from '../../lambda/core/request/docker-inspect.ts';
import { mergeOptions, parseOptions } from '../../lambda/core/request/options.ts';
import { manifestAuthor, parseJob, parseManifest } from '../../lambda/core/service/job.ts';
import { noticesIn } from '../../lambda/shell/events.ts';
import { decodeMetadata, originIn } from '../../lambda/shell/s3-metadata.ts';
import type { Target } from '../target.ts';

/** A longer sentence than this does not fit on a screen. */
const LARGEST_ANSWER = 1_000_000;

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Dockerfile instructions, as `--change` takes them. */
export const CHANGES: Target = {
  seeds: () =>
    [
      'CMD ["sh", "-c", "x"]',
      'ENV A=b C="${A:-d}" E=${A#b}',
      'HEALTHCHECK --interval=1m30s --retries=3 CMD curl -f http://x || exit 1',
      '# escape=`\nEXPOSE 80/tcp 90-95/udp\nLABEL a=b `\n c=d',
      'ONBUILD USER 1000:1000',
      'VOLUME ["/data"]\nSTOPSIGNAL SIGKILL\nWORKDIR /a/../b\nSHELL ["bash"]',
    ].map((each) => Buffer.from(each)),
  run: (bytes) => isShort(applyChanges([text(bytes)], {})),
};

/** The JSON of `docker inspect`. */
export const INSPECT: Target = {
  seeds: () => [
    json([
      {
        Config: { Env: ['A=b'], Cmd: ['sh'], ExposedPorts: { '80/tcp': {} } },
        State: {},
        Architecture: 'amd64',
        Os: 'linux',
      },
    ]),
    json({
      config: { Entrypoint: ['/bin/sh'], Healthcheck: { Test: ['NONE'], Interval: 1e9 } },
      rootfs: {},
      architecture: 'arm64',
    }),
  ],
  run: (bytes) => isShort(configFromInspect(text(bytes))),
};

/** A sidecar, and the same bytes as the values of user metadata. */
export const OPTIONS: Target = {
  seeds: () => [
    json({
      name: ['web:1'],
      change: ['USER 1'],
      message: 'x',
      platform: 'linux/arm/v7',
      rootfs: true,
      compress: 'gzip',
      image: '1',
    }),
    Buffer.from('=?UTF-8?B?d2Vi?= =?utf-8?q?=E6=9E=84?='),
  ],
  run(bytes) {
    const given = text(bytes);
    const words = Object.fromEntries(
      ['name', 'change', 'message', 'platform', 'inspect', 'image', 'rootfs'].map((word) => [word, given]),
    );
    for (const options of [{ sidecar: bytes, metadata: {} }, { metadata: decodeMetadata(words) }]) {
      const merged = mergeOptions(options);
      isShort(merged.ok ? parseOptions(merged.value, 'web.tar') : merged);
    }
  },
};

/** Image names, and the keys of uploads that names are made of. */
export const NAMES: Target = {
  seeds: () =>
    ['ghcr.io:443/Team/web:1.2', 'a--b__c.tar.gz', '构建/app@sha256:00.tar'].map((each) => Buffer.from(each)),
  run(bytes) {
    isShort(parseReference(text(bytes)));
    const derived = referenceFromKey(text(bytes));
    assert.ok(parseReference(derived.canonical).ok, `a key gave the name ${derived.canonical}`);
  },
};

/** Events: only `bad-event` may be thrown. */
export const EVENTS: Target = {
  seeds: () => [
    json({
      Records: [
        { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: 'a+b%20c', eTag: 'x' } } },
      ],
    }),
    json({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'b' }, object: { key: 'k', sequencer: '0' } },
    }),
    json({ Records: [{ body: '{"Event":"s3:TestEvent"}' }] }),
  ],
  run(bytes) {
    const event = parsed(bytes);
    if (event === undefined) return;
    try {
      for (const { bucket, key } of noticesIn(event)) assert.ok(bucket !== '' && key !== '');
    } catch (error) {
      if (!(error instanceof LadingError) || error.code !== 'bad-event') throw error;
    }
  },
};

/** Results that are read back: whoever may write them may write anything. */
export const RESULTS: Target = {
  seeds: () => [
    json({ jobVersion: 3, id: 'x', identity: {} }),
    json({ manifestVersion: 1, job: 'x', source: {}, result: null }),
  ],
  run(bytes) {
    parseJob(bytes);
    parseManifest(bytes);
    manifestAuthor(bytes);
    originIn({ 'lading-job': text(bytes), 'lading-etag': text(bytes) });
  },
};

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text(bytes));
  } catch {
    return undefined;
  }
}

function isShort(answer: unknown): void {
  const { length } = JSON.stringify(answer);
  assert.ok(length < LARGEST_ANSWER, `an answer of ${length} characters`);
}
