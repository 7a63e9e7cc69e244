import assert from 'node:assert/strict';
import { Expansion } from '../../core/inspect/expansion.ts';
import { readLayer } from '../../core/inspect/read.ts';
import { sniff, SNIFF_BYTES } from '../../core/inspect/sniff.ts';
import { LayerRules } from '../../core/layer/layer-rules.ts';
import { SumsTap } from '../../core/model/sums.ts';
import type { Member } from '../../core/tar/member.ts';
import { cleanPath } from '../../core/tar/paths.ts';
import type { MemberObserver } from '../../core/tar/observer.ts';
import { chunked } from '../../test/support/bytes.ts';
import { SAMPLES } from '../../test/support/compressed.ts';
import { archive, exportEntries } from '../../test/support/tar-builder.ts';
import { oddArchives } from '../../test/support/tar-seeds.ts';
import { plainTools } from '../../test/support/tools.ts';
import { assertShort } from '../answers.ts';
import { text, withChecksums } from '../inputs.ts';
import type { Target } from '../target.ts';

/**
 * The fuzz target that reads a tar archive, and checks it by the rules that container engines have for a single layer.
 * The members that are found must not depend on how the archive is cut into chunks.
 */
export const TAR: Target = {
  seeds: () => [archive(exportEntries()), ...oddArchives().filter((each) => each.length <= 10_240)],
  async run(bytes) {
    const tar = withChecksums(bytes);
    const whole = await membersOf(tar, tar.length);
    assert.deepEqual(await membersOf(tar, 13, 700), whole);
    assertShort(whole.findings);
    return undefined;
  },
};

async function membersOf(bytes: Uint8Array, ...steps: number[]) {
  const members: unknown[] = [];
  const rules = new LayerRules('alone');
  const observer: MemberObserver = {
    member(member: Member) {
      members.push([member.name, member.type, member.size, member.linkname, member.mtime, member.sparse]);
      rules.check(member, cleanPath(member.name));
      return 64;
    },
    body: (_, body) => void members.push(Buffer.from(body).toString('hex')),
  };
  const stored = new SumsTap(plainTools);
  const { end, fault } = await readLayer(
    stored.tap(chunked(bytes, ...steps)),
    stored,
    plainTools,
    observer,
    new Expansion(() => stored.size),
  );
  return { members, end, fault, findings: rules.findings };
}

/** The fuzz target that recognises what an upload is by its first bytes. The JSON about these must be short. */
export const SNIFF: Target = {
  seeds: () => [
    ...Object.values(SAMPLES).flatMap((samples) => samples.map(({ stored }) => stored)),
    archive(exportEntries()),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(archive([{ name: 'a' }]).toString('latin1'), 'utf16le')]),
    text('--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: application/x-tar\r\n\r\nbytes'),
    text('400;chunk-signature=0\r\n\x1f\x8b\x08'),
    text(archive([{ name: 'a' }]).toString('base64')),
    text('FROM debian\nRUN x\n'),
    text('version https://git-lfs.github.com/spec/v1\noid sha256:00\n'),
    text('-----BEGIN PRIVATE KEY-----\nMII=\n'),
    text('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
    text('{"message":"Forbidden"}'),
  ],
  run(bytes) {
    const sniffed = sniff(bytes);
    assertShort(sniffed);
    const { length } = JSON.stringify(sniffed);
    assert.ok(length < LONGEST_ANSWER, `${length} characters about the first bytes`);
    const padded = Buffer.concat([bytes, Buffer.alloc(SNIFF_BYTES)]).subarray(0, Math.max(SNIFF_BYTES, bytes.length));
    sniff(padded);
    return undefined;
  },
};

/**
 * The number of characters below which the JSON about the first bytes of an upload must stay. It has a sentence and a
 * remedy in two languages, with a short quotation.
 */
const LONGEST_ANSWER = 6000;
