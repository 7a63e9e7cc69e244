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
  | 'unread'; // nothing of it is known: S3 does not give it, or the service has failed before

/** The size in bytes of some data, and two checksums of the data: the sha256 (`digest`) and the CRC-32. */
export interface Sums {
  size: number;
  digest: Digest;
  /**
   * The CRC-32 of the data, as an unsigned number. From such numbers, the CRC-32 of an image archive can be computed
   * before the archive is written. Null if no CRC-32 is wanted (`Tools.sumsCrc32`).
   */
  crc32: number | null;
}

/**
 * An image in an image archive, as the JSON documents of the archive (such as `manifest.json` and `index.json`)
 * describe it.
 */
export interface FoundImage {
  names: string[];
  /**
   * The tags that `index.json` gives to this image without an image name: `1.2` instead of `app:1.2`. Empty when there
   * are none.
   */
  tags: string[];
  platform: Platform | null;
  /**
   * The digest of the image config, which is the image ID in Docker's classic store; null when neither the config nor
   * its digest was found.
   */
  configDigest: Digest | null;
  /** The digest of the image's OCI manifest; null when the archive has no OCI manifest for the image. */
  manifestDigest: Digest | null;
  created: string | null;
  layers: FoundLayer[];
  config: Record<string, unknown> | null;
  history: Record<string, unknown>[];
}

/**
 * A layer of an image in an image archive. The fields come from the JSON documents of the archive, such as
 * `manifest.json`, and from the bytes of the layer if the archive contains them. A field is null when neither gives its
 * value.
 */
export interface FoundLayer {
  /** The path of the layer in the archive, as the JSON documents state it, with unprintable characters escaped. */
  path: string;
  mediaType: string | null;
  compression: Compression | null;
  digest: Digest | null;
  diffID: Digest | null;
  /** The size of the layer in bytes as it is stored; null when the archive does not contain the layer. */
  size: number | null;
  /**
   * The size of the layer in bytes after decompression. Null when the layer was not read, is damaged or is not a tar
   * archive, and when the archive does not contain it.
   */
  contentSize: number | null;
  members: number | null;
  createdBy: string | null;
}

/** What is needed to rebuild an image of the upload: the text of its config, and where its layers are in the upload. */
export interface ImageSource {
  names: string[];
  /**
   * The tags that `index.json` gives to this image without an image name: `1.2` instead of `app:1.2`. A conversion
   * makes the missing name from the key of the upload. Empty when there are none.
   */
  tags: string[];
  /**
   * The text of the image config, with values of the wrong type corrected. See `encoding` for a config that is not
   * UTF-8.
   */
  config: string;
  /**
   * Set when the image config is not valid UTF-8. Each character of `config` then stands for one byte. Absent for
   * UTF-8.
   */
  encoding?: 'latin1';
  /**
   * Set when engines refuse a layer of the image. The image is then only written if its layers are changed so that
   * engines accept them. Absent for other images.
   */
  refused?: true;
  /**
   * True when the image is in the format from before Docker 1.10. The JSON of its topmost layer then serves as the
   * config.
   */
  legacy: boolean;
  /**
   * The platform of all executables in the image, if the image config states another one. A conversion corrects the
   * config. Absent when nothing must be corrected.
   */
  platform?: Platform;
  /** The position of the image in `index.json`. Absent when `index.json` does not list the image. */
  place?: IndexPlace;
  layers: LayerSource[];
}

/** The position of an image in an OCI index, and the platform that the index states for the image. */
export interface IndexPlace {
  /**
   * The digest of the index that lists the image and its variants for other platforms. If `index.json` itself lists the
   * image, it is null; or it is the text `index.json`, when clients treat the images there as one image for several
   * platforms.
   */
  index: string | null;
  /** The position of the image, from 0, among all images that `index.json` lists, directly or through other indexes. */
  at: number;
  platform: IndexPlatform | null;
}

/**
 * A range of bytes in an archive: `start` is the offset of its first byte, `end` the offset of the first byte after it.
 */
export interface Stretch {
  start: number;
  end: number;
}

