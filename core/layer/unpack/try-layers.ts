import type { FindingCode } from '../../catalogue/findings.ts';
import { LIMITS } from '../../limits.ts';
import { ChrootUnpacker } from './chroot.ts';
import { ContainerdUnpacker } from './containerd.ts';
import { DockerUnpacker } from './docker.ts';
import type { Effort } from './rest.ts';
import { clean } from './go-path.ts';
import type { Operation, Store, Unpacker } from './operation.ts';
import { PodmanUnpacker } from './podman.ts';
import { UmociUnpacker } from './umoci.ts';

/**
 * The simulated container engines. A range of versions that behaves differently counts as an engine of its own. Each
 * value is a function that makes an unpacker, an object that simulates how the engine unpacks layers.
 */
const UNPACKERS = {
  'docker-oldest': (store, effort) => new ChrootUnpacker('docker-oldest', store, effort),
  'docker-old': (store, effort) => new ChrootUnpacker('docker', store, effort),
  docker: (store, effort) => new DockerUnpacker(store, effort),
  'podman-old': (store, effort) => new ChrootUnpacker('podman', store, effort),
  podman: (store, effort) => new PodmanUnpacker(store, effort),
  containerd: (store, effort) => new ContainerdUnpacker(store, effort),
  'umoci-old': (_store, effort) => new UmociUnpacker(effort, { replaces: false }),
  umoci: (_store, effort) => new UmociUnpacker(effort, { replaces: true }),
} as const satisfies Record<string, (store: Store, effort: Effort) => Unpacker>;

export type Engine = keyof typeof UNPACKERS;
export const ENGINES = Object.keys(UNPACKERS) as Engine[];

/** The engines that refuse a layer in which two members have the same name: Docker's classic store and podman. */
const NOTES_NAMES = new Set<Engine>(['docker-oldest', 'docker-old', 'docker', 'podman-old', 'podman']);

/**
 * The first member of an image's layers that one engine refuses to unpack with one storage layout (`vfs` or `overlay`).
 * `code` is that of the finding that says why.
 */
export interface Refusal {
  engine: Engine;
  store: Store;
  code: FindingCode;
  /** The index of the image layer with the refused member, from 0 for the lowest. */
  layer: number;
  /** The index of the refused member in its layer, from 0. */
  member: number;
}

/** The work that may still be spent on simulations of how engines unpack the layers of one archive. */
export class TryBudget {
  readonly effort: Effort = { left: LIMITS.triedEffort };
}

/**
 * Simulates how each engine unpacks the layers of an image, lowest first. Returns for each engine and storage layout
 * the first member that it refuses; empty when none does. Null when there are more than `LIMITS.triedOdd` members, or
 * when the simulation takes more work than `budget` allows.
 */
export function tryLayers(layers: readonly (readonly Operation[])[], budget = new TryBudget()): Refusal[] | null {
  const { effort } = budget;
  if (layers.reduce((sum, members) => sum + members.length, 0) > LIMITS.triedOdd) return null;
  const refusals: Refusal[] = [];
  const twice = firstRepeated(layers);
  for (const engine of ENGINES) {
    for (const store of engine.startsWith('umoci') ? ONE_STORE : STORES) {
      const failed = first(unpack(UNPACKERS[engine](store, effort), layers), NOTES_NAMES.has(engine) ? twice : null);
      if (failed !== null) refusals.push({ engine, store, ...failed });
    }
  }
  return effort.left < 0 ? null : refusals;
}

const STORES: readonly Store[] = ['overlay', 'vfs'];
const ONE_STORE: readonly Store[] = ['vfs'];

type Failure = Pick<Refusal, 'code' | 'layer' | 'member'>;

function first(one: Failure | null, other: Failure | null): Failure | null {
  if (one === null || other === null) return one ?? other;
  return one.layer < other.layer || (one.layer === other.layer && one.member <= other.member) ? one : other;
}

function unpack(unpacker: Unpacker, layers: readonly (readonly Operation[])[]): Failure | null {
  for (const [layer, operations] of layers.entries()) {
    unpacker.begin(layer === layers.length - 1);
    for (const [member, operation] of operations.entries()) {
      const code = unpacker.take(operation);
      if (code !== null) return { code, layer, member };
    }
    const failed = unpacker.end();
    if (failed !== null) return { code: failed.code, layer, member: operations.indexOf(failed.operation) };
  }
  return null;
}

function firstRepeated(layers: readonly (readonly Operation[])[]): Failure | null {
  for (const [layer, operations] of layers.entries()) {
    const seen = new Set<string>();
    for (const [member, { name }] of operations.entries()) {
      if (seen.size === seen.add(clean(name)).size) return { code: 'duplicate-path', layer, member };
    }
  }
  return null;
}
