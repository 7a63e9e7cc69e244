import { LIMITS } from '../../limits.ts';
import type { ExecutionConfig } from '../../model/config.ts';

/** The config as far as the changes have come. What there may be many of is gathered, not copied with each instruction. */
export class Draft {
  config: ExecutionConfig;
  /** Whether one of the changes gave a command, which an ENTRYPOINT after it leaves alone. */
  cmdSet = false;
  readonly labels: Map<string, string>;
  readonly ports: Set<string>;
  readonly volumes: Set<string>;
  readonly triggers: string[];
  /** `NAME=value` by name, in order. */
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

  /** The value of a variable. */
  get(name: string): string | undefined {
    const entry = this.#env.get(name);
    return entry?.slice(Math.min(name.length + 1, entry.length));
  }

  set(name: string, value: string): void {
    this.#env.set(name, `${name}=${value}`);
  }

  /** Counts what the changes make; false when it is more than a config can hold. */
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
