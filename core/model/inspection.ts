import type { Bilingual } from '../catalogue/bilingual.ts';
import type { Finding, FindingCode } from '../catalogue/findings.ts';
import type { Digest } from './digest.ts';
import type { IndexPlatform, Platform } from './platform.ts';

/** The compression found around an upload, by its magic bytes; `zip` is one that holds a single tar. */
export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'zip';

/** What an upload is, decided by its content (docs/formats.md). */
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
  | 'empty' // no members
  | 'not-an-archive'; // no tar archive at all, or unreadable from the start

/** Some stored bytes: how many, and their sums. */
export interface Sums {
  size: number;
  digest: Digest;
  /**
   * CRC-32 of the same bytes (unsigned): two of them can be combined, so the result's is known without reading it. Null
   * where nobody is going to see it (`Tools.sumsCrc32`).
   */
  crc32: number | null;
}

/** An image inside an image archive, as far as its metadata tells. */
export interface FoundImage {
  names: string[];
  /** Tags that `index.json` gives it without a name. */
  tags: string[];
  platform: Platform | null;
  /** The image ID of the classic Docker store: sha256 of the config. Null when the config was not found. */
  configDigest: Digest | null;
  /** The OCI manifest's digest, null when the archive has none. */
  manifestDigest: Digest | null;
  created: string | null;
  layers: FoundLayer[];
  config: Record<string, unknown> | null;
  history: Record<string, unknown>[];
}

/** A layer of a found image: what the archive's documents say, and what its bytes say where they were there. */
export interface FoundLayer {
  /** Where it lies in the archive. */
  path: string;
  mediaType: string | null;
  compression: Compression | null;
  digest: Digest | null;
  diffID: Digest | null;
  /** Bytes as stored. */
  size: number | null;
  /** Bytes when uncompressed. */
  contentSize: number | null;
  members: number | null;
  createdBy: string | null;
}

/** What an image can be rebuilt from: the text of its config, and where its layers lie. */
export interface ImageSource {
  names: string[];
  /** Tags without a name, for one that the key gives. */
  tags: string[];
  /** The bytes of the image config as UTF-8 text, what is of a wrong type put right. */
  config: string;
  /** Set for a config that is no valid UTF-8: its text has one character for each byte. */
  encoding?: 'latin1';
  /** True when the config is a layer description from before Docker 1.10. */
  legacy: boolean;
  /** What all its executables are for, where its config says something else. */
  platform?: Platform;
  /** Where `index.json` lists it; absent where that does not. */
  place?: IndexPlace;
  layers: LayerSource[];
}

/** Where an image stands in an index, and what is said of it there. */
export interface IndexPlace {
  /** The index that lists it with the same image for other platforms; null where `index.json` lists it by itself. */
  index: string | null;
  /** Its number among all images below `index.json`. */
  at: number;
  platform: IndexPlatform | null;
}

/** Some bytes of an archive, from an offset up to another. */
export interface Stretch {
  start: number;
  end: number;
}

/** A sound layer inside the decompressed archive. */
export interface LayerSource {
  /** Offset of its first byte. */
  start: number;
  /** Where it lies, headers and all, when the archive stores it as a sparse file. */
  sparse?: Stretch;
  stored: Sums;
  compression: Compression;
  /** True when the stored bytes end with the compressed data. */
  clean: boolean;
  content: Sums;
}

/** What clients see differently about an image archive, besides its images. */
export interface ArchiveShape {
  /** The folder that its documents lie in, with a slash; empty at the top, where clients look. */
  folder: string;
  /** What stands before the names of its documents. */
  prefix: '' | './' | '/';
  /** What `manifest.json` lists, null when it lists nothing. */
  docker: ListShape | null;
  /** What `index.json` lists: how many entries it has, and their tags (`org.opencontainers.image.ref.name`). */
  oci: (ListShape & { entries: number; tags: string[] }) | null;
  /** What `repositories` lists where there is nothing else. */
  legacy: ListShape | null;
  faults: DocumentFault[];
}

/** The documents that list the images. */
export type TopCode = 'manifest-json' | 'index-json' | 'oci-layout' | 'repositories';

/** What some clients mind in the documents that list the images. */
export type DocumentFault =
  | `${TopCode}-marked` // begins with a byte order mark
  | `${TopCode}-type` // a value is not of the type that clients read it into
  | `${TopCode}-continues` // something follows the JSON
  | 'manifest-json-type-short' // also for those who read names and layers only
  | 'manifest-json-type-crane'
  | 'index-type-new' // in a field that the structs of 2022 did not have
  | 'index-lists-nothing' // that is an image in the archive
  | 'manifest-json-gap' // an entry names no config
  | 'layout-version'
  | 'index-media-type'
  | 'index-size'
  | 'name-unqualified' // no whole name, with registry and tag
  | 'tag-ambiguous' // it leads to several manifests
  | 'types-of-docker' // media types that are not those of OCI
  | 'types-mixed' // Docker's for a manifest, others for its layers
  | 'config-of-docker' // in a manifest of OCI
  | 'platform-elsewhere' // nothing for linux/amd64
  | 'platform-lesser-absent' // linux/386 is listed, and not there
  | 'platform-not-in-index' // an index below the top one has nothing for linux/amd64
  | 'bytes-after-compression' // which some readers of the whole file refuse
  | 'members-attributes'; // extended attributes of macOS on members of the archive

