import { ARCHIVE_RULES, LISTING_RULES, NAME_RULES } from './compat/archive-rules.ts';
import { IMAGE_RULES } from './compat/image-rules.ts';
import type { Reader, Rule, Seen } from './compat/rule.ts';
import type { Bilingual } from './bilingual.ts';
import { type ArchiveShape, type Inspection, isReadToEnd, type ListShape } from './inspection.ts';

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

/** Whether a client loads an archive as it was uploaded. */
export interface ClientVerdict {
  client: Client;
  loads: boolean;
  /** The first version that loads it, where an earlier one is known to fail. */
  since?: string;
  /** Why it does not load, or what to heed where it does; null when there is nothing to say. */
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
  says: string | ((shape: ArchiveShape | null) => string);
}

/** Every rule was seen with real clients (docs/formats.md); the first that stops one is told. */
const RULES: readonly Rule[] = [...ARCHIVE_RULES, ...LISTING_RULES, ...IMAGE_RULES, ...NAME_RULES];

const NO_MANIFEST = 'loading tar component manifest.json: file does not exist';

const CLIENTS: readonly Habits[] = [
  {
    client: 'docker',
    readers: [
      ['docker', 'docker'],
      ['docker-legacy', 'legacy'],
    ],
    // It takes the first directory for an image of the old format.
    says: (shape) => `open …/${(shape?.oci ?? null) === null ? 'bin' : 'blobs'}/json: no such file or directory`,
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
  return CLIENTS.map((habits) => verdictOf(habits, inspection));
}

function verdictOf(habits: Habits, inspection: Inspection): ClientVerdict {
  const { client } = habits;
  const { shape, compression, inside } = inspection;
  if (!isReadToEnd(inspection))
    return refusal(client, { en: 'it cannot be read to its end', zh: '无法完整读取这个文件' });
  const lists = shape === null ? [] : habits.readers.flatMap(([reader, list]) => listed(reader, list, shape));
  if (shape === null || lists.length === 0) return refusal(client, nothingToRead(habits, shape));
  const tried = (habits.tries === true ? lists : lists.slice(0, 1)).map(({ reader, list }) =>
    judge(client, reader, { compression, inside, shape, list }),
  );
  return tried.find((each) => each.loads) ?? tried[0] ?? refusal(client, nothingToRead(habits, shape));
}

function listed(reader: Reader, list: List, shape: ArchiveShape): { reader: Reader; list: ListShape }[] {
  const own = shape[list];
  return own === null ? [] : [{ reader, list: own }];
}

function judge(client: Client, reader: Reader, seen: Seen): ClientVerdict {
  const rules = RULES.filter((rule) => rule.readers.includes(reader) && rule.when(seen));
  const stop = rules.find((rule) => rule.since === undefined && rule.note !== true);
  if (stop !== undefined) return refusal(client, stop.why);
  const [first] = rules.toSorted((a, b) => Number(b.since ?? 0) - Number(a.since ?? 0));
  if (first === undefined) return { client, loads: true, why: null, zh: null };
  const since = first.since === undefined ? {} : { since: first.since };
  return { client, loads: true, ...since, why: first.why.en, zh: first.why.zh };
}

function refusal(client: Client, { en, zh }: Bilingual): ClientVerdict {
  return { client, loads: false, why: en, zh };
}

function nothingToRead({ readers, says }: Habits, shape: ArchiveShape | null): Bilingual {
  const words = typeof says === 'string' ? says : says(shape);
  if (shape === null) return { en: `it holds no image (\`${words}\`)`, zh: `其中没有镜像（\`${words}\`）` };
  const [[, list] = []] = readers;
  const [document, zh] = list === 'oci' ? ['OCI layout', 'OCI 布局'] : ['`manifest.json`', '`manifest.json`'];
  return { en: `it has no ${document} (\`${words}\`)`, zh: `没有 ${zh}（\`${words}\`）` };
}
