import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schema = JSON.parse(readFileSync(new URL('../../docs/manifest.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);

/** Fails when an archive manifest is not what the published schema promises. */
export function assertManifest(manifest: unknown): void {
  assert.ok(validate(manifest), JSON.stringify(validate.errors, null, 2));
}
