import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { isLoggedIn, isSame } from './secret.ts';

/** The rules by which a request to the page of `lading serve` is answered or refused. */
export interface Rules {
  /** The host of the address at which the server listens. */
  host: string;
  /** The token that users must know; null when this machine alone can reach the server. */
  token: string | null;
}

/**
 * The judgement on a request. `foreign`: a page of another site may have sent it, or the browser took a foreign name
 * for this server. `stranger`: its sender did not give the token.
 */
export type Judgement = 'allowed' | 'foreign' | 'stranger';

/**
 * Decides whether a request may be answered. A browser sends requests for every page that its user looks at, also to
 * this machine. So a request with an `Origin` must come from a page of this very server, and one with `Sec-Fetch-Site`
 * from such a page or from its user. Without a token, the name in `Host` must be one of this machine: a foreign name
 * can be made to point at it (DNS rebinding). With a token this does no harm, since no browser has the cookie for it.
 */
export function judge({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>, rules: Rules): Judgement {
  const { host: name } = headers;
  if (name === undefined || (rules.token === null && !isOwn(name, rules.host))) return 'foreign';
  if (headers.origin !== undefined && hostOf(headers.origin) !== name.toLowerCase()) return 'foreign';
  if (!isFromHere(method, headers)) return 'foreign';
  return rules.token === null || isKnown(headers, rules.token) ? 'allowed' : 'stranger';
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  return host === 'localhost' || loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

/** True when the header `Host` has a name of this machine. Its port may be another one, as with `ssh -L`. */
function isOwn(name: string, listening: string): boolean {
  const url = URL.parse(`http://${name}/`);
  if (url === null || url.host !== name.toLowerCase().replace(/:80$/, '')) return false;
  const bare = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isLoopback(bare) || bare === listening.toLowerCase();
}

/** Host and port of an origin, as `Host` has them; null for `null` and for anything that is not of the web. */
function hostOf(origin: string): string | null {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1] ?? null;
}

/** False when a browser says that a page of another site has caused the request. A link to this server may be there. */
function isFromHere(method: string | undefined, headers: IncomingMessage['headers']): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

function isKnown({ authorization, cookie }: IncomingMessage['headers'], token: string): boolean {
  const [, bearer = ''] = /^bearer +(.*)$/i.exec(authorization ?? '') ?? [];
  return isSame(bearer, token) || isLoggedIn(cookie, token, Date.now());
}
