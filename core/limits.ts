const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Every bound of the service, with its unit in the name. Beyond one of them an archive is refused by name, never cut short. */
export const LIMITS = {
  /** Decompressed bytes: 1 TiB, some ten times what one invocation can hash before its deadline. */
  contentBytes: 1024 * GiB,
  /**
   * Bytes that any upload may expand to, however small it is: 1 GiB, some 5 s of CPU for bzip2 and xz. They write a GiB of
   * zeros, as databases preallocate them, in 1 kB and in 160 kB.
   */
  expandedBytes: 1 * GiB,
  /**
   * Bytes that may be expanded beyond these for each byte of the upload, its layers included. Deflate cannot pass 1,032, so no
   * gzip meets it; 50 MB of a system in xz may hold 50 GiB of zeros.
   */
  expansionRatio: 1100,
  /** How far back zstd and xz may refer: it is held in memory. The most `zstd -d` allows unasked; `xz -9` needs 64 MiB. */
  windowBytes: 128 * MiB,
  /** Members: the set of paths costs about 16 bytes a member, and the largest exports seen hold 2 million. */
  members: 10_000_000,
  /** Directories that no member gives, but that must be there: each costs as much as a member. */
  impliedDirectories: 1_000_000,
  /** Members of layers that are kept, to try how engines unpack them: some 150 bytes each. Beyond, only plain faults are seen. */
  triedMembers: 100_000,
  /** The bytes of their names. */
  triedBytes: 8 * MiB,
  /** Members of the layers that are tried, of all images together: a layer that many images have counts for each. */
  triedTogether: 500_000,
  /** Paths of a merged file system that is listed: each costs some 300 bytes, so this is 1.2 GB. */
  mergedPaths: 4_000_000,
  /** One PAX or GNU long-name record: Linux paths end at 4 KiB and extended attributes at 64 KiB each. */
  recordBytes: 1 * MiB,
  /** Bytes of an unknown format in which the header of a tar archive is looked for: pieces are cut every some megabytes. */
  pieceBytes: 64 * MiB,
  /** A path, in bytes: PATH_MAX of Linux, where the layer will be unpacked. */
  pathBytes: 4096,
  /** One component of a path, in bytes: NAME_MAX of Linux's file systems. */
  componentBytes: 255,
  /** One JSON document inside an image archive (containers/image stops at 4 MiB for a config). */
  documentBytes: 4 * MiB,
  /** All the documents that are kept while an archive is read. */
  documentsBytes: 32 * MiB,
  /** Those that describe its images, each counted once for every image: they stand in the hand-off, which holds 24 MiB with all the rest. */
  describedBytes: 16 * MiB,
  /** Values and keys of one document: an index with 10,000 tags has some 130,000. Each costs some 150 bytes while it is read. */
  documentValues: 200_000,
  /** Values and keys of all of them, each document counted once for every image: three hundred images of 127 layers have some 600,000. */
  jsonValues: 750_000,
  /** Values of one document that are of the wrong type: tools that write labels as numbers do so some dozen times. */
  mistypedValues: 10_000,
  /** How deep lists and objects of a document lie in each other: as deep as encoding/json of Go goes. Images need 6 levels. */
  jsonDepth: 10_000,
  /** Images of an archive: all those of a machine are some hundreds. */
  images: 2000,
  /** Their names and tags: a tag for each build of some years are 10,000. */
  imageNames: 20_000,
  /** Layers that one image lists: Docker and overlayfs stop at 127. */
  imageLayers: 1000,
  /** Layers that all images list: each costs some 900 bytes in the hand-off, which holds 24 MiB with all the rest. */
  listedLayers: 15_000,
  /** Entries of `index.json` and of all indexes below it, each counted as often as it is listed. */
  descriptors: 100_000,
  /** How many indexes lie below each other, `index.json` among them: tools write two. */
  indexDepth: 5,
  /** Members that could be blobs or documents of an image: three hundred images have some 10,000. Each costs some 3 KiB, and a tenth of a millisecond. */
  blobs: 15_000,
  /** Different findings about images: some 2 KiB each, and nobody reads as many. */
  imageFindings: 2000,
  /** Memory for all of these together, by what one of each takes (image-budget.ts): any one of them alone stays below it. */
  imageMemoryBytes: 160 * MiB,
  /** Folders in which a list of images is looked for: one that was packed around an archive is enough. */
  folders: 1000,
  /** Ranged reads of one quick look: an image has at most 127 layers, and an archive may hold some images. */
  quickReads: 500,
  /** Bytes of one quick look: the documents of an image are some 100 KiB, and each hop costs 16 KiB. */
  quickBytes: 16 * MiB,
  /** A key in S3: the service's own limit. Longer results keep a shortened prefix (keys.ts). */
  keyBytes: 1024,
  /** The sidecar `<key>.lading.json`, and all options together wherever they come from: `docker inspect` of a large container is some 20 KiB. */
  sidecarBytes: 1 * MiB,
  /** Names that one image is asked to have: each stands in several documents, and people give some ten at most. */
  optionNames: 1000,
  /** How deep lists and objects of a sidecar or of `docker inspect` lie in each other: the engines print some 8 levels. */
  optionsDepth: 100,
  /** What the variables, patterns, ranges of ports and relative paths of changes make: containers/image takes no larger config. */
  changedBytes: 4 * MiB,
  /** The hand-off between the two functions, and any other small result that is read back. */
  inspectionBytes: 24 * MiB,
  /** What is asked for in a hand-off: a sidecar, with room for what its variables stand for. The inspection has the rest, some 18 MiB. */
  requestBytes: 6 * MiB,
  /** An archive manifest: it is read back, too. That of an image with 127 layers has some 200 KiB. Beyond it, lists and texts are shortened. */
  manifestBytes: 8 * MiB,
  /** The part of a manifest that becomes a page on a terminal. Beyond it, lists and texts are shortened there. */
  pageBytes: 1 * MiB,
  /** Findings of one code: an image has at most 127 layers, and nobody reads more. Of the others only the number is kept. */
  findingsOfACode: 128,
  /** Characters of a name or another text that stands in a sentence: 512 bytes, each of them escaped. */
  wordCharacters: 2048,
  /** One line of the log: CloudWatch takes 256 KiB an event, and cuts what is longer, so that its metrics are lost. */
  logLineBytes: 64 * KiB,
  /** How fast S3 is read at the very best, in bytes: between 50 and 90 MB/s were measured in Lambda, at any memory size. */
  readBytesPerSecond: 100_000_000,
  /** How fast S3 copies parts at the very best, in bytes: eight at a time, each faster than any that was seen. */
  copyBytesPerSecond: 4_000_000_000,
  /** The completion event: EventBridge takes 256 KiB, envelope included. */
  completionBytes: 192 * KiB,
} as const;
