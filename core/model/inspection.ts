import type { Bilingual } from '../catalogue/bilingual.ts';
import type { Finding, FindingCode } from '../catalogue/findings.ts';
import type { Digest } from './digest.ts';
import type { IndexPlatform, Platform } from './platform.ts';

/** The compression around an upload, by its magic bytes; `zip` is a zip file that holds a single tar. */
export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'zip';

/** The kind of an upload, decided by its content (docs/formats.md). */
export type ArchiveKind =
  | 'rootfs/docker-export' // certain: the members that Docker puts into every container
  | 'rootfs/generic' // a root file system: podman export, debootstrap, a distribution's download
  | 'rootfs/minimal' // a few executables and nothing else: only on request
  | 'image/docker' // manifest.json
  | 'image/oci' // oci-layout and index.json
  | 'image/hybrid' // both
  | 'image/docker-v1' // before Docker 1.10
  | 'image/directory' // the `dir:` transport of podman and skopeo
  | 'image/incomplete' // the manifest names blobs that are not there
  | 'image/nested-in-export' // an image archive was imported by mistake and exported again
  | 'plain' // a tar archive of something else
  | 'empty' // no members at all
  | 'not-an-archive' // no tar archive at all, or unreadable from the start
  | 'unread'; // nothing of it was read: S3 does not give it, or the service has failed before

/** The size and checksums of some stored bytes. */
export interface Sums {
  size: number;
  digest: Digest;
  /**
   * CRC-32 of the same bytes (unsigned). CRCs of parts can be combined, so that of the result is known before it is
   * written. Null where nobody reads it (`Tools.sumsCrc32`).
   */
  crc32: number | null;
}

/** An image in an image archive, as its metadata describes it. */
export interface FoundImage {
  names: string[];
  /** Tags that `index.json` gives the image without a name. */
  tags: string[];
  platform: Platform | null;
  /** The image ID of the classic Docker store: sha256 of the config. Null when the config was not found. */
  configDigest: Digest | null;
  /** The digest of the OCI manifest; null when the archive has none. */
  manifestDigest: Digest | null;
  created: string | null;
  layers: FoundLayer[];
  config: Record<string, unknown> | null;
  history: Record<string, unknown>[];
}

/** A layer of a found image: what the documents say about it, and what its bytes say when they are in the archive. */
export interface FoundLayer {
  /** The name of its member in the archive. */
  path: string;
  mediaType: string | null;
  compression: Compression | null;
  digest: Digest | null;
  diffID: Digest | null;
  /** Bytes as stored. */
  size: number | null;
  /** Bytes after decompression. */
  contentSize: number | null;
  members: number | null;
  createdBy: string | null;
}

/** The source for rebuilding an image: the text of its config, and the places of its layers. */
export interface ImageSource {
  names: string[];
  /** Tags without a name; the name is made from the key. */
  tags: string[];
  /** The image config as UTF-8 text, with mistyped values corrected. */
  config: string;
  /** Set for a config that is not valid UTF-8: each character of its text is one byte. */
  encoding?: 'latin1';
  /** True when the config is the JSON of a layer from before Docker 1.10. */
  legacy: boolean;
  /** The platform of all its executables, when the config says another one. */
  platform?: Platform;
  /** The place of the image in `index.json`; absent when it is not listed there. */
  place?: IndexPlace;
  layers: LayerSource[];
}

/** The place of an image in an index, and the platform that the index gives it. */
export interface IndexPlace {
  /** The digest of the index that has the image for other platforms, too; null when `index.json` lists it directly. */
  index: string | null;
  /** Its position among all images below `index.json`. */
  at: number;
  platform: IndexPlatform | null;
}

/** A range of bytes in an archive: `[start, end)`. */
export interface Stretch {
  start: number;
  end: number;
}

/** An undamaged layer in the decompressed archive. */
export interface LayerSource {
  /** Offset of the first byte of its content. */
  start: number;
  /** The range of its member with all headers, when the archive stores it as a sparse file. */
  sparse?: Stretch;
  stored: Sums;
  compression: Compression;
  /** True when no bytes follow the compressed data. */
  clean: boolean;
  content: Sums;
}

/** The facts about an image archive, other than its images, on which clients differ. */
export interface ArchiveShape {
  /** The folder of its documents, with a slash at the end; empty at the top, where clients look. */
  folder: string;
  /** The prefix that its documents' names have. */
  prefix: '' | './' | '/';
  /** The images in `manifest.json`; null when it lists none. */
  docker: ListShape | null;
  /** The images in `index.json`, the number of entries, and their tags (`org.opencontainers.image.ref.name`). */
  oci: (ListShape & { entries: number; tags: string[] }) | null;
  /** The images in `repositories`, when no other document lists any. */
  legacy: ListShape | null;
  faults: DocumentFault[];
}

/** The documents of an image archive that list its images, or mark it as an OCI layout. */
export type TopCode = 'manifest-json' | 'index-json' | 'oci-layout' | 'repositories';

