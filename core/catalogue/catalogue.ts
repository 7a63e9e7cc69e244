import { COMPRESSION } from './compression.ts';
import { DOCUMENT } from './document.ts';
import type { Entry } from './entry.ts';
import { IDENTITY } from './identity.ts';
import { IMAGE } from './image.ts';
import { KIND } from './kind.ts';
import { LAYER } from './layer.ts';
import { REQUEST } from './request.ts';
import { TAR } from './tar.ts';
import { UPLOAD } from './upload.ts';

/**
 * All findings (faults and remarks) that Lading can report about an upload, by code. The codes never change; the
 * sentences for users may. docs/findings.md is generated from this object.
 */
export const CATALOGUE = {
  ...UPLOAD,
  ...COMPRESSION,
  ...TAR,
  ...LAYER,
  ...KIND,
  ...DOCUMENT,
  ...IMAGE,
  ...IDENTITY,
  ...REQUEST,
} as const satisfies Record<string, Entry>;

/**
 * The topics by which docs/findings.md groups all findings (faults and remarks about an upload). Each topic has a title
 * and its findings. The topics are in the order in which Lading examines an archive.
 */
export const TOPICS: readonly { title: string; entries: Readonly<Record<string, Entry>> }[] = [
  { title: 'No archive, or one that was changed on its way', entries: UPLOAD },
  { title: 'The compression', entries: COMPRESSION },
  { title: 'The tar archive', entries: TAR },
  { title: 'What engines refuse in a layer, or do silently to it', entries: LAYER },
  { title: 'What the archive is, and how it was packed', entries: KIND },
  { title: 'The documents of an image archive', entries: DOCUMENT },
  { title: 'What is in an image archive', entries: IMAGE },
  { title: 'Names and platforms', entries: IDENTITY },
  { title: 'What was asked for, and what the result needs', entries: REQUEST },
];
