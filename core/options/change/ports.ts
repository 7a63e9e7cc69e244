import { type Bilingual, both } from '../../catalogue/bilingual.ts';
import { parsed, type Parsed, refused } from '../../catalogue/parsed.ts';
import { excerpt } from '../../catalogue/brief.ts';
import { type Spend, TOO_MUCH } from './pattern.ts';

const PORTS = both('Write 80, 53/udp or 8000-8002.', '请写成 80、53/udp 或 8000-8002。');

const SPEC = /^(\d+)(?:-(\d+))?(?:\/(\w*))?$/;

/**
 * Parses one argument of an EXPOSE instruction (`80`, `53/udp` or `8000-8002`) into keys of an image config, such as
 * `80/tcp`; one for each port. Returns a refusal when the argument is wrong, or when `spend`, which counts the bytes of
 * all keys, says that there are too many.
 */
export function parsePorts(spec: string, spend: Spend): Parsed<string[]> {
  const [, first, last = first, protocol = ''] = SPEC.exec(spec) ?? [];
  if (first === undefined || last === undefined) return refused(formProblem(spec), PORTS);
  const shown = excerpt(spec);
  const proto = protocol.toLowerCase() || 'tcp';
  if (!['tcp', 'udp', 'sctp'].includes(proto)) {
    return refused(
      both(`"${excerpt(protocol)}" in "${shown}" is not a protocol`, `"${shown}" 中的 "${excerpt(protocol)}" 不是协议`),
      both('The protocols are tcp, udp and sctp.', '协议有 tcp、udp 和 sctp。'),
    );
  }
  const [from, to] = [Number(first), Number(last)];
  if (from < 1 || to > 65535 || from > to) {
    return refused(
      both(
        `"${shown}" is not a port from 1 to 65535 or a rising range of them`,
        `"${shown}" 不是 1 到 65535 的端口，也不是由小到大的端口范围`,
      ),
      PORTS,
    );
  }
  if (!spend((to - from + 1) * '65535/tcp'.length)) return TOO_MUCH;
  return parsed(Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${proto}`));
}

function formProblem(spec: string): Bilingual {
  const shown = excerpt(spec);
  if (spec.includes(':')) {
    return both(
      `"${shown}" names a port of the host, which an image cannot have and Docker would silently drop`,
      `"${shown}" 写了主机端口，镜像里不能有它，Docker 会悄悄丢弃`,
    );
  }
  return spec.includes(',')
    ? both(`"${shown}" has a comma, and ports are separated by spaces`, `"${shown}" 含有逗号，而端口之间用空格分隔`)
    : both(`"${shown}" is not a port`, `"${shown}" 不是端口`);
}
