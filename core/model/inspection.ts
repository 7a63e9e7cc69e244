import type { Bilingual } from '../catalogue/bilingual.ts';
import type { Finding, FindingCode } from '../catalogue/findings.ts';
import type { Compression } from './compression.ts';
import type { Digest } from './digest.ts';
import type { Changes, MendRecipe } from './mending.ts';
import type { IndexPlatform, Platform } from './platform.ts';
import type { Recipe } from './recipe.ts';

/** The kind of an upload, decided from its content (docs/formats.md). */
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

/** The size of some stored bytes and their checksums. */
export interface Sums {
  size: number;
  digest: Digest;
  /**
   * The CRC-32 of the stored bytes (unsigned). From the CRCs of its parts, the CRC of an image archive is computed
   * before it is written. Null if the caller does not need it (`Tools.sumsCrc32`).
   */
  crc32: number | null;
}

/** An image that was found in an image archive, as the documents of the archive describe it. */
export interface FoundImage {
  names: string[];
  /** The tags that `index.json` gives to this image without an image name: `1.2` instead of `app:1.2`. */
  tags: string[];
  platform: Platform | null;
  /**
   * The digest of the image config, which is the image ID in Docker's classic store; null when the config was not
   * found.
   */
  configDigest: Digest | null;
  /** The digest of the image's OCI manifest; null when the archive has none. */
  manifestDigest: Digest | null;
  created: string | null;
  layers: FoundLayer[];
  config: Record<string, unknown> | null;
  history: Record<string, unknown>[];
}

/**
 * A layer of an image in an image archive. The fields come from the documents of the archive and, if the layer is
 * there, from its bytes.
 */
export interface FoundLayer {
  /** The name of the archive member that contains the layer. */
  path: string;
  mediaType: string | null;
  compression: Compression | null;
  digest: Digest | null;
  diffID: Digest | null;
  /** The size of the layer in bytes as it is stored. */
  size: number | null;
  /** The size of the layer in bytes after decompression. */
  contentSize: number | null;
  members: number | null;
  createdBy: string | null;
}

/** The information from which an image of the upload can be rebuilt: the text of its config, and its layers' places. */
export interface ImageSource {
  names: string[];
  /**
   * The tags that `index.json` gives to this image without an image name: `1.2` instead of `app:1.2`. A conversion
   * makes a name from the key of the upload.
   */
  tags: string[];
  /** The text of the image config in UTF-8, with values of the wrong type corrected. */
  config: string;
  /** Set when the image config is not valid UTF-8. Each character of `config` then stands for one byte. */
  encoding?: 'latin1';
  /** Set when engines refuse a layer of the image. It is written only after its layers were mended. */
  refused?: true;
  /** True when the image is in the format before Docker 1.10, where the JSON of its last layer serves as the config. */
  legacy: boolean;
  /** The platform of all executables in the image; set only when the config states another platform. */
  platform?: Platform;
  /** The place of the image in `index.json`; absent when `index.json` does not list it. */
  place?: IndexPlace;
  layers: LayerSource[];
}

/** The place of an image in an OCI index, and the platform that the index states for it. */
export interface IndexPlace {
  /**
   * The digest of the index that lists this image with those for other platforms; null if `index.json` itself lists it.
   */
  index: string | null;
  /** The position of the image among all images that `index.json` lists, directly or through other indexes. */
  at: number;
  platform: IndexPlatform | null;
}

/** A range of bytes in an archive. `start` is the first offset inside it, `end` the first after it. */
export interface Stretch {
  start: number;
  end: number;
}

/**
 * The place and the checksums of an undamaged layer in the decompressed archive, from which an image can be rebuilt.
 */
export interface LayerSource {
  /** The offset in the decompressed archive at which the stored layer begins. */
  start: number;
  /**
   * For a layer that the archive stores as a sparse file: the byte range of its tar member, headers included. Absent
   * for other layers.
   */
  sparse?: Stretch;
  stored: Sums;
  compression: Compression;
  /** True when no bytes follow the layer's compressed data. Some clients refuse a layer with such bytes. */
  clean: boolean;
  content: Sums;
  /**
   * The size and checksums that the layer has after Lading compresses it as it was asked to. Absent when it has that
   * compression already, and when none was asked for.
   */
  packed?: Sums;
  /**
   * Set for a layer that is mended: how, and its size in bytes before that, decompressed. `content` is what it becomes.
   */
  mend?: { recipe: MendRecipe; size: number };
}

/**
 * The facts about an image archive that decide which clients load it: how it is packed, which documents list its
 * images, and the faults of these documents.
 */
export interface ArchiveShape {
  /**
   * The folder in the archive that contains its documents, with a slash at the end. Empty when they are at the top
   * level, the only place where clients look.
   */
  folder: string;
  /** The beginning of the names of the archive's documents, such as `./` when the archive has `./manifest.json`. */
  prefix: '' | './' | '/';
  /** The list of images in `manifest.json`; null when it lists none. */
  docker: ListShape | null;
  /**
   * The images that `index.json` lists, the number of its entries, and their tags
   * (`org.opencontainers.image.ref.name`); null when it lists none.
   */
  oci: (ListShape & { entries: number; tags: string[] }) | null;
  /** The images that the old document `repositories` lists; null when a newer document lists images. */
  legacy: ListShape | null;
  faults: DocumentFault[];
}

