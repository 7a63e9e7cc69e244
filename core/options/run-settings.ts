import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { excerpt } from '../catalogue/brief.ts';
import type { JsonFields } from './json-fields.ts';

/** The engines whose output of `inspect` for a container can be read. */
export type Engine = 'docker' | 'podman' | 'nerdctl';

/**
 * The labels by which compose, Kubernetes, Docker Desktop, Swarm, podman's systemd units, nerdctl and containerd find
 * their own containers. They would be wrong on another container, and some contain paths of the host.
 */
const LABELS_OF_A_RUN =
  /^(?:com\.docker\.(?:compose|swarm|stack)\.|io\.kubernetes\.|annotation\.io\.kubernetes\.|desktop\.docker\.io\/|io\.podman\.|PODMAN_SYSTEMD_UNIT$|nerdctl\/|containerd\.io\/|io\.containerd\.|io\.cri-containerd)/;

/**
 * For each engine: the environment variables, as `NAME=value`, that it adds to every container. They do not belong in
 * an image.
 */
const ENV_OF_A_RUN: Record<Engine, readonly string[]> = {
  docker: [],
  podman: ['container=podman', 'container=oci', 'TERM=xterm'],
  nerdctl: ['TERM=xterm'],
};

/**
 * Recognises the engine that printed the inspected container, by fields and labels that only one engine prints. Without
 * such a field or label, the result is `docker`.
 */
export function engineOf(top: JsonFields, config: JsonFields): Engine {
  if (top.any('OCIRuntime') !== undefined) return 'podman';
  const labels = Object.keys(config.object('Labels') ?? {});
  return labels.some((label) => label.startsWith('nerdctl/')) ? 'nerdctl' : 'docker';
}

/**
 * Returns the environment variables of a container, as `NAME=value`, without those that its engine added; undefined
 * when the container has none. If variables were removed, a sentence that names them is added to `notes`.
 */
export function withoutRunsEnv(config: JsonFields, engine: Engine, notes: Bilingual[]): string[] | undefined {
  const env = config.texts('Env');
  const ofTheRun = new Set(ENV_OF_A_RUN[engine]).add(`HOSTNAME=${config.text('Hostname') ?? ''}`);
  const home = engine === 'podman' ? podmansHome(env ?? [], config.texts('CreateCommand') ?? []) : null;
  if (home !== null) ofTheRun.add(home);
  const left = new Set(env?.filter((entry) => ofTheRun.has(entry)));
  if (left.size === 0) return env;
  notes.push(
    both(
      `Left out of ENV what the engine sets for each container: ${listed(left, ', ')}.`,
      `已从 ENV 中去掉引擎为每个容器设置的变量：${listed(left, '、')}。`,
    ),
  );
  return env?.filter((entry) => !left.has(entry));
}

/**
 * Returns the entry `HOME=…` that podman 5 adds to the environment when it starts a container; null when there is none.
 * podman adds it as the last entry, or last before HOSTNAME. Returns null also when an option in `command`, the command
 * line that created the container, may have set HOME.
 */
function podmansHome(env: string[], command: string[]): string | null {
  const last = env.findLast((entry) => !entry.startsWith('HOSTNAME='));
  const isAsked = command.some((word) => /^(?:(?:-e|--env)=?)?HOME(?:=|$)|^--env-(?:host|file)\b/.test(word));
  return last?.startsWith('HOME=') === true && !isAsked ? last : null;
}

/**
 * Returns the labels of a container, without those by which tools such as compose recognise this one container. Returns
 * undefined when the container has no labels. If labels were removed, a sentence that names them is added to `notes`.
 */
export function withoutRunsLabels(
  labels: Record<string, string> | undefined,
  notes: Bilingual[],
): Record<string, string> | undefined {
  const left = new Set(Object.keys(labels ?? {}).filter((label) => LABELS_OF_A_RUN.test(label)));
  if (labels === undefined || left.size === 0) return labels;
  notes.push(
    both(
      `Left out the labels by which tools find this one container: ${listed(left, ', ')}.`,
      `已去掉各种工具用来识别这一个容器的标签：${listed(left, '、')}。`,
    ),
  );
  return Object.fromEntries(Object.entries(labels).filter(([label]) => !left.has(label)));
}

function listed(items: Set<string>, separator: string): string {
  return excerpt([...items].join(separator), 1000);
}
