import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Digest, parseDigest } from '../model/digest.ts';
import { asObject, field, type Json, listIn, textIn } from '../model/json.ts';
import type { DocumentObserver } from './documents.ts';

/**
 * Something that registries store like an image, but that is no image, such as a Helm chart. `what` is its name in a
 * sentence. `hint` is a sentence that tells the user what to do with it.
 */
export interface Artifact {
  what: Bilingual;
  hint: Bilingual;
}

const IMAGE_CONFIG = /^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\.v1\+json$/;

/** A pattern for media types of layers that unpack into files: OCI's and Docker's, also foreign and encrypted ones. */
const IMAGE_LAYER = /^application\/vnd\.(?:oci\.image\.layer\.|docker\.image\.rootfs\.)/;

const SAVE_THE_IMAGE = both(
  'To load an image, save that: `docker save -o FILE IMAGE`, `skopeo copy docker://IMAGE oci-archive:FILE`.',
  '要加载镜像，请保存镜像本身：`docker save -o FILE IMAGE`、`skopeo copy docker://IMAGE oci-archive:FILE`。',
);

/**
 * For each known kind of artifact (such as a Helm chart, which registries store like an image): a pattern for its media
 * types, its name in a sentence, and a sentence of advice for the user. The first pattern that matches decides.
 */
const KNOWN: readonly [RegExp, Bilingual, Bilingual][] = [
  [
    /cncf\.helm/,
    both('a Helm chart', '一个 Helm chart'),
    both(
      'Install it with `helm install NAME CHART`. The images that it names are saved one by one: `docker save -o FILE IMAGE`.',
      '请用 `helm install NAME CHART` 安装。它用到的镜像需要逐个保存：`docker save -o FILE IMAGE`。',
    ),
  ],
  [/cosign\.simplesigning|dev\.sigstore|cosign/, both('a signature of cosign', '一个 cosign 签名'), SAVE_THE_IMAGE],
  [/notary|jose\+json|\bcose\b/, both('a signature of Notation', '一个 Notation 签名'), SAVE_THE_IMAGE],
  [/in-toto|dsse|slsa/, both('attestations (provenance, SBOM)', '证明（来源、SBOM）'), SAVE_THE_IMAGE],
  [/spdx|cyclonedx|syft/, both('a list of software (SBOM)', '一份软件清单（SBOM）'), SAVE_THE_IMAGE],
  [
    /wasm/,
    both('a WebAssembly module', '一个 WebAssembly 模块'),
    both(
      'Run it with a runtime for WebAssembly (`wasmtime`, `spin`).',
      '请用 WebAssembly 运行时（`wasmtime`、`spin`）运行。',
    ),
  ],
  [
    /buildkit\.cacheconfig/,
    both('a build cache of BuildKit', '一份 BuildKit 构建缓存'),
    both(
      'Use it with `docker buildx build --cache-from type=local`. To make an image archive: `--output type=docker,dest=FILE`.',
      '请用 `docker buildx build --cache-from type=local` 使用它。要生成镜像归档：`--output type=docker,dest=FILE`。',
    ),
  ],
  [
    /docker\.ai|ollama|cncf\.model/,
    both('a model for machine learning', '一个机器学习模型'),
    both(
      'Load it with the tool that it was made for (`docker model`, `ollama`).',
      '请用对应的工具（`docker model`、`ollama`）加载。',
    ),
  ],
  [
    /docker\.plugin/,
    both('a plugin of Docker', '一个 Docker 插件'),
    both('Install it with `docker plugin install NAME`.', '请用 `docker plugin install NAME` 安装。'),
  ],
  [
    /cncf\.flux|openpolicyagent|conftest|compose/,
    both('configuration, packed as an artifact', '以制品形式打包的配置'),
    SAVE_THE_IMAGE,
  ],
  [/sylabs\.sif/, both('an image of Singularity', '一个 Singularity 镜像'), SAVE_THE_IMAGE],
];

/**
 * The name of attestations (provenance and SBOM documents, which BuildKit lists beside an image) in a sentence, and a
 * sentence of advice for the user.
 */
export const ATTESTATIONS: Artifact = {
  what: both('attestations (provenance, SBOM)', '证明（来源、SBOM）'),
  hint: SAVE_THE_IMAGE,
};