/** The images in one document, and what is wrong with any of them in the eyes of some client. */
export interface ListShape {
  images: number;
  /** The names of all the images, as they stand there. */
  names: string[];
  faults: ShapeFault[];
}

/** Findings about an image and in its layers, and what some clients mind although it is no finding. */
export type ShapeFault =
  | FindingCode
  | UnpackFault
  | 'layers-untried' // too large to find out what becomes of what is odd in them
  | 'manifest-damaged' // the OCI manifest has not the digest it is called by
  | 'diffids-too-few'
  | 'diffids-too-many'
  | 'diffid-unreadable' // it is no digest
  | 'config-marked' // begins with a byte order mark
  | 'config-continues' // something follows its JSON
  | 'config-type-oci' // a value is not of the type in the OCI structs
  | 'config-type-docker' // in Docker's own
  | 'config-type-new' // in a field that Docker's structs of 2023 did not have
  | 'config-type-docker-29' // in Docker's own from version 29 on
  | 'config-type-store' // in those that Docker reads from the containerd store
  | 'config-type-crane'
  | 'manifest-marked' // the OCI manifest does
  | 'manifest-type'
  | 'manifest-type-new' // in a field that the structs of 2022 did not have
  | 'manifest-continues'
  | 'os-missing'
  | 'os-windows'
  | 'architecture-missing'
  | 'platform-other' // than linux/amd64
  | 'layer-linked' // its member is a link
  | 'layer-hard-linked'
  | 'layer-hard-linked-below' // in a folder
  | 'env-without-name' // a variable in the config has no name
  | 'env-without-value' // or no `=`
  | 'layers-absent' // an OCI manifest lists no layers, and the config has diffIDs
  | 'layer-zstd'
  | 'layer-rare' // bzip2 or xz
  | 'layer-trailing'; // bytes after a gzip layer's data

/** What an engine fails on when it unpacks the layers, and how it keeps them when it does. */
export type UnpackFault =
  `${'docker-oldest' | 'docker-old' | 'docker' | 'podman-old' | 'podman' | 'containerd' | 'umoci-old' | 'umoci'}/${'vfs' | 'overlay'}/${FindingCode}`;

/** What a root file system says about itself. */
export interface RootfsFacts {
  distribution: { id: string; version: string | null; name: string } | null;
  /** From the ELF headers of the members; null when there are no ELF files. */
  platform: Platform | null;
  /** ELF files per platform, most first: more than one means a mixed archive. */
  elf: { platform: string; files: number }[];
  /** Absolute paths of the shells found. */
  shells: string[];
  /** Members that carry file capabilities (`security.capability`). */
  capabilities: number;
}

/** Everything one pass over an upload tells. Plain JSON: it is the hand-off from inspect to convert. */
export interface Inspection {
  /** The upload as stored. Null sums when it could not be read to its end. */
  upload: Sums | null;
  compression: Compression;
  /** True when the stored gzip bytes can serve as a layer: they end with the last gzip member. */
  cleanGzip: boolean;
  /** The decompressed content; its digest is the diffID. Null when it could not be read to its end. */
  content: Sums | null;
  /** What the content would be as gzip; null when that was not asked for, or when the upload is gzip already. */
  packed: Sums | null;
  /** Where the archive lies when it is the only file in another one, whose decompressed bytes `start` counts. */
  inside: { member: string; start: number } | null;
  kind: ArchiveKind;
  /** Why it is taken for that kind, in plain words. */
  evidence: Bilingual[];
  members: number;
  /** Bytes of all regular files. */
  fileBytes: number;
  /** The newest modification time of any member, in seconds since the epoch (0 when there is none). */
  newestMtime: number;
  rootfs: RootfsFacts | null;
  images: FoundImage[];
  /** What each of `images` can be rebuilt from, null where it cannot. */
  sources: (ImageSource | null)[];
  /** How the image archive is laid out; null when it is none, or could not be read to its end. */
  shape: ArchiveShape | null;
  /**
   * Set when only headers and documents were read: digests are then what the archive says of itself, and there are
   * neither `upload` nor `content`. `toEnd` is false when even that could not be done to the end.
   */
  quick?: { toEnd: boolean; bytesRead: number; requests: number };
  findings: Finding[];
}

/** True when an archive was followed to its end, be it only by its headers. */
export function isReadToEnd({ content, quick }: Pick<Inspection, 'content' | 'quick'>): boolean {
  return content !== null || quick?.toEnd === true;
}
