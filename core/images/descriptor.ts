import { type Digest, parseDigest } from '../model/digest.ts';
import { asObject, asText, field, type Json, textIn } from '../model/json.ts';
import { indexPlatform, type IndexPlatform } from '../model/platform.ts';
import { isAttestation } from './artifact.ts';
import { expectWithin } from './image-budget.ts';

export const REF_NAME = 'org.opencontainers.image.ref.name';

const MANIFEST_LISTS = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/** What is read from an entry of an OCI index (OCI descriptor.md). */
export interface Descriptor {
  digest: Digest;
  /** True when the media type of the entry is that of an index. */
  isIndex: boolean;
  isAttestation: boolean;
  /** The name that the entry gives its image, such as `app:1.0`, or `:1.0` for a tag alone. At most one. */
  names: readonly string[];
  platform: IndexPlatform | null;
  /** The platform for sentences, such as `linux/arm/v7`; null when the entry states none. */
  platformText: string | null;
}

/**
 * Reads the descriptors in a list of JSON values. Leaves out values without a valid digest. It is called once for each
 * index, because an index may be listed often, and a descriptor may have very many fields. Throws a LadingError
 * (`bad-archive`) when a platform has too many characters.
 */
export function descriptorsOf(list: readonly unknown[]): Descriptor[] {
  return list.flatMap((each) => {
    const json = asObject(each);
    const digest = parseDigest(textIn(json, 'digest') ?? '');
    return json === null || digest === null ? [] : descriptor(json, digest);
  });
}

function descriptor(json: Json, digest: Digest): Descriptor {
  const platform = indexPlatform(field(json, 'platform'));
  expectWithin('platformCharacters', platform === null ? 0 : JSON.stringify(platform).length);
  return {
    digest,
    isIndex: MANIFEST_LISTS.has(textIn(json, 'mediaType') ?? ''),
    isAttestation: isAttestation(json),
    names: annotatedNames(json),
    platform,
    platformText: describedPlatform(json),
  };
}

/**
 * The name that an index entry gives its image, such as `app:1.0`, or `:1.0` when it gives only a tag. An empty list
 * when it gives neither.
 */
function annotatedNames(json: Json): string[] {
  const notes = asObject(field(json, 'annotations'));
  const name = asText(notes?.['io.containerd.image.name']);
  const ref = asText(notes?.[REF_NAME]) ?? '';
  if (name !== null && name !== '') return [name];
  return ref === '' ? [] : [/[/:]/.test(ref) ? ref : `:${ref}`];
}

function describedPlatform(json: Json): string | null {
  const platform = asObject(field(json, 'platform'));
  if (platform === null || field(platform, 'architecture') === 'unknown') return null;
  const parts = [field(platform, 'os'), field(platform, 'architecture'), field(platform, 'variant')];
  const text = parts.filter((part) => typeof part === 'string').join('/');
  expectWithin('platformCharacters', text.length);
  return text;
}