/**
 * The artifact, such as a Helm chart, that an OCI manifest describes; null when the manifest describes an image. The
 * media types of the manifest, of its config and of its layers decide. `config` has facts about the content of the
 * config: if it lists diffIDs, its media type is ignored.
 */
function artifactIn(manifest: Json, config: ConfigFacts): Artifact | null {
  const configType = textIn(field(manifest, 'config'), 'mediatype') ?? '';
  const layerTypes = listIn(manifest, 'layers').map((layer) => textIn(layer, 'mediatype') ?? '');
  const isOwnConfig = configType !== '' && !IMAGE_CONFIG.test(configType) && config.diffIDs === 0;
  const isOwnLayers = layerTypes.length > 0 && layerTypes.every((type) => type !== '' && !IMAGE_LAYER.test(type));
  const hasLayersOfItsOwn = config.hasArchitecture && config.diffIDs === layerTypes.length;
  const isOciArtifact = textIn(manifest, 'mediatype') === 'application/vnd.oci.artifact.manifest.v1+json';
  if (!isOwnConfig && !isOciArtifact && !(isOwnLayers && !hasLayersOfItsOwn)) return null;
  const types = [textIn(manifest, 'artifacttype') ?? '', configType, ...layerTypes, ...blobTypes(manifest)];
  const known = KNOWN.find(([pattern]) => types.some((type) => pattern.test(type)));
  if (known !== undefined) return { what: known[1], hint: known[2] };
  const type =
    types.find((each) => each !== '' && !/vnd\.oci\.(?:empty|image)/.test(each)) ??
    types.find((each) => each !== '') ??
    '?';
  return {
    what: both(`an artifact (\`${type.slice(0, 100)}\`)`, `一个制品（\`${type.slice(0, 100)}\`）`),
    hint: both(
      'Fetch it with the tool that stored it, for instance `oras pull`.',
      '请用存入它的工具取出，例如 `oras pull`。',
    ),
  };
}

/**
 * Decides which OCI manifests describe artifacts, such as Helm charts. Each config is read once, because many manifests
 * may name the same one.
 */
export class ArtifactReader {
  readonly #documents: DocumentObserver;
  readonly #where: (digest: Digest) => string;
  readonly #configs = new Map<Digest, ConfigFacts>();

  /** `where` returns the path in the archive of the blob with a given digest. */
  constructor(documents: DocumentObserver, where: (digest: Digest) => string) {
    this.#documents = documents;
    this.#where = where;
  }

  /**
   * The artifact, such as a Helm chart, that `manifest` (an OCI manifest) describes; null when it describes an image.
   */
  of(manifest: Json): Artifact | null {
    const config = parseDigest(textIn(field(manifest, 'config'), 'digest') ?? '');
    return artifactIn(manifest, config === null ? NO_CONFIG : this.#config(config));
  }

  #config(digest: Digest): ConfigFacts {
    const known = this.#configs.get(digest);
    if (known !== undefined) return known;
    const config = this.#documents.object(this.#where(digest));
    const facts = {
      hasArchitecture: (textIn(config, 'architecture') ?? '') !== '',
      diffIDs: listIn(asObject(field(config, 'rootfs')), 'diff_ids').length,
    };
    this.#configs.set(digest, facts);
    return facts;
  }
}

/**
 * Two facts about a config that show whether it is the config of an image: whether it states an architecture, and how
 * many diffIDs it lists.
 */
interface ConfigFacts {
  hasArchitecture: boolean;
  diffIDs: number;
}

const NO_CONFIG: ConfigFacts = { hasArchitecture: false, diffIDs: 0 };

/** True for the descriptor of an attestation (a provenance or SBOM document), which BuildKit lists beside an image. */
export function isAttestation(descriptor: Json): boolean {
  const platform = asObject(field(descriptor, 'platform'));
  const notes = asObject(field(descriptor, 'annotations'));
  return (
    field(platform, 'architecture') === 'unknown' || notes?.['vnd.docker.reference.type'] === 'attestation-manifest'
  );
}

/**
 * The media types in the field `blobs` of an artifact manifest (`application/vnd.oci.artifact.manifest.v1+json`). An
 * empty text stands for a blob without a media type. Empty for other manifests, which have no such field.
 */
function blobTypes(manifest: Json): string[] {
  return listIn(manifest, 'blobs').map((blob) => textIn(blob, 'mediatype') ?? '');
}