/**
 * An undamaged layer of an image in the upload, with its position in the decompressed archive and its checksums. With
 * this information, the layer can be written into a new image archive.
 */
export interface LayerSource {
  /** The offset in bytes at which the stored layer begins in the decompressed archive. */
  start: number;
  /**
   * For a layer that the archive stores as a sparse file: the byte range of its tar member, headers included, in the
   * decompressed archive. Absent for other layers.
   */
  sparse?: Stretch;
  stored: Sums;
  compression: Compression;
  /**
   * True when no bytes follow the compressed data of the layer, and for a layer that is not compressed. Some clients
   * refuse a layer with such bytes.
   */
  clean: boolean;
  content: Sums;
  /**
   * The size and checksums of the layer in the compression that the user asked for. Absent when the user asked for
   * none, and when the stored layer already has that compression.
   */
  packed?: Sums;
  /**
   * Set for a layer that is corrected so that container engines accept it. `recipe` lists the corrections. `size` is
   * the decompressed size in bytes before the correction; the field `content` describes the corrected layer. Absent for
   * other layers.
   */
  mend?: { recipe: MendRecipe; size: number };
}

/**
 * The properties of an image archive that decide which clients (programs such as Docker) can load it: in which folder
 * its documents lie, which of them list images, and the faults of documents and images.
 */
export interface ArchiveShape {
  /**
   * The folder in the archive that contains its documents, with a slash at the end. Empty when they are at the top
   * level. Clients look for them only there.
   */
  folder: string;
  /**
   * What the names of the archive's documents begin with: `./` when the archive has `./manifest.json`, `/` when it has
   * `/manifest.json`, empty when it has `manifest.json`.
   */
  prefix: '' | './' | '/';
  /** The images that `manifest.json` lists; null when it lists none. */
  docker: ListShape | null;
  /**
   * The images that `index.json` lists, the number of its entries, and the tags that these entries state in the
   * annotation `org.opencontainers.image.ref.name`. Null when `index.json` lists no image.
   */
  oci: (ListShape & { entries: number; tags: string[] }) | null;
  /**
   * The images that the old document `repositories` lists, also when a newer document lists images. Null when it lists
   * none.
   */
  legacy: ListShape | null;
  faults: DocumentFault[];
}

/**
 * The beginnings of fault codes that name a file at the top level of an image archive: the three documents that list
 * its images, and `oci-layout`, which marks an OCI layout.
 */
export type TopCode = 'manifest-json' | 'index-json' | 'oci-layout' | 'repositories';

/**
 * The codes of faults in the documents that list the images of an archive, such as `manifest.json`. Each fault makes
 * some clients refuse the archive or read it differently.
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

/**
 * The images that one document of an archive lists, such as `manifest.json`, and the faults for which some clients
 * refuse these images. `images` is their number.
 */
export interface ListShape {
  images: number;
  /** The names and tags of all images that the document lists, as it spells them. */
  names: string[];
  faults: ShapeFault[];
}

/**
 * The codes of faults of an image because of which at least one client cannot load it. A code is that of a finding (a
 * message for the user), or of a smaller fault that has no finding.
 */
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
 * A fault of a layer because of which one engine cannot unpack it. The code consists of engine, storage driver and the
 * code of the finding (a message for the user): `podman/vfs/duplicate-path`.
 */
export type UnpackFault =
  `${'docker-oldest' | 'docker-old' | 'docker' | 'podman-old' | 'podman' | 'containerd' | 'umoci-old' | 'umoci'}/${'vfs' | 'overlay'}/${FindingCode}`;

/** A new layer that is made from one or several layers of an image, and replaces them. */
export interface RewrittenLayer {
  /** The index (from 0 for the lowest) of the lowest layer that the new layer replaces. */
  first: number;
  /** The number of layers that the new layer replaces. They follow each other. */
  count: number;
  recipe: Recipe;
  /** The size and the checksums of the new layer before it is compressed. */
  sums: Sums;
  /**
   * The size and the checksums of the new layer in the compression that the user asked for. Absent when the user asked
   * for none.
   */
  packed?: Sums;
}

