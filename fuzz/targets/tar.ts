import assert from 'node:assert/strict';
import { LadingError } from '../../lambda/core/errors.ts';
import { LayerRules } from '../../lambda/core/archive/layer/layer-rules.ts';
import { cleanPath } from '../../lambda/core/archive/tar/paths.ts';
import { type Member, TarScanner } from '../../lambda/core/archive/tar/tar.ts';
import { type Entry, archive, exportEntries, longName } from '../../test/support/tar-builder.ts';
import type { Target } from '../target.ts';

/** Tar members and the rules of layers: the same members come out however the archive is cut. */
export const TAR: Target = {
  seeds: () => [archive(exportEntries()), archive(odd())],
  run(bytes) {
    assert.deepEqual(membersOf(bytes, 13), membersOf(bytes, bytes.length));
  },
};

function odd(): Entry[] {
  return [
    longName('L', `${'a/'.repeat(60)}f`),
    { name: 'short', body: 'x', magic: 'gnu' },
    longName('K', 'bin/sh'),
    { name: 'link', type: '1', linkname: 'x', magic: 'gnu' },
    { name: 'pax', body: 'y', pax: { path: 'über', mtime: '1.5', 'SCHILY.xattr.user.x': 'z' } },
    { name: 'sparse', body: 'y', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 's' } },
    { name: '.wh.gone' },
    { name: 'soft', type: '2', linkname: '../..' },
    { name: 'null', type: '3', devmajor: 1, devminor: 3 },
  ];
}

function membersOf(bytes: Uint8Array, step: number): unknown[] {
  const seen: unknown[] = [];
  const rules = new LayerRules('alone');
  const scanner = new TarScanner({
    member(member: Member) {
      seen.push([member.name, member.type, member.size, member.linkname]);
      rules.check(member, cleanPath(member.name));
      return 64;
    },
    body: (_, body) => void seen.push(Buffer.from(body).toString('hex')),
  });
  try {
    for (let at = 0; at < bytes.length; at += Math.max(1, step)) scanner.push(bytes.subarray(at, at + step));
    seen.push(scanner.finish());
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    seen.push(error.finding);
  }
  return [...seen, rules.findings];
}
