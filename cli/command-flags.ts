import type { ParseArgsOptionsConfig } from 'node:util';
import { CONVERSION, HELP, PROGRESS, PRINT_FLAGS, type Topic } from './flags.ts';
import { REPORTING, CONTENTS_FLAGS } from './reporting.ts';

const BUCKETS = { uploads: { type: 'string' }, results: { type: 'string' } } as const;
const OUTPUT = { output: { type: 'string', short: 'o' } } as const;

/**
 * The flags of each command of `lading`, in the form that Node's `parseArgs` takes. Shell completions are made from
 * this table, too.
 */
export const COMMAND_FLAGS = {
  inspect: { ...PRINT_FLAGS, ...REPORTING, ...CONTENTS_FLAGS, quick: { type: 'boolean' } },
  convert: { ...CONVERSION, ...REPORTING, ...CONTENTS_FLAGS, ...OUTPUT },
  plan: CONVERSION,
  files: { ...PROGRESS, image: { type: 'string' }, platform: { type: 'string' } },
  rootfs: {
    ...PROGRESS,
    ...OUTPUT,
    config: { type: 'string' },
    image: { type: 'string' },
    platform: { type: 'string' },
  },
  serve: {
    ...HELP,
    once: { type: 'boolean' },
    reports: { type: 'boolean' },
    http: { type: 'string' },
    'token-file': { type: 'string' },
    listen: { type: 'string' },
    'secret-file': { type: 'string' },
    'at-once': { type: 'string' },
    'list-every': { type: 'string' },
  },
  upload: {
    ...CONVERSION,
    ...BUCKETS,
    ...REPORTING,
    ...OUTPUT,
    key: { type: 'string' },
    wait: { type: 'boolean' },
    timeout: { type: 'string' },
  },
  status: { ...PRINT_FLAGS, ...BUCKETS },
  doctor: { ...PRINT_FLAGS, ...BUCKETS, timeout: { type: 'string' } },
  completion: HELP,
} as const satisfies Record<Exclude<Topic, 'lading'>, ParseArgsOptionsConfig>;
