import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { hasError } from '../catalogue/findings.ts';
import { type ArchiveShape, type Inspection, isReadToEnd, type ListShape } from '../model/inspection.ts';
import { ARCHIVE_RULES, NAME_RULES } from './archive-rules.ts';
import { COMPRESSION_RULES } from './compression-rules.ts';
import { DOCUMENT_RULES } from './document-rules.ts';
import { IMAGE_RULES } from './image-rules.ts';
import { LISTING_RULES } from './listing-rules.ts';
import { bestOf, type Outcome, outcomeOf } from './outcome.ts';
import type { Reader, Rule } from './rule.ts';
import { LAYER_RULES } from './unpack-rules.ts';

/** Programs that take image archives. umoci reads directories: for it the archive is unpacked with tar. */
export type Client =
  | 'docker' // Docker Engine with its classic store
  | 'docker-containerd' // Docker Engine with the containerd store
  | 'podman'
  | 'containerd' // ctr
  | 'skopeo-docker-archive'
  | 'skopeo-oci-archive'
  | 'umoci'
  | 'crane';

/** Whether a client loads an archive as it was uploaded: it takes it, lists it under its name, and runs it. */
export interface ClientVerdict {
  client: Client;
  /** Null when it is not known. */
  loads: boolean | null;
  /** The first version that loads it, where an earlier one is known to fail. */
  since?: string;
  /** The first version that no longer loads it. */
  before?: string;
  /** Why it does not load, why that is not known, or what to heed where it loads; null when there is nothing to say. */
  why: string | null;
  /** The same in Simplified Chinese. */
  zh: string | null;
}

/** Which list of an archive a way of reading goes by. */
type List = 'docker' | 'oci' | 'legacy';

interface Habits {
  client: Client;
  /** The ways it tries, in order. */
  readers: readonly (readonly [Reader, List])[];
  /** True when it goes on to the next way after one has failed; else the first list that is there decides. */
  tries?: true;
  /** What it says of an archive that has nothing for it to read. */
  says: string | ((shape: ArchiveShape | null) => string[]);
}

/** Every rule was seen with real clients (docs/formats.md); the first that stops one is told. */
const RULES: readonly Rule[] = [
  ...COMPRESSION_RULES,
  ...ARCHIVE_RULES,
  ...LISTING_RULES,
  ...DOCUMENT_RULES,
  ...LAYER_RULES,
  ...IMAGE_RULES,
  ...NAME_RULES,
];

const NO_MANIFEST = 'loading tar component manifest.json: file does not exist';

const CLIENTS: readonly Habits[] = [
  {
    client: 'docker',
    readers: [
      ['docker', 'docker'],
      ['docker-legacy', 'legacy'],
    ],
    // Before version 29 it takes the first directory for an image of the old format; since then it says the second.
    says: (shape) => [
      `open …/${(shape?.oci ?? null) === null ? 'bin' : 'blobs'}/json: no such file or directory`,
      'invalid archive: does not contain a manifest.json',
    ],
  },
  {
    client: 'docker-containerd',
    readers: [
      ['store-oci', 'oci'],
      ['store-docker', 'docker'],
    ],
    says: 'unrecognized image format',
  },
  {
    client: 'podman',
    readers: [
      ['podman-oci', 'oci'],
      ['podman-docker', 'docker'],
    ],
    tries: true,
    says: 'payload does not match any of the supported image formats',
  },
  {
    client: 'containerd',
    readers: [
      ['ctr-oci', 'oci'],
      ['ctr-docker', 'docker'],
    ],
    says: 'unrecognized image format',
  },
  { client: 'skopeo-docker-archive', readers: [['skopeo-docker', 'docker']], says: NO_MANIFEST },
  {
    client: 'skopeo-oci-archive',
    readers: [['skopeo-oci', 'oci']],
    says: 'open …/index.json: no such file or directory',
  },
  { client: 'umoci', readers: [['umoci', 'oci']], says: 'read oci-layout: invalid image detected' },
  { client: 'crane', readers: [['crane', 'docker']], says: 'file manifest.json not found in tar' },
];

/** What each client makes of an upload as it is: by its documents, its compression and its faults. */
export function clientVerdicts(inspection: Inspection): ClientVerdict[] {
  return CLIENTS.map((habits) => {
    const { why, ...outcome } = outcomeFor(habits, inspection);
    return { client: habits.client, ...outcome, why: why?.en ?? null, zh: why?.zh ?? null };
  });
}

function outcomeFor(habits: Habits, inspection: Inspection): Outcome {
  const { shape, compression, inside } = inspection;
  if (!isReadToEnd(inspection))
    return { loads: false, why: { en: 'it cannot be read to its end', zh: '无法完整读取这个文件' } };
  if (shape === null && inspection.kind.startsWith('image/') && hasError(inspection.findings)) return NOT_LOOKED_AT;
  if (shape === null) return { loads: false, why: nothingToRead(habits, null) };
  const lists = habits.readers.flatMap(([reader, list]) => listed(reader, list, shape));
  const tried = (habits.tries === true ? lists : lists.slice(0, 1)).map(({ reader, list }) =>
    outcomeOf(RULES, reader, { compression, inside, shape, list }),
  );
  return bestOf(tried) ?? { loads: false, why: nothingToRead(habits, shape) };
}

/** Of an image archive that exceeds a limit, whose images nobody has verified. */
const NOT_LOOKED_AT: Outcome = {
  loads: null,
  why: both(
    'the archive exceeds a limit of the service, so its images were not looked at',
    '该归档超出了服务的限制，因此没有检查其中的镜像',
  ),
};

function listed(reader: Reader, list: List, shape: ArchiveShape): { reader: Reader; list: ListShape }[] {
  const own = shape[list];
  return own === null ? [] : [{ reader, list: own }];
}

function nothingToRead({ readers, says }: Habits, shape: ArchiveShape | null): Bilingual {
  const words = (typeof says === 'string' ? [says] : says(shape)).map((each) => `\`${each}\``);
  const printed = { en: words.join(', '), zh: words.join('、') };
  if (shape === null) return { en: `it holds no image (${printed.en})`, zh: `其中没有镜像（${printed.zh}）` };
  const [[, list] = []] = readers;
  const [document, zh] = list === 'oci' ? ['OCI layout', 'OCI 布局'] : ['`manifest.json`', '`manifest.json`'];
  return { en: `it has no ${document} (${printed.en})`, zh: `没有 ${zh}（${printed.zh}）` };
}
