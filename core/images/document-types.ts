import { COMMAND, ENV, type GoType, SET, TEXTS, type TypeFault } from '../json/go-types.ts';

// The structs that clients decode documents into. Where clients differ, each kind of struct has a type of its own.

const PLATFORM = {
  architecture: 'text',
  os: 'text',
  'os.version': 'text',
  'os.features': TEXTS,
  variant: 'text',
} as const satisfies Record<string, GoType>;

const DESCRIPTOR: GoType = {
  fields: {
    mediaType: 'text',
    digest: 'text',
    size: 'int',
    urls: TEXTS,
    annotations: { map: 'text' },
    data: 'bytes',
    platform: { fields: PLATFORM },
    artifactType: 'text',
  },
};

const VERSIONED = {
  schemaVersion: 'int',
  mediaType: 'text',
  artifactType: 'text',
  annotations: { map: 'text' },
} as const;

export const OCI_MANIFEST = {
  fields: { ...VERSIONED, config: DESCRIPTOR, layers: { list: DESCRIPTOR }, subject: DESCRIPTOR },
} as const satisfies GoType;
export const OCI_INDEX = {
  fields: { ...VERSIONED, manifests: { list: DESCRIPTOR }, subject: DESCRIPTOR },
} as const satisfies GoType;
/**
 * Describes the Go type into which clients decode the blobs that an OCI index points to. It has the fields of an OCI
 * manifest and those of an OCI index, because such a blob may be either.
 */
export const OCI_EITHER: GoType = {
  fields: { ...OCI_MANIFEST.fields, ...OCI_INDEX.fields },
};
export const OCI_LAYOUT: GoType = { fields: { imageLayoutVersion: 'text' } };

/**
 * Describes the Go type into which clients decode the document `repositories` of `docker save`: a map from each
 * repository to its tags, and from each tag to the ID of the topmost layer.
 */
export const REPOSITORIES: GoType = { map: { map: 'text' } };

const DOCKER_ITEM = { Config: 'text', RepoTags: TEXTS, Layers: TEXTS } as const satisfies Record<string, GoType>;

/** Describes the Go type into which containerd decodes `manifest.json`. It has fewer fields than the type of Docker. */
export const SHORT_DOCKER_MANIFEST: GoType = { list: { fields: DOCKER_ITEM } };
/** Describes the Go type into which crane decodes `manifest.json`. It has one field fewer than the type of Docker. */
export const CRANE_DOCKER_MANIFEST: GoType = {
  list: { fields: { ...DOCKER_ITEM, LayerSources: { map: DESCRIPTOR } } },
};
export const DOCKER_MANIFEST: GoType = {
  list: { fields: { ...DOCKER_ITEM, Parent: 'text', LayerSources: { map: DESCRIPTOR } } },
};

const STEP: GoType = {
  fields: { created: 'time', created_by: 'text', author: 'text', comment: 'text', empty_layer: 'bool' },
};

const IMAGE = {
  created: 'time',
  author: 'text',
  ...PLATFORM,
  rootfs: { fields: { type: 'text', diff_ids: TEXTS } },
  history: { list: STEP },
} as const satisfies Record<string, GoType>;

const ROOTFS_OF_DIGESTS: GoType = { fields: { type: 'text', diff_ids: { list: 'digest' } } };

const EXECUTION = {
  User: 'text',
  ExposedPorts: SET,
  Env: ENV,
  Entrypoint: COMMAND,
  Cmd: COMMAND,
  Volumes: SET,
  WorkingDir: 'text',
  Labels: { map: 'text' },
  StopSignal: 'text',
  ArgsEscaped: 'bool',
} as const satisfies Record<string, GoType>;

const HEALTH = {
  Test: COMMAND,
  Interval: 'duration',
  Timeout: 'duration',
  StartPeriod: 'duration',
  Retries: 'int',
} as const satisfies Record<string, GoType>;
const EARLY_HEALTHCHECK: GoType = { fields: HEALTH };
const HEALTHCHECK: GoType = { fields: { ...HEALTH, StartInterval: 'duration' } };

const STORED = { ...EXECUTION, Healthcheck: HEALTHCHECK, OnBuild: TEXTS, Shell: COMMAND } as const;

