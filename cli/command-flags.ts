import type { ParseArgsOptionsConfig } from 'node:util';
import { CONVERSION, HELP, PROGRESS, TALK, type Topic } from './flags.ts';
import { REPORTING, SURVEY } from './reporting.ts';

const BUCKETS = { uploads: { type: 'string' }, results: { type: 'string' } } as const;
const OUTPUT = { output: { type: 'string', short: 'o' } } as const;

/** The flags of each command, as Node's `parseArgs` needs them. Shell completions are made from them, too. */
export const COMMAND_FLAGS = {
  inspect: { ...TALK, ...REPORTING, ...SURVEY, quick: { type: 'boolean' } },
  convert: { ...CONVERSION, ...REPORTING, ...SURVEY, ...OUTPUT },
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
  status: { ...TALK, ...BUCKETS },
  doctor: { ...TALK, ...BUCKETS, timeout: { type: 'string' } },
  completion: HELP,
} as const satisfies Record<Exclude<Topic, 'lading'>, ParseArgsOptionsConfig>;
