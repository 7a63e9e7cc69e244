/** The folder of canaries: uploads by which `lading doctor` tries whether a service works. */
const FOLDER = 'lading-canary';
const CANARY = new RegExp(`(?:^|/)${FOLDER}/[0-9a-f-]{36}`);

/** True for the key of a canary. Its completion event says so, so that receivers can pass over it. */
export function isCanary(key: string): boolean {
  return CANARY.test(key);
}

/** A key for a canary that begins with the prefix and ends with the suffix. */
export function canaryKey(id: string, prefix: string, suffix: string): string {
  return `${prefix}${FOLDER}/${id}${suffix}`;
}
