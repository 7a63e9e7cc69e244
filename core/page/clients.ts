import { both } from '../catalogue/bilingual.ts';
import type { ClientVerdict } from '../clients/verdicts.ts';
import type { Row, Voice } from './rows.ts';
import { printable } from './text.ts';

/**
 * The names that are displayed for clients (programs and services that load image archives), such as `Docker` for
 * `docker`.
 */
const NAMES: Record<ClientVerdict['client'], string> = {
  docker: 'Docker',
  'docker-containerd': 'Docker (containerd store)',
  podman: 'podman',
  containerd: 'containerd',
  'skopeo-docker-archive': 'skopeo docker-archive',
  'skopeo-oci-archive': 'skopeo oci-archive',
  umoci: 'umoci',
  crane: 'crane',
  'docker-archive-only': 'docker-archive-only',
  ecr: 'Amazon ECR',
  lambda: 'AWS Lambda',
};

/**
 * Examples of programs that can read only Docker archives in the format that `docker save` wrote before version 25, in
 * English and Chinese.
 */
const ARCHIVE_ONLY = both(' (older RouterOS, Cisco IOx)', '（旧版 RouterOS、Cisco IOx）');

/**
 * The lines that say which clients load an archive. `images` is the number of images in it. If there are any, lines
 * follow about programs and services that were not tested.
 */
export function clientRows(clients: readonly ClientVerdict[], images: number, voice: Voice): Row[] {
  const tried = clients.filter(({ by }) => by === undefined);
  const ruled = images === 0 ? [] : clients.filter(({ by }) => by !== undefined);
  return [...triedRows(tried, images, voice), ...ruledRows(ruled, voice)];
}

/**
 * The lines about the clients that were tested: those that load the archive, those that do not, and those for which it
 * is not known. Clients with the same reason share a line.
 */
function triedRows(clients: readonly ClientVerdict[], images: number, voice: Voice): Row[] {
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

/**
 * The lines about programs and services that were not tested, one line for each. A line says whether the program or
 * service is expected to accept the archive. The prediction is based on documentation and users' reports.
 */
function ruledRows(clients: readonly ClientVerdict[], { words, language }: Voice): Row[] {
  const lines = clients.map(({ client, loads, why, zh }) => {
    const reason = language === 'zh' ? zh : why;
    const more = reason === null ? '' : `${words.separator}${printable(reason)}`;
    const examples = client === 'docker-archive-only' ? ARCHIVE_ONLY[language] : '';
    return `${NAMES[client]}${examples}: ${words.takes(loads)}${more}`;
  });
  return labelled('byRule', lines);
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

function labelled(label: 'loads' | 'fails' | 'unknown' | 'byRule', lines: string[]): Row[] {
  return lines.map((line, i): Row => [i === 0 ? label : '', line]);
}
