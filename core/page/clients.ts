import type { Client, ClientVerdict } from '../clients/verdicts.ts';
import type { Row, Voice } from './rows.ts';
import { printable } from './text.ts';

/** The names of the clients as they are shown, such as `Docker`. */
const NAMES: Record<Client, string> = {
  docker: 'Docker',
  'docker-containerd': 'Docker (containerd store)',
  podman: 'podman',
  containerd: 'containerd',
  'skopeo-docker-archive': 'skopeo docker-archive',
  'skopeo-oci-archive': 'skopeo oci-archive',
  umoci: 'umoci',
  crane: 'crane',
};

/**
 * The lines about clients: those that load the archive, those that do not, and those for which it is not known.
 * Clients with the same reason share a line.
 */
export function clientRows(clients: readonly ClientVerdict[], images: number, voice: Voice): Row[] {
  const loading = clients.filter((each) => each.loads === true);
  const failing = clients.filter((each) => each.loads === false);
  const unknown = clients.filter((each) => each.loads === null);
  if (failing.length === clients.length && (images === 0 || allAlike(clients)))
    return [['loads', voice.words.noClient]];
  const plain = loading.filter((each) => each.why === null);
  const every = plain.length === clients.length ? voice.words.everyClient : '';
  const names = plain.map((each) => NAMES[each.client]).join(', ');
  const loads = [...(names === '' ? [] : [every + names]), ...reasons(loading, voice)];
  return [
    ...labelled('loads', loads.length === 0 ? [voice.words.noClient] : loads),
    ...labelled('fails', reasons(failing, voice)),
    ...labelled('unknown', reasons(unknown, voice)),
  ];
}

function allAlike(clients: readonly ClientVerdict[]): boolean {
  return clients.every((each) => each.why === clients[0]?.why);
}

function reasons(clients: readonly ClientVerdict[], voice: Voice): string[] {
  const groups = new Map<string, string[]>();
  for (const { client, since, before, why, zh } of clients) {
    const reason = voice.language === 'zh' ? zh : why;
    if (reason === null) continue;
    const versions = [
      ...(since === undefined ? [] : [voice.words.from(since)]),
      ...(before === undefined ? [] : [voice.words.before(before)]),
    ];
    groups.set(reason, [...(groups.get(reason) ?? []), NAMES[client] + versions.join('')]);
  }
  return [...groups].map(([reason, names]) => `${names.join(', ')}: ${printable(reason)}`);
}

function labelled(label: 'loads' | 'fails' | 'unknown', lines: string[]): Row[] {
  return lines.map((line, i): Row => [i === 0 ? label : '', line]);
}
