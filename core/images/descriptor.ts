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

/**
 * The facts that are taken from an entry of an OCI index (OCI descriptor.md): which document it points to, and what it
 * says about that document.
 */
export interface Descriptor {
  digest: Digest;
  /**
   * True when the entry states the media type of an OCI index or of Docker's manifest list. False for any other type.
   */
  isIndex: boolean;
  isAttestation: boolean;
  /**
   * The name that the entry gives its image, such as `app:1.0`, or `:1.0` when it gives only a tag. The list has this
   * one name, or is empty when the entry gives none.
   */
  names: readonly string[];
  platform: IndexPlatform | null;
  /** The platform of the entry as text for a sentence, such as `linux/arm/v7`. Null when the entry states none. */
  platformText: string | null;
}

/**
 * Reads a list of JSON values, the entries of an OCI index, as descriptors. Leaves out values without a valid digest.
 * Throws a LadingError (`bad-archive`) when a platform has more characters than `LIMITS` allows. It is called once for
 * each index, because the same index may be listed often, and an entry may have very many fields.
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
 * The name that `json`, an entry of an OCI index, gives its image, such as `app:1.0`, or `:1.0` when it gives only a
 * tag. The list has this one name, or is empty when the entry gives neither.
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
