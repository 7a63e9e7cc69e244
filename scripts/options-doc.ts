// Writes the table of options in README.md and docs/sidecar.schema.json, both from the code's table of options. With
// --check it writes nothing, and fails when one of them is out of date.
import { readFileSync } from 'node:fs';
import { type Form, OPTION_LIST, PIECES } from '../core/options/table.ts';
import { table } from './findings-doc.ts';
import { writeOrCheck } from './page.ts';

const README = new URL('../README.md', import.meta.url);
const SCHEMA = new URL('../docs/sidecar.schema.json', import.meta.url);

/** Matches the table of options in README.md, from its heading to its last row. */
const TABLE = /\| option .*\n(?:\|.*\n)+/;

const TYPES: Record<Form, object[]> = {
  text: [{ type: 'string' }],
  texts: [{ type: 'string' }, { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }],
  flag: [{ type: 'boolean' }],
  json: [{ type: 'string' }, { type: 'object' }, { type: 'array' }],
};

function sidecarSchema(): string {
  const properties = OPTION_LIST.map(([name, { form, meaning }]) => [
    name,
    { anyOf: [...TYPES[form], { type: 'null' }], description: meaning },
  ]);
  const pieces = {
    anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }],
    description: PIECES.meaning,
  };
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Lading options, version 1',
    description:
      'The options of an upload, as the object KEY.lading.json beside it. It is uploaded before the archive, and wins over the user metadata of the archive. A null means that the option is not given.',
    type: 'object',
    properties: { ...Object.fromEntries(properties), [PIECES.field]: pieces },
    additionalProperties: false,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function readme(old: string): string {
  const rows = OPTION_LIST.map(([name, { meaning }]) => [`\`${name}\``, meaning]);
  return old.replace(TABLE, () => table([['option', 'meaning'], ...rows]));
}

writeOrCheck(README, readme(readFileSync(README, 'utf8')));
writeOrCheck(SCHEMA, sidecarSchema());