/** The facts about a root file system, such as its distribution and its platform. */
export interface RootfsFacts {
  distribution: { id: string; version: string | null; name: string } | null;
  /**
   * The platform of the executables in the root file system, from their ELF headers. If they are for several platforms,
   * the most frequent one. Null when there are none.
   */
  platform: Platform | null;
  /**
   * The number of ELF files for each platform, the most frequent platform first. Several platforms mean that files for
   * different machines were mixed.
   */
  elf: { platform: string; files: number }[];
  /**
   * The absolute paths of the shells in the root file system, such as `/bin/sh`, sorted. Empty when there is none, and
   * when no file has an execute permission bit.
   */
  shells: string[];
  /** The number of files that have file capabilities (the attribute `security.capability`). */
  capabilities: number;
}

/**
 * The result of reading an upload once, as plain JSON. In AWS, the inspect function makes it, and the convert function
 * uses it.
 */
export interface Inspection {
  /** The size and checksums of the upload as it is stored. Null when it was not read to its end. */
  upload: Sums | null;
  compression: Compression;
  /**
   * True for an upload in gzip with nothing after the compressed data. Its stored bytes can then be used as a layer as
   * they are.
   */
  cleanGzip: boolean;
  /**
   * The size and checksums of the decompressed upload. For the archive of a root file system, the digest is the diffID
   * of the layer that is made from it. Null when the upload was not read to its end.
   */
  content: Sums | null;
  /**
   * The size and checksums of the decompressed upload in the compression that the user asked for. Null when the user
   * asked for none, when the upload is stored in gzip and the user asked for gzip, and when the upload was not read to
   * its end.
   */
  packed: Sums | null;
  /**
   * Set when the only file in the uploaded archive is another archive: its name, and its offset in bytes in the
   * decompressed upload. The inspection then describes that inner archive. Null otherwise.
   */
  inside: { member: string; start: number } | null;
  kind: ArchiveKind;
  /** The reasons for which Lading recognised the upload as its `kind`, as phrases for the user. */
  evidence: Bilingual[];
  members: number;
  /** The sizes of all regular files in the archive together, in bytes. */
  fileBytes: number;
  /**
   * The newest modification time of all members of the archive, in whole seconds since 1970; 0 when there are no
   * members.
   */
  newestMtime: number;
  rootfs: RootfsFacts | null;
  /**
   * The folder in which the archive has a root file system, instead of at its top level. Absent when there is no such
   * folder, and when another root file system lies outside it.
   */
  rootFolder?: string;
  images: FoundImage[];
  /** What is needed to rebuild each image, in the order of `images`. Null for an image that cannot be rebuilt. */
  sources: (ImageSource | null)[];
  /**
   * The properties of an image archive that determine which clients can load it. Null for uploads of other kinds, and
   * for an archive that could not be read to its end.
   */
  shape: ArchiveShape | null;
  /**
   * The new layers that replace some layers of each image because the user asked to merge layers, in the order of
   * `images`. Of one image, the lowest new layer comes first. Absent when the user did not ask for it.
   */
  rewritten?: RewrittenLayer[][];
  /**
   * Set by a quick look, which reads only the tar headers and JSON documents of an archive; absent after a full
   * reading. Digests are then those that the archive states, and `upload` and `content` are null. `toEnd` is false when
   * the quick look stopped before the end. `bytesRead` is the number of bytes that were read, `requests` the number of
   * ranges.
   */
  quick?: { toEnd: boolean; bytesRead: number; requests: number };
  findings: Finding[];
  /** The changes that were made so that engines accept the layers of the upload. Absent when there were none. */
  mended?: Changes;
  /**
   * Set when the archive of a root file system is changed so that engines accept it. `recipe` is the list of changes.
   * `end` is the offset in bytes at which the unchanged archive ends in the decompressed upload. Most other fields then
   * describe the changed archive; `upload`, `compression` and `inside` still describe the upload. Absent otherwise.
   */
  mend?: { recipe: MendRecipe; end: number };
}

/** True when all headers of an archive were read, by a full inspection or by a quick look, which skips contents. */
export function isReadToEnd({ content, quick }: Pick<Inspection, 'content' | 'quick'>): boolean {
  return content !== null || quick?.toEnd === true;
}
