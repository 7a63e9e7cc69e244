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

/** The programs that take image archives. umoci reads only folders, so its users first unpack the archive with tar. */
export type Client =
  | 'docker' // Docker Engine with its classic store
  | 'docker-containerd' // Docker Engine with the containerd store
  | 'podman'
  | 'containerd' // its command `ctr`
  | 'skopeo-docker-archive'
  | 'skopeo-oci-archive'
  | 'umoci'
  | 'crane';

/**
 * The programs and services that were not tested. Whether they take an upload is predicted from their documentation and
 * from reports of their users.
 */
export type RuledClient =
  | 'docker-archive-only' // programs that read only the archive of `docker save` before version 25
  | 'ecr' // Amazon ECR, to which a client pushes the images
  | 'lambda'; // AWS Lambda, which runs an image from ECR as a function

/**
 * The prediction for one client: whether it loads the upload as it is. To load means to accept the image, list it by
 * name, and run it.
 */
export interface ClientVerdict {
  client: Client | RuledClient;
  /**
   * `rule` when the prediction follows from documentation or from users' reports. Absent when it rests on tests with
   * the client itself.
   */
  by?: 'rule';
  /** True when some version of the client loads the upload, false when none does; null when that is not known. */
  loads: boolean | null;
  /** The first version of the client that loads the upload; absent when no earlier version is known to fail. */
  since?: string;
  /** The first version of the client that no longer loads the upload; absent when no later version is known to fail. */
  before?: string;
  /**
   * The reason in English why the client does not load the upload, or why that is not known. For a client that loads
   * it, a remark. Null when there is nothing to say.
   */
  why: string | null;
  /** The text of the field `why` in Simplified Chinese. */
  zh: string | null;
}

/**
 * The documents by which an image archive can list its images: `manifest.json` (`docker`), `index.json` (`oci`) or
 * `repositories` (`legacy`).
 */
type List = 'docker' | 'oci' | 'legacy';

/** The behaviour of a client when it opens an image archive: which documents it reads, and which errors it prints. */
interface ClientBehaviour {
  client: Client;
  /**
   * The formats in which the client reads an image archive, in the order in which it tries them. Beside each is the
   * document by which the client recognises the format.
   */
  readers: readonly (readonly [Reader, List])[];
  /**
   * True when the client tries its next format after one has failed. Absent when it tries only the first format whose
   * document is in the archive.
   */
  tries?: true;
  /**
   * The client's error messages for an archive without any document that the client reads. A function if they depend on
   * the documents that the archive has instead.
   */
  says: string | ((shape: ArchiveShape | null) => string[]);
}

/**
 * All rules that predict which clients cannot load an image archive. When several rules with the same effect apply to a
 * client, their order decides which reason is given. Each was observed with real clients (docs/formats.md).
 */
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

const CLIENTS: readonly ClientBehaviour[] = [
  {
    client: 'docker',
    readers: [
      ['docker', 'docker'],
      ['docker-legacy', 'legacy'],
    ],
    // Docker before 29 takes the first folder for an image in the old format. Docker 29 prints the second message.
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

/**
 * Predicts for each client whether it loads the inspected upload as it is. The prediction uses the documents and the
 * compression of the upload, and the faults that were found. Returns one prediction for each client, in a fixed order.
 */
export function clientVerdicts(inspection: Inspection): ClientVerdict[] {
  return CLIENTS.map((behaviour) => {
    const { why, ...outcome } = outcomeFor(behaviour, inspection);
    return { client: behaviour.client, ...outcome, why: why?.en ?? null, zh: why?.zh ?? null };
  });
}

function outcomeFor(behaviour: ClientBehaviour, inspection: Inspection): Outcome {
  const { shape, compression, inside } = inspection;
  const other = outcomeOfUnread(inspection);
  if (other !== null) return other;
  if (shape === null) return { loads: false, why: nothingToRead(behaviour, null) };
  const lists = behaviour.readers.flatMap(([reader, list]) => listed(reader, list, shape));
  const tried = (behaviour.tries === true ? lists : lists.slice(0, 1)).map(({ reader, list }) =>
    outcomeOf(RULES, reader, { compression, inside, shape, list }),
  );
  return bestOf(tried) ?? { loads: false, why: nothingToRead(behaviour, shape) };
}

/**
 * The prediction for every client when Lading could not read or examine the whole upload. If the upload cannot be read
 * to its end, no client loads it. If an error kept Lading from examining its images, it is not known whether a client
 * loads it. Null for any other upload.
 */
export function outcomeOfUnread(inspection: Inspection): Outcome | null {
  if (!isReadToEnd(inspection))
    return { loads: false, why: { en: 'it cannot be read to its end', zh: '无法完整读取这个文件' } };
  const isUnexamined = inspection.shape === null && inspection.kind.startsWith('image/');
  return isUnexamined && hasError(inspection.findings) ? NOT_LOOKED_AT : null;
}

/**
 * The prediction for every client when an archive exceeds a limit, so that Lading did not examine its images: it is not
 * known whether the client loads it.
 */
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

function nothingToRead({ readers, says }: ClientBehaviour, shape: ArchiveShape | null): Bilingual {
  const words = (typeof says === 'string' ? [says] : says(shape)).map((each) => `\`${each}\``);
  const printed = { en: words.join(', '), zh: words.join('、') };
  if (shape === null) return { en: `it holds no image (${printed.en})`, zh: `其中没有镜像（${printed.zh}）` };
  const [[, list] = []] = readers;
  const [document, zh] = list === 'oci' ? ['OCI layout', 'OCI 布局'] : ['`manifest.json`', '`manifest.json`'];
  return { en: `it has no ${document} (${printed.en})`, zh: `没有 ${zh}（${printed.zh}）` };
}
