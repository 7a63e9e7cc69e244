/**
 * How the engines keep images. Debian 12's copy every layer (vfs, native), which works on every file system. Those of today
 * (`scripts/with-current-engines.sh`) use overlays, as people's do, and Docker has the store that `LADING_STORE` names.
 */
interface Store {
  /** The arguments by which dockerd gets that store. */
  dockerd: readonly string[];
  /** The storage driver of podman and buildah. */
  driver: 'vfs' | 'overlay';
  /** The snapshotter of containerd. */
  snapshotter: 'native' | 'overlayfs';
  /** Docker's client in the verdicts. */
  docker: 'docker' | 'docker-containerd';
}

const STORES: Record<string, Store> = {
  '': { dockerd: ['--storage-driver=vfs'], driver: 'vfs', snapshotter: 'native', docker: 'docker' },
  overlay2: {
    dockerd: ['--feature=containerd-snapshotter=false', '--storage-driver=overlay2'],
    driver: 'overlay',
    snapshotter: 'overlayfs',
    docker: 'docker',
  },
  containerd: {
    dockerd: ['--feature=containerd-snapshotter=true', '--storage-driver=overlayfs'],
    driver: 'overlay',
    snapshotter: 'overlayfs',
    docker: 'docker-containerd',
  },
};

export const STORE: Store = storeCalled(process.env['LADING_STORE'] ?? '');

/** True among the engines of today. */
export const isCurrent: boolean = STORE.driver === 'overlay';

function storeCalled(name: string): Store {
  const store = STORES[name];
  if (store === undefined)
    throw new Error(`LADING_STORE is ${name}: it can be overlay2 or containerd, or be left out.`);
  return store;
}
