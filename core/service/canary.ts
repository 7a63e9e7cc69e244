/**
 * The name of the folder in the uploads bucket for canaries: trial uploads by which `lading doctor` checks that the
 * service works.
 */
const FOLDER = 'lading-canary';
const CANARY = new RegExp(`(?:^|/)${FOLDER}/[0-9a-f-]{36}`);

/** True for the key of a canary, a trial upload of `lading doctor`. Receivers of completion events can ignore it. */
export function isCanary(key: string): boolean {
  return CANARY.test(key);
}

/**
 * Makes the key of a canary, a trial upload of `lading doctor`: `prefix`, `lading-canary/`, the UUID `id` and `suffix`.
 */
export function canaryKey(id: string, prefix: string, suffix: string): string {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return `${folder}${FOLDER}/${id}${suffix}`;
}
