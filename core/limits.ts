const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/**
 * All limits of Lading, with the unit in each name. An archive beyond a limit is refused with a finding, not cut short.
 */
export const LIMITS = {
  /** The most bytes of an upload after decompression: 1 TiB, some ten times as much as a Lambda invocation can hash. */
  contentBytes: 1024 * GiB,
  /**
   * The number of bytes to which even the smallest upload may expand. Decompressing 1 GiB of bzip2 or xz takes some 5 s
   * of CPU. A GiB of zeros, as in new database files, is 1 kB in bzip2 and 160 kB in xz.
   */
  expandedBytes: 1 * GiB,
  /**
   * The most bytes after decompression for each byte of an upload, with the layers inside it. gzip never reaches this
   * bound, because deflate expands at most 1,032 times. It allows 50 GiB of zeros in an xz file of 50 MB.
   */
  expansionRatio: 1100,
  /**
   * For the limits on decompression: each gzip member, zip entry, bzip2 stream, xz stream, or frame of zstd or lz4 counts
   * as this many bytes more than its content. Even an empty one takes some 10 microseconds, and a layer of a few kilobytes can
   * hold millions of them.
   */
  memberBytes: 8 * KiB,
  /**
   * The largest window of zstd and dictionary of xz and lzma, in bytes. It is held in memory. `zstd -d` allows 128 MiB, `xz -9`
   * needs 64 MiB.
   */
  windowBytes: 128 * MiB,
  /** The most members of an archive. Each takes 16 bytes in the set of paths. The largest exports have 2 million. */
  members: 10_000_000,
  /**
   * The most directories without a tar member of their own but with members inside. Each takes the memory of a member.
   */
  impliedDirectories: 1_000_000,
  /**
   * For a simulation of how engines unpack layers: the most members that are remembered, 150 bytes each. With more,
   * there is no simulation.
   */
  triedMembers: 100_000,
  /** For a simulation of how engines unpack layers: the most bytes that all member names kept for it may have. */
  triedBytes: 8 * MiB,
  /** For a simulation of how engines unpack layers: the most members of all images. Shared layers count each time. */
  triedTogether: 500_000,
  /**
   * For a simulation of how engines unpack layers: the most members of one image that are not ordinary files. Each
   * takes some 65 microseconds and 4 KiB with all engines. A layer with a whole distribution has some 10,000.
   */
  triedOdd: 14_000,
  /**
   * For a simulation of how engines unpack layers: the most work. Each followed path or link target counts 20, each of
   * its bytes 1, and each of its components 2. This much work takes about a second.
   */
  triedEffort: 45_000_000,
  /**
   * The most paths in the file system that results from all layers of an image: some 300 bytes each. It is also the most
   * members of layers that are merged in another order than they lie in, some 200 bytes more.
   */
  mergedPaths: 4_000_000,
  /**
   * The most bytes of all names and link targets of members when layers are merged, because they stay in memory. The
   * largest exports have some 160 MB.
   */
  mergedNameBytes: 256 * MiB,
  /** The most bytes of all link targets of members when layers are merged. They stay in memory with their links. */
  mergedTargetBytes: 64 * MiB,
  /**
   * The most members that are merged again because an image lists their layer more than once, at a microsecond each. One
   * counts once more for every 16 bytes of its name and its target. Honest images repeat only empty layers.
   */
  mergedAgain: 100_000,
  /**
   * The most bytes of symbolic links' targets that are followed when layers are merged, with the paths of members that lie
   * behind links of their own layer. A whole system has a million.
   */
  followedBytes: 20_000_000,
  /**
   * The most bytes of the paths of directories that no member gives, when layers are merged; 100 bytes count for each
   * directory besides. Some 300 bytes of memory each, and each becomes a member. Large layers have some 10 MB.
   */
  mergedImpliedBytes: 32 * MiB,
  /**
   * The most images of an archive whose files are described in the manifest. The layers of each are read once more, and
   * each takes some 400 KiB.
   */
  contentsImages: 16,
  /** For the files of an image: the most folders and files in the tree of what is big, some 300 bytes of JSON each. */
  folderEntries: 1000,
  /** For the files of an image: how many of the largest files, and of the largest wasted ones, are listed. */
  largestFiles: 100,
  /** For the files of an image: the most set-user-ID files that are listed, and files without an owner's name. */
  listedFiles: 100,
  /** For the files of an image: the fewest bytes of a file that is compared with others of the same size. */
  largeFileBytes: 1 * MiB,
  /** For the files of an image: the most files that are compared by their sizes, the largest first. */
  comparedFiles: 10_000,
  /**
   * For the files of an image: the most bytes that are read to compare contents, expanded ones included. It takes some
   * 10 seconds.
   */
  comparedBytes: 8 * GiB,
  /**
   * For the files of an image: the most bytes of all paths of changed files that are in memory at once, and of folders
   * with wasted bytes. A layer that changes 200,000 files has some 15 MB.
   */
  changedPathBytes: 256 * MiB,
  /** The most bytes of an `/etc/passwd` from which names of owners are taken. A large one has some 100 KiB. */
  passwdBytes: 1 * MiB,
  /** The most paths and directories of a layer that is mended (option `mend`): some 300 bytes each. */
  mendedPaths: 1_000_000,
  /** The most bytes of all paths of a layer that is mended, with the targets of hard links. A system has some 5 MiB. */
  mendedPathBytes: 128 * MiB,
  /**
   * The most members of a layer that are moved or left out when it is mended, or get a name from another member. Each
   * takes some 5 to 100 bytes in the hand-off.
   */
  mendedMembers: 200_000,
  /** The most changes that the archive manifest lists when layers are mended. Further ones are only counted. */
  mendedListed: 1000,
  /** The most bytes that the holes of all sparse files of a layer may have, so that mending writes them as zeros. */
  filledBytes: 4 * GiB,
  /** The most bytes of a PAX record or GNU long name. A Linux path has at most 4 KiB, an extended attribute 64 KiB. */
  recordBytes: 1 * MiB,
  /** The most bytes of all header blocks of one member that is rewritten. With two records they are 2 MiB. */
  headerBytes: 4 * MiB,
  /**
   * For a rewritten archive: the most bytes of headers that are kept to be written at another place. With more,
   * directories stay behind their first files, which every engine accepts; a layer that is mended is refused. A whole
   * system has some 2 MiB.
   */
  movedBytes: 32 * MiB,
  /**
   * The most members of the layers that the service makes one layer of. Each takes some 350 bytes of the convert
   * function's 512 MB. The largest images have some 500,000.
   */
  rewrittenMembers: 750_000,
  /**
   * The most members of layers that are read again because several images that are merged share them, besides ten times
   * all members. 7 microseconds each.
   */
  sharedMembers: 200_000,
  /** The most pieces of a split upload. S3 is asked about each, and 1,000 pieces of 60 MB are all that Lambda can read. */
  pieces: 1000,
  /** When an upload may be a piece of a split archive: the number of bytes that are searched for a first tar header. */
  pieceBytes: 64 * MiB,
  /** The most bytes of a file with the checksum of an archive beside it: some 600 lines of `sha256sum`. */
  checksumBytes: 64 * KiB,
  /** The longest path in a layer, in bytes. Layers are unpacked on Linux, whose PATH_MAX is 4096. */
  pathBytes: 4096,
  /** The longest component of a path, in bytes. It is NAME_MAX of Linux. */
  componentBytes: 255,
  /** The most bytes of one JSON document in an image archive. containers/image allows 4 MiB for a config. */
  documentBytes: 4 * MiB,
  /** The most bytes of JSON documents that are in memory at once while an image archive is read. */
  documentsBytes: 32 * MiB,
  /**
   * The most bytes in all JSON documents that describe images. A document of several images counts for each, because
   * the hand-off repeats it. A layer takes some 700 bytes in them, so 15,000 layers take 11 MB.
   */
  describedBytes: 12 * MiB,
  /** The most values and keys in one JSON document, 150 bytes each. An index with 10,000 tags has some 130,000. */
  documentValues: 150_000,
  /**
   * The most values and keys in a JSON document about one image. With 127 layers and 1,000 labels it has some 5,000.
   */
  imageValues: 50_000,
  /** The most values and keys in all JSON documents of an archive. One that several images share counts for each. */
  jsonValues: 500_000,
  /** The most values of the wrong type in one JSON document. Tools that write labels as numbers cause some dozens. */
  mistypedValues: 10_000,
  /** The deepest nesting of lists and objects in a JSON document, as in Go's encoding/json. Images need 6 levels. */
  jsonDepth: 10_000,
  /** The most images in an archive. All images of one machine are some hundreds. */
  images: 2000,
  /** The most names and tags of all images in an archive. A tag for each build of some years makes 10,000. */
  imageNames: 12_000,
  /** The most characters of one name of an image. Registries allow 255, and a host and a tag before and behind it. */
  nameCharacters: 4000,
  /** The most characters of a platform's names. They are in several documents and sentences. Real ones have some 20. */
  platformCharacters: 1000,
  /** The most layers of one image. Docker and overlayfs allow 127. */
  imageLayers: 1000,
  /** The most layers of all images in an archive. Each takes some 900 bytes in the hand-off, which holds 24 MiB. */
  listedLayers: 15_000,
  /** The most entries in `index.json` and all indexes below it. An entry that is listed again counts again. */
  descriptors: 100_000,
  /** The most levels of indexes that point to each other, `index.json` included. Tools write two. */
  indexDepth: 5,
  /**
   * The most archive members that may be blobs or documents of images, 3 KiB and 0.1 ms each. 300 images have 10,000.
   */
  blobs: 15_000,
  /** The most different findings about the images of an archive. Each takes some 2 KiB, and nobody reads more. */
  imageFindings: 2000,
  /** The most bytes of memory for the images, layers, documents and blobs of one archive together. */
  imageMemoryBytes: 160 * MiB,
  /** The most folders of an archive that are searched for a list of images. Often one folder surrounds everything. */
  folders: 1000,
  /** The most ranged reads in one quick look at an upload. An image has at most 127 layers. */
  quickReads: 500,
  /**
   * The most bytes read in one quick look at an upload. An image's documents have some 100 KiB; one read has 16 KiB.
   */
  quickBytes: 16 * MiB,
  /** The longest key of an object, in bytes, as in S3. Results whose key would be longer get a shortened one. */
  keyBytes: 1024,
  /**
   * The most bytes of all options of an upload, whether from its sidecar or elsewhere. The output of `docker inspect`
   * for a large container has some 20 KiB.
   */
  sidecarBytes: 512 * KiB,
  /** The most names that options may give to one image. Each is written into several documents. Ten are many. */
  optionNames: 1000,
  /** The deepest nesting of lists and objects in a sidecar or in the output of `docker inspect`, which has 8 levels. */
  optionsDepth: 100,
  /**
   * The most bytes that Dockerfile instructions in the options add to a config, once variables, patterns and port
   * ranges are expanded. containers/image has the same limit.
   */
  changedBytes: 4 * MiB,
  /**
   * The most bytes of the hand-off from the inspect function to the convert function, and of any other small object
   * that is read back.
   */
  inspectionBytes: 24 * MiB,
  /** The most bytes of the conversion request in a hand-off, with all variables expanded. */
  requestBytes: 6 * MiB,
  /** The most bytes of an archive manifest; above it, lists and texts are shortened. 127 layers make some 200 KiB. */
  manifestBytes: 8 * MiB,
  /** The most bytes of an archive manifest that is printed on a terminal; above it, lists and texts are shortened. */
  pageBytes: 1 * MiB,
  /**
   * The most bytes that the page in a browser collects in memory to save a file. Only what cannot be taken from the
   * archive as it lies there is collected, and only when the browser cannot write to the disk.
   */
  collectedBytes: 1 * GiB,
  /** The most bytes of a file that the page in a browser shows as text. The whole file can be saved. */
  shownTextBytes: 256 * KiB,
  /**
   * The most bytes of an archive manifest in GitHub's job summary. GitHub allows 1 MiB; escapes can need six times as
   * much.
   */
  jobSummaryBytes: 128 * KiB,
  /** The most findings with the same code that are kept; others are only counted. An image has at most 127 layers. */
  findingsOfACode: 128,
  /** The most characters of a name or other foreign text in a sentence. 512 bytes fit, even if all are escaped. */
  wordCharacters: 2048,
  /** The most bytes of one log line. CloudWatch cuts an event above 256 KiB, and then loses its metrics. */
  logLineBytes: 64 * KiB,
  /** The highest speed at which S3 may deliver an upload, in bytes per second. In Lambda it was 50 to 90 MB/s. */
  readBytesPerSecond: 100_000_000,
  /**
   * The highest speed at which layers may be rewritten, in decompressed bytes per second. One CPU of Lambda cannot
   * hash as fast.
   */
  rewriteBytesPerSecond: 1_000_000_000,
  /** The highest speed at which S3 may copy parts, in bytes per second. It is higher than any that was measured. */
  copyBytesPerSecond: 4_000_000_000,
  /** The most bytes of a completion event. EventBridge takes 256 KiB, envelope included. */
  completionBytes: 192 * KiB,
  /** The most bytes of a notification to `lading serve`. A notification about one object has 1 to 3 KiB. */
  notificationBytes: 1 * MiB,
  /**
   * The most connections for notifications to `lading serve` at a time. Each can hold `notificationBytes`. Ceph opens
   * some dozens.
   */
  notificationConnections: 256,
  /** The most bytes of the headers of a request to `lading serve`. Options travel in bodies, so 2 KiB are usual. */
  requestHeaderBytes: 16 * KiB,
  /** The most connections to the page of `lading serve` at a time. A browser opens some ten. */
  pageConnections: 256,
  /** The most results that are downloaded from the page at a time. From a bucket, each has 8 MiB in memory. */
  pageDownloads: 32,
  /** The most pages of `lading serve` that are told of changes at a time. Each may have some MiB in memory. */
  liveListeners: 32,
  /** The most bytes of changes that wait for one open page. A slower one is disconnected, and begins anew. */
  liveBytes: 1 * MiB,
  /** The most uploads that the page of `lading serve` lists, 1 to 14 KiB each. Those that changed last are kept. */
  shownUploads: 500,
  /** The most unfinished uploads through the page at a time. In front of a bucket, each has 8 MiB in memory. */
  unfinishedUploads: 16,
  /** The largest upload through the page of `lading serve`, in bytes: S3's 10,000 parts of 8 MiB are 78 GiB. */
  pageUploadBytes: 64 * GiB,
  /** The bytes that an upload through the page must leave free on the disk. The image archive needs room, too. */
  freeDiskBytes: 1 * GiB,
  /** The most keys that wait in `lading serve`, 1 KiB each. Further keys are found by the store's next listing. */
  waitingUploads: 10_000,
  /**
   * The most uploads that `lading serve` remembers as done, 8 bytes each. It looks at others again after each listing
   * of the store.
   */
  knownUploads: 1_048_576,
} as const;