/** Faults in the documents that list the images; each makes some clients refuse the archive or read it differently. */
export type DocumentFault =
  | `${TopCode}-marked` // begins with a byte order mark
  | `${TopCode}-type` // a value is not of the type that clients read it into
  | `${TopCode}-continues` // something follows the JSON
  | 'manifest-json-type-short' // also for those who read names and layers only
  | 'manifest-json-type-crane'
  | 'index-type-new' // in a field that the structs of 2022 did not have
  | 'index-lists-nothing' // no entry is an image that is in the archive
  | 'manifest-json-gap' // an entry names no config
  | 'manifest-json-linked' // it is a link to another member
  | 'manifest-json-hard-linked'
  | 'index-json-linked'
  | 'oci-layout-linked'
  | 'layout-version'
  | 'index-media-type'
  | 'index-size'
  | 'name-unqualified' // no whole name, with registry and tag
  | 'tag-ambiguous' // one tag belongs to several manifests
  | 'types-of-docker' // media types that are not those of OCI
  | 'types-mixed' // Docker's for a manifest, others for its layers
  | 'config-of-docker' // in a manifest of OCI
  | 'platform-elsewhere' // no image for linux/amd64
  | 'platform-lesser-absent' // linux/386 is listed, but its blobs are absent
  | 'named-entry-absent' // an entry of the index has a name, but its manifest is absent
  | 'last-of-name-absent' // of several entries of one name the last is absent
  | 'first-of-tag-absent' // the first entry of each tag is absent
  | 'platformless-absent' // an entry without a platform is absent
  | 'platform-not-in-index' // an index below the top one has nothing for linux/amd64
  | 'bytes-after-compression' // bytes after the compressed data of the archive, which some clients refuse
  | 'members-attributes'; // extended attributes of macOS on members of the archive

/** The images in one document, and the faults that any of them has for some client. */
export interface ListShape {
  images: number;
  /** The names of all images as the document spells them. */
  names: string[];
  faults: ShapeFault[];
}

/** Findings about an image and its layers, and faults that only some clients have trouble with. */
export type ShapeFault =
  | FindingCode
  | UnpackFault
  | 'layers-untried' // they are too large to try how engines unpack their oddities
  | 'manifest-damaged' // the OCI manifest has not the digest it is called by
  | 'diffids-too-few'
  | 'diffids-too-many'
  | 'diffid-unreadable' // it is not a digest
  | 'config-marked' // begins with a byte order mark
  | 'config-continues' // something follows its JSON
  | 'config-type-oci' // a value is not of the type in the OCI structs
  | 'config-type-docker' // in Docker's structs
  | 'config-type-new' // in a field that Docker's structs of 2023 did not have
  | 'port-unreadable' // a port that is no number
  | 'config-type-docker-29' // in the structs of Docker 29 and newer
  | 'config-command-text' // a command is one text, which only Docker before version 29 takes
  | 'config-hard-linked' // the member of the config is a hard link
  | 'config-hard-linked-below' // the same, in a folder
  | 'config-type-store' // in the structs that Docker uses with the containerd store
  | 'config-type-crane'
  | 'manifest-marked' // the OCI manifest begins with a byte order mark
  | 'manifest-type'
  | 'manifest-type-new' // in a field that the structs of 2022 did not have
  | 'manifest-continues'
  | 'os-missing'
  | 'os-windows'
  | 'architecture-missing'
  | 'platform-other' // not linux/amd64
  | 'layer-linked' // its member is a link
  | 'layer-hard-linked'
  | 'layer-hard-linked-below' // a hard link in a folder
  | 'env-without-name' // a variable in the config has no name
  | 'env-without-value' // a variable has no `=`
  | 'layers-absent' // an OCI manifest lists no layers, and the config has diffIDs
  | 'layer-zstd'
  | 'layer-rare' // bzip2 or xz
  | 'layer-trailing'; // bytes after a gzip layer's data

/** A finding on which an engine fails when it unpacks layers, with the engine and its storage driver. */
export type UnpackFault =
  `${'docker-oldest' | 'docker-old' | 'docker' | 'podman-old' | 'podman' | 'containerd' | 'umoci-old' | 'umoci'}/${'vfs' | 'overlay'}/${FindingCode}`;

/** Facts about a root file system. */
export interface RootfsFacts {
  distribution: { id: string; version: string | null; name: string } | null;
  /** The platform in the ELF headers of the members; null when there are no ELF files. */
  platform: Platform | null;
  /** ELF files per platform, largest number first. More than one platform means a mixed archive. */
  elf: { platform: string; files: number }[];
  /** Absolute paths of the shells found. */
  shells: string[];
  /** Members that carry file capabilities (`security.capability`). */
  capabilities: number;
}

/** The result of one pass over an upload: plain JSON, handed from the inspect function to the convert function. */
export interface Inspection {
  /** The upload as stored; null when it could not be read to its end. */
  upload: Sums | null;
  compression: Compression;
  /** True when the stored gzip bytes can be a layer: nothing follows the last gzip member. */
  cleanGzip: boolean;
  /** The decompressed content; its digest is the diffID. Null when it could not be read to its end. */
  content: Sums | null;
  /** The content compressed as gzip; null when that was not asked for, or when the upload is gzip already. */
  packed: Sums | null;
  /** Set when the archive is the only file in another one: that member's name, and its offset after decompression. */
  inside: { member: string; start: number } | null;
  kind: ArchiveKind;
  /** The reasons for `kind`, in plain words. */
  evidence: Bilingual[];
  members: number;
  /** Bytes of all regular files. */
  fileBytes: number;
  /** The newest modification time of all members, in seconds since the epoch; 0 when there are none. */
  newestMtime: number;
  rootfs: RootfsFacts | null;
  images: FoundImage[];
  /** The source for rebuilding each of `images`; null for an image that cannot be rebuilt. */
  sources: (ImageSource | null)[];
  /** The layout of the image archive; null when there is none, or it could not be read to its end. */
  shape: ArchiveShape | null;
  /**
   * Set by a quick look, which reads headers and documents only. Digests are then those that the archive states, and
   * `upload` and `content` are null. `toEnd` is false when the quick look had to stop before the end.
   */
  quick?: { toEnd: boolean; bytesRead: number; requests: number };
  findings: Finding[];
}

/** True when all headers of an archive were read, by a full or a quick look. */
export function isReadToEnd({ content, quick }: Pick<Inspection, 'content' | 'quick'>): boolean {
  return content !== null || quick?.toEnd === true;
}