/** Codes for the documents that list the images of an archive, and for `oci-layout`, which marks an OCI layout. */
export type TopCode = 'manifest-json' | 'index-json' | 'oci-layout' | 'repositories';

/**
 * The faults in the documents that list the images of an archive, such as `manifest.json`. Each makes some clients
 * refuse the archive or read it differently.
 */
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

/** The images that one document lists, such as `manifest.json`, and the faults for which some clients refuse them. */
export interface ListShape {
  images: number;
  /** In a document that lists images, such as `manifest.json`: the names of all images, as it spells them. */
  names: string[];
  faults: ShapeFault[];
}

/** The faults of an image that stop some client from loading it: codes of findings, and some smaller faults. */
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
  | 'layer-foreign' // lz4, lzma or zip
  | 'layer-trailing'; // bytes after a gzip layer's data

/**
 * A fault of a layer that one engine cannot unpack. It is written as engine, storage driver and code of the finding:
 * `podman/vfs/duplicate-path`.
 */
export type UnpackFault =
  `${'docker-oldest' | 'docker-old' | 'docker' | 'podman-old' | 'podman' | 'containerd' | 'umoci-old' | 'umoci'}/${'vfs' | 'overlay'}/${FindingCode}`;

/** A layer that is made anew in place of one or several layers of an image. */
export interface RewrittenLayer {
  /** The index (from 0) of the lowest layer that the new layer replaces. */
  first: number;
  /** The number of layers that the new layer replaces. */
  count: number;
  recipe: Recipe;
  /** The size and the checksums of the new layer before it is compressed. */
  sums: Sums;
  /** The size and the checksums of the new layer as Lading compresses it; absent when no compression was asked for. */
  packed?: Sums;
}

/** The facts about a root file system, such as its distribution and its platform. */
export interface RootfsFacts {
  distribution: { id: string; version: string | null; name: string } | null;
  /** The platform of the executables in a root file system, from their ELF headers; null when it has no executables. */
  platform: Platform | null;
  /**
   * The number of ELF files for each platform, most frequent platform first. Several platforms mean that files for
   * different machines were mixed.
   */
  elf: { platform: string; files: number }[];
  /** The absolute paths of the shells in a root file system, such as `/bin/sh`. */
  shells: string[];
  /** The number of files that have file capabilities (the attribute `security.capability`). */
  capabilities: number;
}

/** The result of reading an upload once. It is plain JSON, which the inspect function hands to the convert function. */
export interface Inspection {
  /** The size and checksums of the upload as it is stored; null when it could not be read to its end. */
  upload: Sums | null;
  compression: Compression;
  /** True for an upload in gzip with nothing after the gzip data. Its bytes can be used as a layer as they are. */
  cleanGzip: boolean;
  /**
   * The size and checksums of the decompressed upload. The digest is the diffID of a container archive. Null when the
   * upload could not be read to its end.
   */
  content: Sums | null;
  /**
   * The size and checksums that the decompressed upload has after Lading compresses it as it was asked to. Null when no
   * compression was asked for, or when the upload has the compression already.
   */
  packed: Sums | null;
  /**
   * Set when the only file of the uploaded archive is another archive: the name of that file, and its offset in the
   * decompressed upload. The inspection then describes the inner archive.
   */
  inside: { member: string; start: number } | null;
  kind: ArchiveKind;
  /** The reasons for the `kind` of the upload, as phrases for the user. */
  evidence: Bilingual[];
  members: number;
  /** The size of all regular files in the archive together, in bytes. */
  fileBytes: number;
  /** The newest modification time of all members, in seconds since 1970; 0 when there is no member. */
  newestMtime: number;
  rootfs: RootfsFacts | null;
  /** The folder in which the archive has a root file system; absent when it is at the top, or when there are several. */
  rootFolder?: string;
  images: FoundImage[];
  /** For each image in `images`: the information from which it can be rebuilt, or null when it cannot be rebuilt. */
  sources: (ImageSource | null)[];
  /**
   * The facts about an image archive that decide which clients load it. Null for uploads of other kinds, and for an
   * archive that could not be read to its end.
   */
  shape: ArchiveShape | null;
  /**
   * For each image in `images`: the layers that a conversion makes anew because it was asked to, from the lowest up.
   * Absent when none was asked for.
   */
  rewritten?: RewrittenLayer[][];
  /**
   * Set by a quick look, which reads only headers and documents. Digests are then those that the archive states, and
   * `upload` and `content` are null. `toEnd` is false when the quick look stopped before the end of the archive.
   */
  quick?: { toEnd: boolean; bytesRead: number; requests: number };
  findings: Finding[];
  /** The changes by which the upload was mended; absent when it was not. */
  mended?: Changes;
  /**
   * Set when a container archive was mended: how, and the offset in the decompressed upload at which it ends. All other
   * fields but `upload`, `compression` and `inside` then describe the archive as it becomes.
   */
  mend?: { recipe: MendRecipe; end: number };
}

/** True when all headers of an archive were read, by a full inspection or a quick look. */
export function isReadToEnd({ content, quick }: Pick<Inspection, 'content' | 'quick'>): boolean {
  return content !== null || quick?.toEnd === true;
}
