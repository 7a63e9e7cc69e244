import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schema = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'));

const ajv = new Ajv2020({ allErrors: true, strict: true });
ajv.addSchema(schema('manifest.schema.json'), 'manifest.schema.json');
const completion = ajv.compile(schema('completion.schema.json'));

const sidecar = ajv.compile(schema('sidecar.schema.json'));

/** True when the published schema accepts the options as a sidecar. */
export function isSidecar(options: unknown): boolean {
  return sidecar(options);
}

/** Fails when an archive manifest does not fit the published schema. */
export function assertManifest(manifest: unknown): void {
  assert.ok(ajv.validate('manifest.schema.json', manifest), JSON.stringify(ajv.errors, null, 2));
}

/** Fails when the detail of a completion event does not fit the published schema. */
export function assertCompletionEvent(detail: unknown): void {
  assert.ok(completion(detail), JSON.stringify(completion.errors, null, 2));
}
