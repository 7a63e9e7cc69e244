import { parsed, refused } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';

const SPEC = /^(\d+)(?:-(\d+))?(?:\/(\w*))?$/;

/** Reads one port of EXPOSE, `80`, `53/udp` or `8000-8002`, into the keys of an image config: `80/tcp`. */
export function parsePorts(spec: string): Parsed<string[]> {
  const [, first, last = first, protocol = ''] = SPEC.exec(spec) ?? [];
  if (first === undefined || last === undefined)
    return refused(`"${spec}" ${formProblem(spec)}`, 'Write 80, 53/udp or 8000-8002.');
  const proto = protocol.toLowerCase() || 'tcp';
  if (!['tcp', 'udp', 'sctp'].includes(proto)) {
    return refused(`"${protocol}" in "${spec}" is not a protocol`, 'The protocols are tcp, udp and sctp.');
  }
  const [from, to] = [Number(first), Number(last)];
  if (from < 1 || to > 65535 || from > to) {
    return refused(
      `"${spec}" is not a port from 1 to 65535 or a rising range of them`,
      'Write 80, 53/udp or 8000-8002.',
    );
  }
  return parsed(Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${proto}`));
}

function formProblem(spec: string): string {
  if (spec.includes(':')) return 'names a port of the host, which an image cannot have and Docker would silently drop';
  return spec.includes(',') ? 'has a comma, and ports are separated by spaces' : 'is not a port';
}
