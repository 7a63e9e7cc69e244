import assert from 'node:assert/strict';
import { LIMITS } from '../../core/limits.ts';
import { LadingError } from '../../core/model/errors.ts';
import { parseReference, referenceFromKey } from '../../core/model/reference.ts';
import { applyChanges } from '../../core/options/change/changes.ts';
import { configFromInspect } from '../../core/options/docker-inspect.ts';
import { mergeOptions, parseOptions } from '../../core/options/options.ts';
import { resultKeys, sidecarKey } from '../../core/service/keys.ts';
import { noticesIn } from '../../s3/events.ts';
import { PATTERNS } from '../../test/support/change-table-patterns.ts';
import { AGREED } from '../../test/support/change-table.ts';
import { assertShort } from '../answers.ts';
import { asText, json, text } from '../inputs.ts';
import type { Target } from '../target.ts';

/**
 * The fuzz target that applies Dockerfile instructions, as the option `--change` takes them: first the whole input as
 * one instruction, then each of its lines as one.
 */
export const CHANGES: Target = {
  seeds: () =>
    [
      ...[...AGREED, ...PATTERNS].map(([changes]) => changes.join('\n')),
      'HEALTHCHECK --interval=1m30s --retries=3 CMD curl -f http://x || exit 1',
      '# escape=`\nEXPOSE 80/tcp 90-95/udp\nLABEL a=b `\n c=d',
    ].map(text),
  run(bytes) {
    assertShort(applyChanges([asText(bytes)], {}));
    assertShort(applyChanges(asText(bytes).split('\n'), {}));
    return undefined;
  },
};

/** The fuzz target that reads the JSON of `docker inspect`. */
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
    json([{ Config: { Env: null, Labels: { a: 'b' } }, Mounts: [], HostConfig: {}, Path: 'sh', Args: ['-c'] }]),
  ],
  run(bytes) {
    assertShort(configFromInspect(asText(bytes)));
    return undefined;
  },
};

/** The fuzz target that reads a sidecar, the JSON object with the conversion options of an upload. */
export const OPTIONS: Target = {
  seeds: () => [
    json({ name: ['web:1'], change: ['USER 1'], message: 'x', platform: 'linux/arm/v7', rootfs: true, image: '1' }),
    json({ name: 'web:1', change: 'ENV A=b', compress: 'gzip', inspect: [{ Config: { Cmd: ['sh'] }, Image: 'x' }] }),
    Buffer.from('\ufeff{"name":"web:1"}', 'utf16le'),
  ],
  run(bytes) {
    assertUnderstood(mergeOptions({ sidecar: bytes, metadata: {} }));
    return undefined;
  },
};

/**
 * The fuzz target that reads conversion options from the user metadata of an S3 object, with encoded words as S3
 * returns them. Each line of the input is the value of one field.
 */
export const METADATA: Target = {
  seeds: () => [
    text('web:1, web:2\nCMD ["sh"]\nUSER 1\n=?UTF-8?B?d2Vi?= =?utf-8?q?=E6=9E=84?=\nlinux/amd64\n\n1\ntrue\ngzip'),
    text('app\n["USER 1000","ENV A=b"]\nWORKDIR /app\n=?ISO-8859-1?Q?caf=E9_?=\nlinux\n[{"Config":{}}]\nweb\nfalse'),
  ],
  run(bytes) {
    const values = asText(bytes).split('\n');
    const metadata = Object.fromEntries(METADATA_NAMES.map((name, at) => [name, values[at] ?? '']));
    assertUnderstood(mergeOptions({ metadata }));
    return undefined;
  },
};

const METADATA_NAMES = [
  'name',
  'change',
  'change-2',
  'message',
  'platform',
  'inspect',
  'image',
  'rootfs',
  'compress',
] as const;

function assertUnderstood(merged: ReturnType<typeof mergeOptions>): void {
  assertShort(merged.ok ? parseOptions(merged.value, 'web.tar') : merged);
}

/**
 * The fuzz target that parses the input as the name of an image. It also takes the input as the key of an upload, from
 * which Lading derives an image name and the keys of the results.
 */
export const NAMES: Target = {
  seeds: () => ['ghcr.io:443/Team/web:1.2', 'a--b__c.tar.gz', '构建/app@sha256:00.tar'].map(text),
  run(bytes) {
    const key = asText(bytes);
    const name = parseReference(key);
    assertShort(name);
    if (name.ok) assert.deepEqual(parseReference(name.value.canonical), { ok: true, value: name.value });
    const derived = referenceFromKey(key);
    assert.ok(parseReference(derived.canonical).ok, `a key gave the name ${derived.canonical}`);
    if (Buffer.byteLength(key) > LIMITS.keyBytes) return undefined;
    for (const made of [...Object.values(resultKeys(key)), sidecarKey(key) ?? ''])
      assert.ok(Buffer.byteLength(made) <= LIMITS.keyBytes, `a key of ${Buffer.byteLength(made)} bytes`);
    return undefined;
  },
};

/**
 * The fuzz target that parses the input as a notification about a new S3 object, from S3, EventBridge or a queue. Only
 * a LadingError with the code `bad-event` may be thrown.
 */
export const EVENTS: Target = {
  seeds: () => {
    const notification = {
      Records: [
        { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: 'a+b%20c', eTag: 'x' } } },
      ],
    };
    const detail = { bucket: { name: 'b' }, object: { key: 'k', sequencer: '0', 'version-id': 'v', etag: 'e' } };
    const created = { source: 'aws.s3', 'detail-type': 'Object Created', detail };
    const inQueue = (body: object) => ({ Records: [{ messageId: 'm', body: JSON.stringify(body) }] });
    return [notification, created, inQueue(created), inQueue(notification), inQueue({ Event: 's3:TestEvent' })].map(
      json,
    );
  },
  run(bytes) {
    const event = parsed(bytes);
    if (event === undefined) return undefined;
    try {
      for (const { bucket, key } of noticesIn(event)) assert.ok(bucket !== '' && key !== '');
    } catch (error) {
      if (!(error instanceof LadingError) || error.code !== 'bad-event') throw error;
    }
    return undefined;
  },
};

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(asText(bytes));
  } catch {
    return undefined;
  }
}
