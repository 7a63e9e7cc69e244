import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Compares two texts by their hashes. The time does not depend on the texts, so it gives no secret away. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(a, b);
}

/** The name of the cookie that a browser has after its user has given the token. */
const COOKIE = 'lading';

/** The milliseconds for which a browser need not ask its user for the token again. */
const LOGIN_MS = 12 * 3_600_000;

/**
 * The header `Set-Cookie` for a browser whose user gave the right token. The cookie has the time of its end and a MAC
 * over it, made with the token. So the server keeps nothing, several processes with one token accept each other's
 * cookies, and another token ends all of them.
 */
export function loginCookie(token: string, now: number): string {
  const end = String(now + LOGIN_MS);
  const age = LOGIN_MS / 1000;
  return `${COOKIE}=${end}.${macOf(end, token)}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict`;
}

/** The header `Set-Cookie` that takes the cookie away from a browser. */
export const LOGOUT_COOKIE = `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`;

/** True when the header `Cookie` of a request has a cookie that was made with this token and has not expired. */
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
