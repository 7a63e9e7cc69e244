const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Every bound of the service, with its unit in its name. An archive beyond one is refused by name, never cut short. */
export const LIMITS = {
  /** Decompressed bytes of an upload: 1 TiB, some ten times more than one invocation can hash before its deadline. */
  contentBytes: 1024 * GiB,
  /**
   * Bytes that every upload may expand to, however small it is: 1 GiB takes bzip2 and xz some 5 s of CPU. They store a
   * GiB of zeros, as databases preallocate them, in 1 kB and in 160 kB.
   */
  expandedBytes: 1 * GiB,
  /**
   * Further bytes that may be expanded for each byte of the upload, with the content of all its layers. Deflate expands
   * at most 1,032 times, so no gzip file reaches this bound. 50 MB of a system in xz may hold 50 GiB of zeros.
   */
  expansionRatio: 1100,
  /**
   * Expanded bytes that each gzip member, zip entry, bzip2 or xz stream and zstd frame counts for. Even an empty one costs
   * some 10 microseconds. In a layer of a compressed upload millions of them can be sent in some kilobytes.
   */
  memberBytes: 8 * KiB,
  /** How far back zstd and xz may refer: it is held in memory. The most `zstd -d` allows unasked; `xz -9` needs 64 MiB. */
  windowBytes: 128 * MiB,
  /** Members of an archive: the set of paths takes 16 bytes for each, and the largest exports seen have 2 million. */
  members: 10_000_000,
  /** Directories that have no member of their own, but must exist: each takes as much memory as a member. */
  impliedDirectories: 1_000_000,
  /** Members of layers, kept to try how engines unpack them: 150 bytes each. Beyond, only plain faults are found. */
  triedMembers: 100_000,
  /** Bytes of the names of `triedMembers`. */
  triedBytes: 8 * MiB,
  /** Members of all tried layers of all images together. A layer that several images have counts once for each. */
  triedTogether: 500_000,
  /**
   * Tried members of a layer that are no plain files beside others. Each takes some 65 microseconds and 4 KiB with all
   * engines. A layer with a whole distribution has some 10,000.
   */
  triedOdd: 14_000,
  /**
   * Effort of all tries: 1 for each byte of a path or of a link's target that is followed, 20 for each of them, and 2 for
   * each component that is walked. This much takes about a second.
   */
  triedEffort: 45_000_000,
  /** Paths of a merged file system that is listed: each costs some 300 bytes, so this is 1.2 GB. */
  mergedPaths: 4_000_000,
  /**
   * Members that are merged again because their layer is listed more than once: a microsecond each. What honest images
   * repeat is an empty layer.
   */
  mergedAgain: 100_000,
  /** Bytes of link targets that are followed when layers are merged. A whole system has about a million. */
  followedBytes: 20_000_000,
  /** One PAX or GNU long-name record: Linux paths end at 4 KiB and extended attributes at 64 KiB each. */
  recordBytes: 1 * MiB,
  /** Bytes in which the first tar header is searched, when an upload looks like one piece of a split archive. */
  pieceBytes: 64 * MiB,
  /** The longest path, in bytes. Layers are unpacked on Linux, whose PATH_MAX this is. */
  pathBytes: 4096,
  /** The longest component of a path, in bytes: NAME_MAX of Linux. */
  componentBytes: 255,
  /** Bytes of one JSON document in an image archive: containers/image allows 4 MiB for a config. */
  documentBytes: 4 * MiB,
  /** The most bytes of documents that are in memory at once while an archive is read. */
  documentsBytes: 32 * MiB,
  /**
   * Bytes of the documents that describe images, counted once for each image: they are in the hand-off. A layer takes some
   * 700 bytes in them, so 15,000 layers take 11 MB.
   */
  describedBytes: 12 * MiB,
  /** Values and keys of one document: an index with 10,000 tags has some 130,000. Each takes 150 bytes when read. */
  documentValues: 150_000,
  /** Values and keys of a document that lists no images: a config of 127 layers with 1,000 labels has some 5,000. */
  imageValues: 50_000,
  /** Values and keys of all documents, counted once for each image: a layer has some 26, so 15,000 layers have 400,000. */
  jsonValues: 500_000,
  /** Values of the wrong type in one document: tools that write labels as numbers make some dozens. */
  mistypedValues: 10_000,
  /** Nesting depth of lists and objects in a document: that of Go's encoding/json. Images need 6 levels. */
  jsonDepth: 10_000,
  /** Images in an archive: all images of a machine are some hundreds. */
  images: 2000,
  /** Names and tags of all images: one tag for each build of some years makes 10,000. */
  imageNames: 12_000,
  /** Layers that one image lists: Docker and overlayfs stop at 127. */
  imageLayers: 1000,
  /** Layers of all images together: each takes some 900 bytes in the hand-off, which holds 24 MiB in all. */
  listedLayers: 15_000,
  /** Entries of `index.json` and of all indexes below it, counted each time they are listed. */
  descriptors: 100_000,
  /** Levels of indexes that list each other, `index.json` included: tools write two. */
  indexDepth: 5,
  /** Members that could be blobs or documents of an image: 300 images have some 10,000. Each takes 3 KiB and 0.1 ms. */
  blobs: 15_000,
  /** Different findings about images: some 2 KiB each, and nobody reads more. */
  imageFindings: 2000,
  /** Memory for images, layers, documents and blobs together (image-budget.ts). No bound reached alone exceeds it. */
  imageMemoryBytes: 160 * MiB,
  /** Folders that are searched for a list of images: one folder around an archive is common. */
  folders: 1000,
  /** Ranged reads in one quick look: an image has at most 127 layers, and an archive may have some images. */
  quickReads: 500,
  /** Bytes read in one quick look: the documents of an image have some 100 KiB, and each ranged read takes 16 KiB. */
  quickBytes: 16 * MiB,
  /** A key in S3, in bytes: S3's own limit. The results of a longer key have a shortened prefix (keys.ts). */
  keyBytes: 1024,
  /** The sidecar `<key>.lading.json`, and all options together wherever they come from: `docker inspect` of a large container is some 20 KiB. */
  sidecarBytes: 512 * KiB,
  /** Names that one image is asked to have: each stands in several documents, and people give some ten at most. */
  optionNames: 1000,
  /** Nesting depth of lists and objects in a sidecar or in `docker inspect`: the engines print some 8 levels. */
  optionsDepth: 100,
  /** Bytes that variables, patterns, port ranges and relative paths in changes expand to: containers/image's limit. */
  changedBytes: 4 * MiB,
  /** Bytes of the hand-off between the two functions, or of any other small result that is read back. */
  inspectionBytes: 24 * MiB,
  /** Bytes of the request in a hand-off: a sidecar with its variables expanded. 18 MiB remain for the inspection. */
  requestBytes: 6 * MiB,
  /** Bytes of an archive manifest: 127 layers make some 200 KiB. Beyond it, lists and texts are shortened. */
  manifestBytes: 8 * MiB,
  /** Bytes of a manifest that are printed on a terminal. Beyond it, lists and texts are shortened there. */
  pageBytes: 1 * MiB,
  /** Findings of one code: an image has at most 127 layers, and nobody reads more. The others are only counted. */
  findingsOfACode: 128,
  /** Characters of a name or other text in a sentence: 512 bytes, each of them escaped. */
  wordCharacters: 2048,
  /** Bytes of one log line: CloudWatch cuts an event of more than 256 KiB, and then loses its metrics. */
  logLineBytes: 64 * KiB,
  /** The best rate at which S3 can be read, in bytes: 50 to 90 MB/s were measured in Lambda, at any memory size. */
  readBytesPerSecond: 100_000_000,
  /** The best rate at which S3 copies parts, in bytes: eight at a time, each faster than any copy that was seen. */
  copyBytesPerSecond: 4_000_000_000,
  /** Bytes of the completion event: EventBridge takes 256 KiB, envelope included. */
  completionBytes: 192 * KiB,
} as const;
