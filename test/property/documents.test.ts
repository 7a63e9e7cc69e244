import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import {
  CONFIG_READINGS,
  DOCKER_MANIFEST,
  OCI_INDEX,
  OCI_LAYOUT,
  OCI_MANIFEST,
  REPOSITORIES,
  SHORT_DOCKER_MANIFEST,
} from '../../core/images/document-types.ts';
import type { GoType } from '../../core/json/go-types.ts';
import { readTyped } from '../../core/json/typed.ts';
import { changedDocument, random, SOUND } from '../support/document-maker.ts';
import { oracle, withoutOracle } from '../support/oracles.ts';

/** For each kind of document, the type that Go reads it into, Lading's check, and the sound document to begin with. */
const KINDS: [string, GoType, keyof typeof SOUND][] = [
  ['oci-config', CONFIG_READINGS['config-type-oci'], 'config'],
  ['store-config', CONFIG_READINGS['config-type-store'], 'config'],
  ['docker-config', CONFIG_READINGS['config-type-docker'], 'config'],
  ['docker-29-config', CONFIG_READINGS['config-type-docker-29'], 'config'],
  ['podman-config', CONFIG_READINGS['config-type-docker'], 'config'],
  ['crane-config', CONFIG_READINGS['config-type-crane'], 'config'],
  ['manifest', OCI_MANIFEST, 'manifest'],
  ['index', OCI_INDEX, 'index'],
  ['layout', OCI_LAYOUT, 'layout'],
  ['docker-manifest', DOCKER_MANIFEST, 'docker-manifest'],
  ['short-docker-manifest', SHORT_DOCKER_MANIFEST, 'docker-manifest'],
  ['repositories', REPOSITORIES, 'repositories'],
];

const SEED = 20_261_128;
const ROUNDS = Number(process.env['LADING_DOCUMENTS'] ?? 200);

/** The reasons why Go refuses each of these; empty where it reads them. */
function answersOf(questions: { Kind: string; Text: string }[]): string[] {
  const input = questions.map((each) => `${JSON.stringify(each)}\n`).join('');
  const output = execFileSync(oracle('documents'), { input, maxBuffer: 1 << 28 }).toString();
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string);
}

for (const [kind, type, sound] of KINDS) {
  test(`a ${kind} is accepted exactly when Go reads it (seed ${SEED})`, { skip: withoutOracle('documents') }, () => {
    const next = random(SEED + kind.length * 7919);
    const documents = [
      Buffer.from(JSON.stringify(SOUND[sound])),
      ...Array.from({ length: ROUNDS }, () => changedDocument(SOUND[sound], next)),
    ];
    const answers = answersOf(documents.map((bytes) => ({ Kind: kind, Text: bytes.toString('base64') })));
    const different = documents.flatMap((bytes, i) => {
      const read = readTyped(bytes.toString(), type);
      const accepted = read !== null && !read.rest && read.faults.length === 0;
      return accepted === (answers[i] === '')
        ? []
        : [{ text: bytes.toString().slice(0, 4000), go: answers[i], accepted }];
    });
    assert.deepEqual(different.slice(0, 3), []);
    assert.equal(answers[0], '', 'the sound document is sound');
    const refused = answers.filter((each) => each !== '').length;
    assert.ok(refused > ROUNDS / 4 && refused < ROUNDS, `${refused} of ${ROUNDS} are refused`);
  });
}