const CONTAINER = {
  ...STORED,
  Hostname: 'text',
  Domainname: 'text',
  AttachStdin: 'bool',
  AttachStdout: 'bool',
  AttachStderr: 'bool',
  Tty: 'bool',
  OpenStdin: 'bool',
  StdinOnce: 'bool',
  Image: 'text',
  NetworkDisabled: 'bool',
  MacAddress: 'text',
  StopTimeout: 'int',
} as const satisfies Record<string, GoType>;

const { StopTimeout: _, ...WITHOUT_TIMEOUT } = CONTAINER;
const CRANE_CONTAINER = { ...WITHOUT_TIMEOUT, Healthcheck: EARLY_HEALTHCHECK };

/**
 * A pattern for a key of `ExposedPorts` that Docker 29 accepts in an image config: empty, or a number up to 65535, with
 * or without a protocol (`80/tcp`).
 */
const PORT = /^(?:|(?:0*(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))(?:\/.*)?)$/s;
const PORTS: GoType = { ...SET, keys: PORT };
const { MacAddress: __, ...WITHOUT_ADDRESS } = CONTAINER;
const CONTAINER_29: Record<string, GoType> = { ...WITHOUT_ADDRESS, ExposedPorts: PORTS };

/**
 * Describes the Go type of the object `config` in an image config, as Docker before 29 and podman decode it: a command
 * may be one string instead of a list.
 */
const LENIENT = { ...CONTAINER, Entrypoint: 'words', Cmd: 'words', Shell: 'words' } as const;

const V1 = {
  id: 'text',
  parent: 'text',
  comment: 'text',
  container: 'text',
  docker_version: 'text',
  Size: 'int',
} as const satisfies Record<string, GoType>;

/**
 * Describes the Go type of an image config in the strictest reading: every client accepts a config that fits this type.
 */
export const CONFIG: GoType = {
  fields: {
    ...V1,
    ...IMAGE,
    rootfs: ROOTFS_OF_DIGESTS,
    config: { fields: { ...CONTAINER, ExposedPorts: PORTS } },
    container_config: { fields: { ...CONTAINER, ExposedPorts: PORTS } },
  },
};

/**
 * The Go types into which clients decode an image config, one for each kind of client. Each key is the code of a fault:
 * a config has this fault if it does not fit the type.
 */
export const CONFIG_READINGS = {
  'config-type-oci': { fields: { ...IMAGE, config: { fields: EXECUTION } } },
  'config-type-docker': {
    fields: { ...V1, ...IMAGE, config: { fields: LENIENT }, container_config: { fields: LENIENT } },
  },
  'config-type-store': { fields: { ...IMAGE, config: { fields: STORED } } },
  'config-type-docker-29': {
    fields: { ...V1, ...IMAGE, config: { fields: CONTAINER_29 }, container_config: { fields: CONTAINER_29 } },
  },
  'config-type-crane': {
    fields: {
      ...IMAGE,
      container: 'text',
      docker_version: 'text',
      rootfs: ROOTFS_OF_DIGESTS,
      config: { fields: CRANE_CONTAINER },
    },
  },
} as const satisfies Record<string, GoType>;

/**
 * True when the value of the wrong type is in a field that older clients do not know and so ignore. Such fields are new
 * in OCI 1.1 or Docker 25.
 */
export function isNewField({ fieldName }: TypeFault): boolean {
  return /(?:^|\.)(?:data|artifactType)$|^subject\b|\.StartInterval$/.test(fieldName);
}

/**
 * True when the value of the wrong type is a command in an image config (Cmd, Entrypoint or Shell) that is one string
 * instead of a list of strings.
 */
export function isCommandText({ fieldName, value }: TypeFault): boolean {
  return value.kind === 'string' && /\.(?:Cmd|Entrypoint|Shell)$/.test(fieldName);
}

/**
 * True when the value of the wrong type is the field ExposedPorts of an image config: it is no object, or one of its
 * keys is no port.
 */
export function isExposedPort({ fieldName }: TypeFault): boolean {
  return fieldName === 'config.ExposedPorts';
}
