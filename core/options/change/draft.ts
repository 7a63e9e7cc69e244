import { LIMITS } from '../../limits.ts';
import type { ExecutionConfig } from '../../model/config.ts';

/**
 * An image config to which Dockerfile instructions are applied, one after the other. Its lists and objects are kept as
 * JavaScript sets and maps, so that no instruction has to copy them.
 */
export class Draft {
  config: ExecutionConfig;
  /** True once a CMD instruction has set a command. A later ENTRYPOINT instruction does not remove that CMD. */
  cmdSet = false;
  readonly labels: Map<string, string>;
  readonly ports: Set<string>;
  readonly volumes: Set<string>;
  readonly triggers: string[];
  /** The environment variables, in order. The key is the name, and the value is the whole entry `NAME=value`. */
  readonly #env = new Map<string, string>();
  #left: number = LIMITS.changedBytes;

  constructor(base: ExecutionConfig) {
    const { Env = [], Labels = {}, ExposedPorts = {}, Volumes = {}, OnBuild = [], ...config } = base;
    this.config = config;
    for (const entry of Env) this.#env.set(entry.split('=', 1)[0] ?? '', entry);
    this.labels = new Map(Object.entries(Labels));
    this.ports = new Set(Object.keys(ExposedPorts));
    this.volumes = new Set(Object.keys(Volumes));
    this.triggers = [...OnBuild];
  }

  /** The value of the environment variable with this name; undefined when it is not set. */
  get(name: string): string | undefined {
    const entry = this.#env.get(name);
    return entry?.slice(Math.min(name.length + 1, entry.length));
  }

  set(name: string, value: string): void {
    this.#env.set(name, `${name}=${value}`);
  }

  /**
   * Counts bytes that Dockerfile instructions add to the image config. Returns false once their sum is above
   * `LIMITS.changedBytes`.
   */
  spend(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  finish(): ExecutionConfig {
    const keys = (names: Set<string>) => Object.fromEntries([...names].map((name) => [name, {}]));
    return {
      ...this.config,
      ...(this.#env.size > 0 && { Env: [...this.#env.values()] }),
      ...(this.labels.size > 0 && { Labels: Object.fromEntries(this.labels) }),
      ...(this.ports.size > 0 && { ExposedPorts: keys(this.ports) }),
      ...(this.volumes.size > 0 && { Volumes: keys(this.volumes) }),
      ...(this.triggers.length > 0 && { OnBuild: this.triggers }),
    };
  }
}
