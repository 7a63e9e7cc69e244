/**
 * The stores in which engines keep images. The engines of Debian 12 copy every layer (vfs, native), which works on all
 * file systems. Those of today (`scripts/with-current-engines.sh`) use overlays; `LADING_STORE` names Docker's store.
 */
interface Store {
  /** The arguments that make dockerd use that store. */
  dockerd: readonly string[];
  /** The storage driver of podman and buildah. */
  driver: 'vfs' | 'overlay';
  /** The snapshotter of containerd. */
  snapshotter: 'native' | 'overlayfs';
  /** The name that the verdicts have for Docker with that store. */
  docker: 'docker' | 'docker-containerd';
  /** Which third of the random inputs these engines are asked about, from 0 to 2 (`thirdOf`). */
  third: number;
}

const STORES: Record<string, Store> = {
  '': { dockerd: ['--storage-driver=vfs'], driver: 'vfs', snapshotter: 'native', docker: 'docker', third: 0 },
  overlay2: {
    dockerd: ['--feature=containerd-snapshotter=false', '--storage-driver=overlay2'],
    driver: 'overlay',
    snapshotter: 'overlayfs',
    docker: 'docker',
    third: 1,
  },
  containerd: {
    dockerd: ['--feature=containerd-snapshotter=true', '--storage-driver=overlayfs'],
    driver: 'overlay',
    snapshotter: 'overlayfs',
    docker: 'docker-containerd',
    third: 2,
  },
};

export const STORE: Store = storeCalled(process.env['LADING_STORE'] ?? '');

/** True when the tests run with the engines of today. */
export const isCurrent: boolean = STORE.driver === 'overlay';

/**
 * True when the tests run with the engines of today for the second time, with the older store of Docker. No other
 * program depends on that store, so only Docker is asked.
 */
export const onlyDocker: boolean = isCurrent && STORE.docker === 'docker';

/**
 * The random inputs that these engines are asked about. With all sets of engines together, each input is used once
 * (docs/decisions/0111).
 */
export function thirdOf<Input>(inputs: readonly Input[]): Input[] {
  return inputs.filter((_, at) => at % 3 === STORE.third);
}

function storeCalled(name: string): Store {
  const store = STORES[name];
  if (store === undefined)
    throw new Error(`LADING_STORE is ${name}: it can be overlay2 or containerd, or be left out.`);
  return store;
}
