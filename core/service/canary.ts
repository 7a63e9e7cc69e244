/**
 * The name of the folder in the uploads bucket for canaries: trial uploads by which `lading doctor` checks that the
 * service works.
 */
const FOLDER = 'lading-canary';
const CANARY = new RegExp(`(?:^|/)${FOLDER}/[0-9a-f-]{36}`);

/**
 * True for the key of a canary, a trial upload of `lading doctor`. Receivers of completion events can ignore these
 * uploads.
 */
export function isCanary(key: string): boolean {
  return CANARY.test(key);
}

/**
 * Makes the key of a canary, a trial upload of `lading doctor`. It consists of `prefix` (with a slash at its end,
 * unless it is empty), `lading-canary/`, the UUID `id`, and `suffix`. Prefix and suffix make the key one that the
 * service handles.
 */
export function canaryKey(id: string, prefix: string, suffix: string): string {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return `${folder}${FOLDER}/${id}${suffix}`;
}
