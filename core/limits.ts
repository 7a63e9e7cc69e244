const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** Every bound of Lading, with its unit in its name. An archive beyond one is refused with a finding, not cut short. */
export const LIMITS = {
  /** The most decompressed bytes of an upload: 1 TiB, some ten times more than one Lambda invocation can hash. */
  contentBytes: 1024 * GiB,
  /**
   * The number of bytes that even the smallest upload may expand to: 1 GiB takes bzip2 and xz some 5 s of CPU. A GiB of
   * zeros, as databases preallocate them, is 1 kB in bzip2 and 160 kB in xz.
   */
  expandedBytes: 1 * GiB,
  /**
   * The most expanded bytes for each byte of an upload, layers inside it included. Deflate expands at most 1,032 times,
   * so no gzip file reaches this bound. An xz file of 50 MB with a whole system in it may hold 50 GiB of zeros.
   */
  expansionRatio: 1100,
  /**
   * The expanded bytes that each gzip member, zip entry, bzip2 stream, xz stream and zstd frame counts for, even if it
   * is empty. Each takes some 10 microseconds, and a layer of some kilobytes can hold millions of them.
   */
  memberBytes: 8 * KiB,
  /**
   * The largest zstd window and xz dictionary in bytes; it is in memory. `zstd -d` allows 128 MiB, `xz -9` needs 64
   * MiB.
   */
  windowBytes: 128 * MiB,
  /** The most members of an archive. The set of paths takes 16 bytes for each. The largest exports have 2 million. */
  members: 10_000_000,
  /** The most directories without a tar member that have members below them. Each takes as much memory as a member. */
  impliedDirectories: 1_000_000,
  /** The most members that are kept to try how engines unpack layers: 150 bytes each. Beyond it, nothing is tried. */
  triedMembers: 100_000,
  /** The most bytes in the names of the members that are kept to try how engines unpack the layers (`triedMembers`). */
  triedBytes: 8 * MiB,
  /** The most members in all layers on which unpacking is tried. A layer that several images share counts for each. */
  triedTogether: 500_000,
  /**
   * The most members of a layer on which unpacking is tried, not counting ordinary files. Each takes some 65
   * microseconds and 4 KiB with all engines. A layer with a whole distribution has some 10,000.
   */
  triedOdd: 14_000,
  /**
   * The most work for all tries to unpack layers: 1 for each byte of a path or link target that is followed, 20 for
   * each path or target, and 2 for each component that is walked. This much takes about a second.
   */
  triedEffort: 45_000_000,
  /** The most paths in a merged file system, which is made of all layers of an image. Each takes some 300 bytes. */
  mergedPaths: 4_000_000,
  /**
   * Members that are merged again because their layer is listed more than once: a microsecond each. What honest images
   * repeat is an empty layer.
   */
  mergedAgain: 100_000,
  /** The most bytes of link targets that are followed when layers are merged. A whole system has about a million. */
  followedBytes: 20_000_000,
  /** The most bytes in a PAX or GNU long-name record: Linux paths end at 4 KiB, extended attributes at 64 KiB each. */
  recordBytes: 1 * MiB,
  /** The bytes in which the first tar header is searched, when an upload looks like a piece of a split archive. */
  pieceBytes: 64 * MiB,
  /** The longest path in a layer, in bytes. Layers are unpacked on Linux, whose PATH_MAX this is. */
  pathBytes: 4096,
  /** The longest component of a path, in bytes: NAME_MAX of Linux. */
  componentBytes: 255,
  /** The most bytes of one JSON document in an image archive: containers/image allows 4 MiB for a config. */
  documentBytes: 4 * MiB,
  /** The most bytes of JSON documents that are in memory at once while an image archive is read. */
  documentsBytes: 32 * MiB,
  /**
   * The most bytes in the documents that describe images, counted once for each image, because the hand-off contains
   * them. A layer takes some 700 bytes in them, so 15,000 layers take 11 MB.
   */
  describedBytes: 12 * MiB,
  /** The most values and keys in a JSON document: an index with 10,000 tags has some 130,000. Each takes 150 bytes. */
  documentValues: 150_000,
  /** The most values and keys in a document about one image: a config of 127 layers and 1,000 labels has some 5,000. */
  imageValues: 50_000,
  /** The most values and keys in all documents of an archive, counted once for each image. A layer has some 26. */
  jsonValues: 500_000,
  /** The most values of the wrong type in one JSON document: tools that write labels as numbers make some dozens. */
  mistypedValues: 10_000,
  /** The deepest nesting of lists and objects in a JSON document: that of Go's encoding/json. Images need 6 levels. */
  jsonDepth: 10_000,
  /** The most images in an archive: all images of a machine are some hundreds. */
  images: 2000,
  /** The most names and tags of all images in an archive: one tag for each build of some years makes 10,000. */
  imageNames: 12_000,
  /** The most layers of one image: Docker and overlayfs stop at 127. */
  imageLayers: 1000,
  /** The most layers of all images in an archive: each takes some 900 bytes in the hand-off, which holds 24 MiB. */
  listedLayers: 15_000,
  /** The most entries in `index.json` and in all indexes below it, each counted as often as it is listed. */
  descriptors: 100_000,
  /** The most levels of indexes that point to each other, `index.json` included: tools write two. */
  indexDepth: 5,
  /** The most members that could be blobs or documents of images: 3 KiB and 0.1 ms each. 300 images have 10,000. */
  blobs: 15_000,
  /** The most different findings about the images of an archive: each takes some 2 KiB, and nobody reads more. */
  imageFindings: 2000,
  /** The most bytes of memory for the images, layers, documents and blobs of an archive together. */
  imageMemoryBytes: 160 * MiB,
  /** The most folders of an archive that are searched for a list of images. One folder around everything is common. */
  folders: 1000,
  /** The most ranged reads in one quick look: an image has at most 127 layers, and an archive may have some images. */
  quickReads: 500,
  /** The most bytes read in one quick look: the documents of an image have some 100 KiB, a ranged read takes 16 KiB. */
  quickBytes: 16 * MiB,
  /** The longest key of an object, in bytes: S3's limit. Results whose key would be longer get a shortened one. */
  keyBytes: 1024,
  /**
   * The most bytes of a sidecar, and of all options together wherever they come from. The output of `docker inspect`
   * for a large container has some 20 KiB.
   */
  sidecarBytes: 512 * KiB,
  /** The most names that the options may give to one image. Each stands in several documents; ten are many. */
  optionNames: 1000,
  /** The deepest nesting of lists and objects in a sidecar or in `docker inspect`'s output, which has some 8 levels. */
  optionsDepth: 100,
  /**
   * The most bytes that Dockerfile instructions expand to, from variables, patterns and port ranges. containers/image
   * has the same limit.
   */
  changedBytes: 4 * MiB,
  /** The most bytes of the hand-off between the two functions, and of any other small result that is read back. */
  inspectionBytes: 24 * MiB,
  /** The most bytes of the conversion request in a hand-off, variables expanded. 18 MiB remain for the inspection. */
  requestBytes: 6 * MiB,
  /** The most bytes of an archive manifest: 127 layers make some 200 KiB. Beyond it, lists and texts are shortened. */
  manifestBytes: 8 * MiB,
  /** The most bytes of an archive manifest that a terminal shows. Beyond it, lists and texts are shortened there. */
  pageBytes: 1 * MiB,
  /** The most bytes of a manifest in GitHub's job summary. That takes 1 MiB, and an escape may take six characters. */
  jobSummaryBytes: 128 * KiB,
  /** The most findings of one code that are kept; others are counted. An image has at most 127 layers. */
  findingsOfACode: 128,
  /** The most characters of a name or other foreign text in a sentence: 512 bytes, each of them escaped. */
  wordCharacters: 2048,
  /** The most bytes of one log line: CloudWatch cuts an event of more than 256 KiB, and then loses its metrics. */
  logLineBytes: 64 * KiB,
  /** The highest rate at which S3 may deliver an upload, in bytes per second. In Lambda it was 50 to 90 MB/s. */
  readBytesPerSecond: 100_000_000,
  /** The highest rate at which S3 may copy parts, in bytes per second: higher than any that was measured. */
  copyBytesPerSecond: 4_000_000_000,
  /** The most bytes of a completion event: EventBridge takes 256 KiB, envelope included. */
  completionBytes: 192 * KiB,
  /** Bytes of a notification that `lading serve` reads: those of stores tell of one object in 1 to 3 KiB. */
  notificationBytes: 1 * MiB,
  /** Connections for notifications at a time. Each can hold `notificationBytes`. Ceph opens some dozens. */
  notificationConnections: 256,
  /** Keys that `lading serve` has in hand at a time: 1 KiB each. The next listing finds the others. */
  waitingUploads: 10_000,
  /** Uploads that `lading serve` remembers as done, 8 bytes each. Others are looked at again after each listing. */
  knownUploads: 1_048_576,
} as const;
