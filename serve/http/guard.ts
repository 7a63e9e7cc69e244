import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { isLoggedIn, isSame } from './secret.ts';

/** The settings that decide whether a request to the web page of `lading serve` is answered or refused. */
export interface Rules {
  /** The host name or IP address at which the server listens. */
  host: string;
  /**
   * The secret text that users must give to use the page; null when none is needed, because only this machine can reach
   * the server.
   */
  token: string | null;
}

/**
 * The decision on a request to the web page. `allowed`: it is answered. `foreign`: a page of another site may have sent
 * it, or its header `Host` does not name this server. `stranger`: its sender did not give the right token.
 */
export type Judgement = 'allowed' | 'foreign' | 'stranger';

/**
 * Decides whether a request to the web page may be answered. A page of any other site can make the user's browser send
 * requests, even to a server that only this machine can reach. So a header `Origin`, if there is one, must name this
 * server. A header `Sec-Fetch-Site`, if there is one, must say that the request comes from this page or from the user.
 * The only exception is a link on another site that opens the page. Without a token, `Host` must be a name of this
 * machine, because an attacker can make his own domain name resolve to this machine (DNS rebinding). With a token, any
 * `Host` is allowed: a browser sends no login cookie to a host with the attacker's name.
 */
export function judge({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>, rules: Rules): Judgement {
  const { host: name } = headers;
  if (name === undefined || (rules.token === null && !isOwn(name, rules.host))) return 'foreign';
  if (headers.origin !== undefined && hostOf(headers.origin) !== name.toLowerCase()) return 'foreign';
  if (!isFromHere(method, headers)) return 'foreign';
  return rules.token === null || isKnown(headers, rules.token) ? 'allowed' : 'stranger';
}

/** True for a host name or an address that only this machine can reach, such as `localhost`. */
export function isLoopback(host: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  return host === 'localhost' || loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

/**
 * True when `name`, the value of a header `Host`, is a name of this machine, or the address at which the server
 * listens. The port in it may be any, because `ssh -L` changes it.
 */
function isOwn(name: string, listening: string): boolean {
  const url = URL.parse(`http://${name}/`);
  if (url === null || url.host !== name.toLowerCase().replace(/:80$/, '')) return false;
  const bare = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isLoopback(bare) || bare === listening.toLowerCase();
}

/**
 * Returns the host and port in the value of a header `Origin`, in lower case. Null for a value that is no `http` or
 * `https` origin, such as the word `null`.
 */
function hostOf(origin: string): string | null {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1] ?? null;
}

/**
 * True when the headers `Sec-Fetch-…` of a request say that it comes from this web page, from the user, or from a link
 * that the user has followed. True also when the browser does not send these headers. False when a page of another
 * site has caused the request in another way.
 */
function isFromHere(method: string | undefined, headers: IncomingMessage['headers']): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

function isKnown({ authorization, cookie }: IncomingMessage['headers'], token: string): boolean {
  const [, bearer = ''] = /^bearer +(\S.*)$/i.exec(authorization ?? '') ?? [];
  return isSame(bearer, token) || isLoggedIn(cookie, token, Date.now());
}
