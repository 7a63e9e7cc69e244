/** Makes the parts of a path a legal repository path of at most `maxLength` characters that names no registry. */
export function legalName(parts: string[], maxLength: number): string {
  const legal = parts.map(legalPart).filter((part) => part !== '');
  while (legal.length > 1 && legal.join('/').length > maxLength) legal.shift();
  // `localhost` and a dot are what make Docker take the first part for a registry
  if (legal.length > 1) legal[0] = legal[0] === 'localhost' ? 'local' : legal[0]!.replaceAll('.', '-');
  return undress(notAnId(legal.join('/')).slice(0, maxLength)) || 'upload';
}

/** Makes `text` a legal tag; empty when nothing of it can be kept. */
export function legalTag(text: string): string {
  return plain(text)
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 128);
}

function legalPart(text: string): string {
  const kept = plain(text)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/[._-]{2,}/g, (run) => (/^(?:__|-+)$/.test(run) ? run : '-'));
  return undress(kept);
}

/** Letters without their accents. */
function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
}

function undress(text: string): string {
  return text.replaceAll(/^[._/-]+|[._/-]+$/g, '');
}

/** Docker takes 64 hex digits for an image ID. */
function notAnId(name: string): string {
  return /^[a-f0-9]{64}$/.test(name) ? `image-${name.slice(0, 12)}` : name;
}
