import type { ClientVerdict } from '../../core/clients/verdicts.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Look } from '../page-style.ts';
import { type Row, table } from './page.ts';
import { printable } from './text.ts';

/** The names of the clients as they are printed, such as `Docker`. */
const NAMES: Record<ClientVerdict['client'], string> = {
  docker: 'Docker',
  'docker-containerd': 'Docker (containerd store)',
  podman: 'podman',
  containerd: 'containerd',
  'skopeo-docker-archive': 'skopeo docker-archive',
  'skopeo-oci-archive': 'skopeo oci-archive',
  umoci: 'umoci',
  crane: 'crane',
  'docker-archive-only': 'docker-archive-only (RouterOS, Cisco IOx)',
  ecr: 'Amazon ECR',
  lambda: 'AWS Lambda',
};

/**
 * The printed lines about clients: those that load the archive, those that do not, and those for which it is not known.
 * Clients with the same reason share a line.
 */
function triedRows(clients: readonly ClientVerdict[], images: number, look: Look): Row[] {
  const loading = clients.filter((each) => each.loads === true);
  const failing = clients.filter((each) => each.loads === false);
  const unknown = clients.filter((each) => each.loads === null);
  if (failing.length === clients.length && (images === 0 || allAlike(clients))) return [['loads', look.words.noClient]];
  const plain = loading.filter((each) => each.why === null);
  const every = plain.length === clients.length ? look.words.everyClient : '';
  const names = plain.map((each) => NAMES[each.client]).join(', ');
  const loads = [...(names === '' ? [] : [every + names]), ...reasons(loading, look)];
  return [
    ...labelled('loads', loads.length === 0 ? [look.words.noClient] : loads),
    ...labelled('fails', reasons(failing, look)),
    ...labelled('unknown', reasons(unknown, look)),
  ];
}

/** The printed lines about programs and services whose verdict follows from what they state: a line for each. */
function ruledRows(clients: readonly ClientVerdict[], { words, language }: Look): Row[] {
  const lines = clients.map(({ client, loads, why, zh }) => {
    const reason = language === 'zh' ? zh : why;
    const answer = words.takes(loads);
    return `${NAMES[client]}: ${answer}${reason === null ? '' : `${words.separator}${printable(reason)}`}`;
  });
  return labelled('byRule', lines);
}

/**
 * The part of a printed description that tells which clients load the archive, and of an image archive also which
 * services and programs take it by rule.
 */
export function clientSection({ clients, images }: Pick<ArchiveManifest, 'clients' | 'images'>, look: Look): string {
  const tried = clients.filter(({ by }) => by === undefined);
  const ruled = images.length === 0 ? [] : clients.filter(({ by }) => by !== undefined);
  return table([...triedRows(tried, images.length, look), ...ruledRows(ruled, look)], look);
}

function allAlike(clients: readonly ClientVerdict[]): boolean {
  return clients.every((each) => each.why === clients[0]?.why);
}

function reasons(clients: readonly ClientVerdict[], look: Look): string[] {
  const groups = new Map<string, string[]>();
  for (const { client, since, before, why, zh } of clients) {
    const reason = look.language === 'zh' ? zh : why;
    if (reason === null) continue;
    const versions = [
      ...(since === undefined ? [] : [look.words.from(since)]),
      ...(before === undefined ? [] : [look.words.before(before)]),
    ];
    groups.set(reason, [...(groups.get(reason) ?? []), NAMES[client] + versions.join('')]);
  }
  return [...groups].map(([reason, names]) => `${names.join(', ')}: ${printable(reason)}`);
}

function labelled(label: 'loads' | 'fails' | 'unknown' | 'byRule', lines: string[]): Row[] {
  return lines.map((line, i): Row => [i === 0 ? label : '', line]);
}
