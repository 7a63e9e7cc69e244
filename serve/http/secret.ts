import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * True when two texts are the same. Compares hashes of the texts, in a time that does not depend on the texts. So
 * nobody can learn anything about a secret text from the time of the comparison.
 */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(a, b);
}

/** The name of the login cookie. A browser gets it when its user has given the token of the web page. */
const COOKIE = 'lading';

/** The milliseconds for which a login is valid: 12 hours. Then the user must give the token again. */
const LOGIN_MS = 12 * 3_600_000;

/**
 * Returns the header `Set-Cookie` for a browser whose user gave the right token. The cookie has the time when the
 * login ends, and a MAC of that time, which is made with the token. So the server keeps no list of logins, and
 * processes with the same token accept each other's cookies. When the token is changed, all cookies become invalid.
 * `now` is in milliseconds since 1970.
 */
export function loginCookie(token: string, now: number): string {
  const end = String(now + LOGIN_MS);
  const age = LOGIN_MS / 1000;
  return `${COOKIE}=${end}.${macOf(end, token)}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict`;
}

/** The value of the header `Set-Cookie` that removes the login cookie from a browser. */
export const LOGOUT_COOKIE = `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`;

/**
 * True when `header`, the header `Cookie` of a request, has a login cookie that was made with this token and has not
 * expired. `now` is in milliseconds since 1970.
 */
export function isLoggedIn(header: string | undefined, token: string, now: number): boolean {
  const words = (header ?? '').split(';').map((each) => each.trim());
  return words.some((word) => {
    const [, end = '', mac = ''] = /^lading=(\d{1,16})\.([0-9a-f]{64})$/.exec(word) ?? [];
    return end !== '' && isSame(mac, macOf(end, token)) && Number(end) > now;
  });
}

function macOf(end: string, token: string): string {
  return createHmac('sha256', token).update(`lading login until ${end}`).digest('hex');
}
