const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/**
 * All limits of Lading. Each name ends with the unit, or says what is counted. An upload that exceeds a limit is in
 * most cases refused with the finding `limit-exceeded`, and not processed in part. docs/security.md says for each limit
 * what happens beyond it.
 */
export const LIMITS = {
  /**
   * The most decompressed bytes of an upload: 1 TiB, some ten times as much as a Lambda invocation can hash. An upload
   * with more is refused.
   */
  contentBytes: 1024 * GiB,
  /**
   * The number of decompressed bytes that every upload may have, however small it is. Only the bytes beyond them are
   * limited by `expansionRatio`. Decompressing 1 GiB of bzip2 or xz takes some 5 s of CPU. A GiB of zeros, as in new
   * database files, is 1 kB in bzip2 and 160 kB in xz.
   */
  expandedBytes: 1 * GiB,
  /**
   * The most decompressed bytes for each stored byte of an upload, not counting the first GiB (`expandedBytes`). An
   * upload with more is refused. The decompressed bytes of compressed layers inside the upload are counted, too. gzip
   * never reaches this bound, because deflate expands at most 1,032 times. An xz file of 50 MB may hold 50 GiB of
   * zeros.
   */
  expansionRatio: 1100,
  /**
   * The number of bytes as which each unit of compressed data counts, in addition to its content, when decompressed
   * bytes are counted. A unit is a bzip2 or xz stream, a frame of zstd or lz4, an lz4 block, an LZMA2 chunk, or the zip
   * entry that holds the archive. Some units count several times as much: a gzip member or another zip entry 2 times, a
   * block of xz or bzip2 4 times, and a zstd frame with a checksum or a compressed block 6 times. Each compressed block
   * of zstd counts 64 KiB more, half of its most content. Each filter of an xz block counts the chunks of the block, and
   * their content, once more. The limits for decompressed bytes thus limit the time, too: even an empty unit takes some
   * 10 microseconds, and a layer of a few kilobytes can hold very many.
   */
  memberBytes: 8 * KiB,
  /**
   * The number of bytes as which each byte of compressed data counts, when that data is a layer, or was decompressed
   * itself. It takes a decoder up to 0.3 microseconds, and many such bytes take almost no room in an upload that is
   * compressed, too.
   */
  packedByteBytes: 128,
  /**
   * The number of bytes as which each tar header, each PAX record and each entry in the map of a sparse file counts, in
   * addition to its content, when decompressed bytes are counted. Each 64 bytes of such records and maps count as much,
   * and so do each 16 bytes of a member's name and link target. A member counts twice. Each takes some 0.3 microseconds
   * or more. In a compressed archive, such bytes take almost no room.
   */
  entryBytes: 512,
  /**
   * The number of bytes as which each compressed layer counts, in addition to its content, when decompressed bytes are
   * counted. A compressed upload counts as much. To make a decompressor takes up to two milliseconds, and a small
   * upload can hold very many small layers. An archive of 500 layers stays below the first GiB (`expandedBytes`).
   */
  decompressorBytes: 2 * MiB,
  /**
   * The number of bytes that are added to the count of decompressed bytes for each layer of an image archive that is
   * compressed because the options ask for it. To make a compressor takes some 0.3 milliseconds, and each layer is
   * compressed twice. An archive of 1,000 layers stays below the first GiB (`expandedBytes`).
   */
  packerBytes: 1 * MiB,
  /**
   * The number of bytes as which each layer that an image lists counts, in addition to its content, when decompressed
   * bytes are counted. A layer takes some 20 KiB of memory in all, and 0.3 milliseconds. An archive whose images list
   * 2,700 layers stays below the first GiB (`expandedBytes`).
   */
  listedLayerBytes: 384 * KiB,
  /**
   * The number of bytes as which each character in the names and tags of an image counts, when decompressed bytes are
   * counted. Names are copied into several documents. So each character takes some 40 bytes of memory in all.
   */
  nameCharacterBytes: 512,
  /**
   * The largest window of zstd, and the largest dictionary of xz and lzma, in bytes. A decompressor holds it in memory.
   * An upload that needs a larger one is refused. `zstd -d` allows 128 MiB, `xz -9` needs 64 MiB.
   */
  windowBytes: 128 * MiB,
  /**
   * The most members of a tar archive. An archive with more is refused. Each takes 16 bytes in a set of all paths. The
   * largest exports have 2 million.
   */
  members: 10_000_000,
  /**
   * The most paths that a look-up in the set of all paths of an archive has to pass before it finds a path or a free
   * place. There are more only if somebody chose the paths so that their hashes are alike: among 10 million other paths,
   * a look-up never passes more than some 500.
   */
  collidingPaths: 1000,
  /**
   * The most directories, in all layers of an archive together, that have no tar member of their own but have members
   * inside. An archive with more is refused. In a layer, such directories count only when there are more of them than
   * members. Each takes as much memory as a member.
   */
  impliedDirectories: 1_000_000,
  /**
   * The most members, of all layers of an archive, that are kept in memory to simulate how engines unpack the layers.
   * Each takes 150 bytes. An image with a layer beyond that is not simulated, and only faults that show without a
   * simulation are found in it.
   */
  triedMembers: 100_000,
  /**
   * The most bytes of the names and link targets of all members that are kept in memory to simulate how engines unpack
   * layers. An image with a layer beyond that is not simulated, and only faults that show without a simulation are
   * found in it.
   */
  triedBytes: 8 * MiB,
  /**
   * The most members in a simulation of how engines unpack layers, for all images of an archive together. Images beyond
   * that are not simulated. Directories without a tar member of their own are counted, too. The members of a layer that
   * several images share are counted again for each image.
   */
  triedTogether: 500_000,
  /**
   * The most members of one image in a simulation of how engines unpack its layers. An image with more is not
   * simulated. Most plain files are left out before the members are counted, so these are mainly directories and links.
   * To simulate all engines, each takes some 65 microseconds and 4 KiB. An image of a whole distribution has some
   * 10,000.
   */
  triedOdd: 14_000,
  /**
   * The most steps of work in all simulations of how engines unpack the layers of an archive. All of them take about a
   * second. For an image whose simulation needs more steps, only faults that show without a simulation are found. To
   * follow a path or link target counts 20, and in addition 1 for each of its bytes and 2 for each of its components.
   * Each byte of a name or link target in an image's layers counts 1 more.
   */
  triedEffort: 45_000_000,
  /**
   * The most paths in the file system that all layers of an image make together. Each takes some 300 bytes of memory.
   * With more, the layers cannot be merged, which is reported as `limit-exceeded`. If layers must be merged in another
   * order than they have in the upload, their members are kept in memory first. The same limit holds for the number of
   * these members, and each takes some 200 more bytes.
   */
  mergedPaths: 4_000_000,
  /**
   * The most members that are read to merge layers into one file system, for all images of an upload together. Each
   * takes some 350 bytes of memory and up to 20 microseconds. The limit is raised by one member for every 64 bytes of
   * the upload.
   */
  mergedMembers: 70_000,
  /**
   * The most bytes of the names and link targets of all members when the layers of an image are merged into one file
   * system. They stay in memory. With more, the layers cannot be merged, which is reported as `limit-exceeded`. The
   * largest exports have some 160 MB.
   */
  mergedNameBytes: 256 * MiB,
  /**
   * The most bytes of the link targets of all members when the layers of an image are merged into one file system. They
   * stay in memory. With more, the layers cannot be merged, which is reported as `limit-exceeded`.
   */
  mergedTargetBytes: 64 * MiB,
  /**
   * The most members that are merged again because an image lists their layer more than once. With more, the layers
   * cannot be merged, which is reported as `limit-exceeded`. Each takes a microsecond. Each 16 bytes of a member's name
   * and link target count as one member more. Usually, only empty layers are listed more than once.
   */
  mergedAgain: 100_000,
  /**
   * The most bytes of paths that are followed when the layers of images are merged into file systems. These are the
   * targets of symbolic links, and the real paths of members whose names lead through such links. Each member raises
   * the limit by 64 bytes. With more, the layers cannot be merged, which is reported as `limit-exceeded`. A whole
   * system has a million such bytes.
   */
  followedBytes: 10_000_000,
  /**
   * The most components of members' paths that are looked up when the layers of images are merged into file systems.
   * Each member raises the limit by 16. With more, the layers cannot be merged, which is reported as `limit-exceeded`.
   * Each component takes some 0.2 microseconds. Paths of real systems have some 8.
   */
  mergedSteps: 5_000_000,
  /**
   * The most bytes of the paths of directories that have no tar member of their own, when the layers of an image are
   * merged into one file system. For each directory, 100 bytes are added to the length of its path. With more, the
   * layers cannot be merged, which is reported as `limit-exceeded`. A directory takes some 300 bytes of memory, and
   * becomes a member of the merged layer. Large layers have some 10 MB of such paths.
   */
  mergedImpliedBytes: 32 * MiB,
  /**
   * The most images of an archive whose files are described in the archive manifest, the JSON that says what was found.
   * The files of further images are not described. The layers of each image are read once more, and its description
   * takes some 400 KiB.
   */
  contentsImages: 16,
  /**
   * The number of decompressed bytes that may be read to describe the files of all images, in addition to two readings
   * of each layer. `contentsRatio` raises this limit in proportion to the size of the upload. A layer that several
   * images share is read again for each of them. An image for which too few bytes are left is not described, or its
   * files are not compared.
   */
  contentsBytes: 64 * MiB,
  /**
   * The number of bytes by which each byte of an upload raises the limit `contentsBytes`. An upload of 700 MB with ten
   * images that share base layers of 2 GB needs a ratio of 60.
   */
  contentsRatio: 100,
  /**
   * The most folders and files in the list of what takes most space in an image; smaller ones are left out. The list is
   * a tree, and each entry takes some 300 bytes of JSON.
   */
  folderEntries: 1000,
  /**
   * The most files in the list of an image's largest files; smaller ones are left out. The list of the largest files
   * that a later layer replaced or deleted has the same limit.
   */
  largestFiles: 100,
  /**
   * The most entries in the list of an image's set-user-ID and set-group-ID files, and in the list of its files whose
   * owner is not in `/etc/passwd`. Further files are only counted.
   */
  listedFiles: 100,
  /**
   * The smallest size, in bytes, of a file in an image that is compared with other files of the same size to find
   * duplicates. Smaller files are not compared, because they waste little.
   */
  largeFileBytes: 1 * MiB,
  /**
   * The most files of an image that are compared to find duplicates. If there are more, the smallest are not compared.
   */
  comparedFiles: 10_000,
  /**
   * The most decompressed bytes of an image's files that are compared with each other to find duplicates. The largest
   * files come first; those beyond the limit are not compared. Reading so many bytes takes some 10 seconds.
   */
  comparedBytes: 8 * GiB,
  /**
   * The most bytes of paths that are in memory at once while the changes that each layer of an image makes are
   * collected. They are the paths of files that a layer changed or deleted, and of the folders that had these files.
   * With more, the files of the image are not described. A layer that changes 200,000 files has some 15 MB.
   */
  changedPathBytes: 256 * MiB,
  /**
   * The number of folder levels that have entries of their own in the list of what takes most space in an image. Files
   * that lie deeper are listed in the folder of the last such level.
   */
  folderDepth: 50,
  /**
   * The most layers that are named for each folder in the list of what takes most space in an image. They are the
   * layers with most of the folder's bytes; the others are left out.
   */
  folderLayers: 100,
  /**
   * The largest `/etc/passwd`, in bytes, from which the users of an image are read. With a larger one, Lading does not
   * say which files have no owner's name. A large one has some 100 KiB.
   */
  passwdBytes: 1 * MiB,
  /**
   * The most paths in all layers to which the option `mend` is applied, which changes layers so that engines accept
   * them. An upload with more is refused. The paths of the directories above the members are included. Each path takes
   * some 300 bytes of memory and some 5 microseconds. The limit is raised by one path for every 256 bytes of the upload.
   */
  mendedPaths: 120_000,
  /**
   * The most bytes of all paths and targets of hard links in a layer to which the option `mend` is applied, which
   * changes layers so that engines accept them. An upload whose layer has more is refused. A system has some 5 MiB.
   */
  mendedPathBytes: 128 * MiB,
  /**
   * The most layers that the option `mend` (which makes engines accept layers) changes in one archive. An archive that
   * needs more is refused. Each takes some 0.4 ms, however small it is: it is read again, hashed, written and
   * inspected. Images have some ten layers, and hardly any of them must be changed.
   */
  mendedLayers: 2000,
  /**
   * As `mendedLayers`, when the layers are to be compressed, too. An archive that needs more is refused. Each layer is
   * compressed twice and decompressed once, which takes four times as long as to mend a small one.
   */
  packedMendedLayers: 500,
  /**
   * The most members that the option `mend` (which makes engines accept layers) moves, renames, leaves out or links to
   * another target in one layer. An upload whose layer needs more is refused. Each takes some 5 to 100 bytes in the
   * JSON document that the inspect function leaves for the convert function.
   */
  mendedMembers: 200_000,
  /**
   * The most members of all layers that the option `mend` changes, moves or leaves out. Each takes some 25
   * microseconds, because it is decided, written twice and inspected again. The limit is raised by one member for every
   * 256 bytes of the upload.
   */
  changedMembers: 40_000,
  /**
   * The most changes by the option `mend` that the archive manifest, the JSON that says what was done, lists. Further
   * changes are only counted.
   */
  mendedListed: 1000,
  /**
   * The most bytes in the holes of all sparse files of an upload to which the option `mend` is applied. An upload with
   * more is refused. `mend`, which changes layers so that engines accept them, writes these holes as zeros. For a small
   * upload, the limits are `expandedBytes` and `expansionRatio`.
   */
  filledBytes: 4 * GiB,
  /**
   * The most bytes of a PAX record or GNU long name. An archive with a longer one is refused. A Linux path has at most
   * 4 KiB, an extended attribute 64 KiB.
   */
  recordBytes: 1 * MiB,
  /**
   * The most bytes of the header blocks of one tar member, in a layer that is written anew. A layer with more is
   * refused. Two PAX records at `recordBytes` take 2 MiB.
   */
  headerBytes: 4 * MiB,
  /**
   * The most bytes that are kept in memory for each of three kinds of data when an archive is written anew. The first
   * kind is the headers of directories that come after members inside them: when layers are merged, such headers are
   * moved in front of these members. Above the limit, further headers stay where they are, which every engine accepts.
   * The second kind is the headers of hard links that the option `mend` moves. The third kind is the new names of
   * members when layers are merged. If the second or the third kind exceeds the limit, the archive is refused. A whole
   * system has some 2 MiB.
   */
  movedBytes: 32 * MiB,
  /**
   * The most members of the layers that the service in AWS makes into one layer. If they have more, the conversion is
   * refused. Each takes some 350 bytes of the convert function's 512 MB. The largest images have some 500,000.
   */
  rewrittenMembers: 750_000,
  /**
   * The number of tar members that may be read again when the layers of each image are merged into one. An archive that
   * needs more is refused, but one of its images can be chosen. A layer that several images share is read once for each
   * of them, and its first reading is not counted. The limit is raised by one member for every 8 KiB of layers that are
   * read, and by one member for every 64 bytes of the upload. Layers are read up to four times, and each member takes up
   * to 7 microseconds each time.
   */
  sharedMembers: 30_000,
  /**
   * The number of decompressed bytes that may be read again when the layers of each image are merged into one. The first
   * reading of each layer is not counted. Each byte of the upload raises the limit by 100 bytes. Each byte is read up to
   * four times, and written as part of a layer.
   */
  sharedBytes: 256 * MiB,
  /**
   * The most pieces of an archive that was split into several uploads. An archive with more is refused. S3 is asked
   * about each. Lambda cannot read more than 1,000 pieces of 60 MB.
   */
  pieces: 1000,
  /**
   * The number of bytes at the beginning of an upload that are searched for a tar header when the upload may be a piece
   * of a split archive. Without a header there, the format of the upload stays unknown.
   */
  pieceBytes: 64 * MiB,
  /**
   * The largest file beside an archive, in bytes, that is read because it may state the archive's checksum. A larger
   * file is not looked at. Some 600 lines of `sha256sum` fit into a file of this size.
   */
  checksumBytes: 64 * KiB,
  /**
   * The longest path in a layer, in bytes: PATH_MAX of Linux, on which layers are unpacked. A longer one gets the
   * finding `path-too-long`.
   */
  pathBytes: 4096,
  /**
   * The longest component of a path in a layer, in bytes: NAME_MAX of Linux. A longer one gets the finding
   * `path-too-long`.
   */
  componentBytes: 255,
  /**
   * The most bytes of all names and link targets in the layers of an upload that have more than 255 bytes each
   * (`componentBytes`). An upload with more is refused. Each byte takes some 20 nanoseconds, because a path is looked
   * at for each of its components. A megabyte of zstd can hold a gigabyte of them.
   */
  longNameBytes: 48 * MiB,
  /**
   * The most bytes of one JSON document in an image archive. A larger one is refused. containers/image allows 4 MiB for
   * a config.
   */
  documentBytes: 4 * MiB,
  /**
   * The most bytes of JSON documents that are in memory at once while an image archive is read. Documents that come
   * later in the archive are not read, and an archive whose images need one of them is refused. The lists of images,
   * such as `manifest.json`, may take as many bytes again.
   */
  documentsBytes: 32 * MiB,
  /**
   * The most bytes in all JSON documents of an archive that describe images. An archive with more is refused. The bytes
   * of a document that describes several images are counted again for each image. A layer takes some 700 bytes in the
   * documents, so 15,000 layers take 11 MB.
   */
  describedBytes: 12 * MiB,
  /**
   * The most values and keys in one JSON document that lists images. A document with more is refused. Each takes 150
   * bytes of memory. An index with 10,000 tags has some 130,000.
   */
  documentValues: 150_000,
  /**
   * The most values and keys in a JSON document about one image. A document with more is refused. With 127 layers and
   * 1,000 labels, it has some 5,000.
   */
  imageValues: 50_000,
  /**
   * The most values and keys in all JSON documents of an archive together. An archive with more is refused. Those of a
   * document that several images share are counted again for each image, and those of a document to which several links
   * lead are counted for each link.
   */
  jsonValues: 500_000,
  /**
   * The most values in one JSON document that are not of the type that clients expect. A document with more is refused.
   * Tools that write labels as numbers cause some dozens.
   */
  mistypedValues: 10_000,
  /**
   * The deepest nesting of lists and objects in a JSON document, as in Go's encoding/json. A deeper one is refused.
   * Images need 6 levels.
   */
  jsonDepth: 10_000,
  /** The most images in an archive. An archive with more is refused. All images of one machine are some hundreds. */
  images: 2000,
  /**
   * The most names and tags of all images in an archive. An archive with more is refused. If each build adds a tag,
   * there are some 10,000 after some years.
   */
  imageNames: 12_000,
  /**
   * The most characters of one image name. An archive with a longer one is refused. Registries allow 255, to which a
   * host name and a tag are added.
   */
  nameCharacters: 4000,
  /**
   * The most characters in the names of a platform, such as `linux/arm/v7`. An archive with a longer one is refused,
   * because these names are repeated in several documents and sentences. Real ones have some 20.
   */
  platformCharacters: 1000,
  /**
   * The most layers of one image. An archive that has an image with more is refused. Docker and overlayfs allow 127.
   */
  imageLayers: 1000,
  /**
   * The most layers of all images in an archive together. An archive with more is refused. Each takes some 900 bytes in
   * the JSON document that the inspect function leaves for the convert function. That document may have 24 MiB.
   */
  listedLayers: 15_000,
  /**
   * The most entries in `index.json` and all indexes that it leads to. An archive with more is refused. An entry that
   * is listed twice counts twice.
   */
  descriptors: 100_000,
  /**
   * The most OCI indexes in a chain in which each index lists the next one, beginning with `index.json`. An archive
   * with a longer chain is refused. The chains that tools write have at most two indexes.
   */
  indexDepth: 5,
  /**
   * The most members of an archive that may be blobs or documents of images. An image archive with more is refused.
   * Each takes 3 KiB of memory and 0.1 ms. An archive of 300 images has 10,000.
   */
  blobs: 12_000,
  /**
   * The most different findings (problems reported to the user) about the images of an archive. An archive with more is
   * refused. Each takes some 2 KiB of memory, and nobody reads more.
   */
  imageFindings: 2000,
  /**
   * The most bytes of memory for everything that is kept about the images of one archive: images, names, layers,
   * documents and blobs. They are estimated from the numbers of these. An archive that needs more is refused.
   */
  imageMemoryBytes: 160 * MiB,
  /**
   * The most folders of an archive that may have a list of images, such as `manifest.json`, in them. If there are more,
   * none of these folders is searched for images. Usually there is at most one, which contains everything else.
   */
  folders: 1000,
  /**
   * The most ranged reads of a quick look, which reads only the headers and documents of an upload. A quick look that
   * needs more ends with the finding `not-quick`. It takes about one read for each layer, because layers are skipped.
   * An image has at most 127 layers.
   */
  quickReads: 500,
  /**
   * The most bytes read by a quick look, which reads only the headers and documents of an upload. A quick look that
   * needs more ends with the finding `not-quick`. An image's documents have some 100 KiB. One read has 16 KiB.
   */
  quickBytes: 16 * MiB,
  /**
   * The longest key of an object in bytes, as in S3. If the key of an upload is so long that the keys of its results
   * would be longer, they are made from a shortened key that ends with a hash of the whole one.
   */
  keyBytes: 1024,
  /**
   * The most bytes of all options of an upload, wherever the options are given. It is also the largest sidecar, the
   * object `<key>.lading.json` that holds options. Longer options are refused. The output of `docker inspect` for a
   * large container has some 20 KiB.
   */
  sidecarBytes: 512 * KiB,
  /**
   * The most names that the options may give to one image. Options with more are refused. Each name is written into
   * several documents. Users rarely need more than ten.
   */
  optionNames: 1000,
  /**
   * The deepest nesting of lists and objects in JSON options, and in the output of `docker inspect`, which has 8
   * levels. Deeper ones are refused.
   */
  optionsDepth: 100,
  /**
   * The most bytes that Dockerfile instructions in the options may add to an image config. Counted are the bytes that
   * variables and port ranges become, and copies of the working directory or the shell of the image. The work of
   * matching shell patterns is added to these bytes. Options that need more are refused. containers/image allows
   * configs of the same size.
   */
  changedBytes: 4 * MiB,
  /**
   * The most bytes of the hand-off, the JSON document that the inspect function leaves for the convert function. An
   * upload that needs more is refused. Other small objects that Lading stores and reads again have the same limit.
   */
  inspectionBytes: 24 * MiB,
  /**
   * The most bytes of the parsed options of an upload, with all variables expanded, in the JSON document that the
   * inspect function leaves for the convert function. Options that need more are refused.
   */
  requestBytes: 6 * MiB,
  /**
   * The most bytes of an archive manifest, the JSON that says what an upload is and what became of it. Lists and texts
   * are shortened to keep the limit. An image with 127 layers makes some 200 KiB.
   */
  manifestBytes: 8 * MiB,
  /**
   * The most bytes of JSON from which a description of an archive is printed on a terminal. Lists and texts are
   * shortened to keep the limit.
   */
  pageBytes: 1 * MiB,
  /**
   * The most bytes that Lading's web page collects in the memory of a browser to save a file. A larger file is not
   * saved; the page shows the command for a terminal instead. Bytes are collected only when the browser cannot write to
   * the disk and the file is not a range of the opened archive.
   */
  collectedBytes: 1 * GiB,
  /**
   * The most bytes of a file in an image that Lading's web page shows as text. Of a longer file, the beginning is
   * shown. The whole file can be saved.
   */
  shownTextBytes: 256 * KiB,
  /**
   * The most bytes of JSON from which a description of an archive is made for GitHub's job summary. Lists and texts are
   * shortened to keep the limit. GitHub allows 1 MiB of Markdown, and escapes can make a text six times as long.
   */
  jobSummaryBytes: 128 * KiB,
  /**
   * The most findings (problems reported to the user) with the same code that are kept. Further ones are only counted.
   * One finding for each layer of an image can be kept, because an image has at most 127 layers.
   */
  findingsOfACode: 128,
  /**
   * The most characters that a name or another text from an archive may have in a sentence. A longer text loses its
   * middle. A name of 512 bytes fits, even if each byte is escaped.
   */
  wordCharacters: 2048,
  /**
   * The most bytes of one log line. Lists and texts are shortened to keep the limit. CloudWatch cuts an event above 256
   * KiB, and then loses its metrics.
   */
  logLineBytes: 64 * KiB,
  /**
   * The highest speed, in bytes per second, at which S3 is expected to deliver an upload. An upload that would take
   * longer than there is time, even at this speed, is refused. In Lambda, 50 to 90 MB/s were measured.
   */
  readBytesPerSecond: 100_000_000,
  /**
   * The highest speed at which layers are expected to be written anew, in decompressed bytes per second. Work that
   * would take longer than there is time, even at this speed, is refused. One CPU of Lambda cannot hash as fast.
   */
  rewriteBytesPerSecond: 1_000_000_000,
  /**
   * The highest speed, in bytes per second, at which S3 is expected to copy parts of objects. Work that would take
   * longer than there is time, even at this speed, is refused. No speed that was measured is higher.
   */
  copyBytesPerSecond: 4_000_000_000,
  /**
   * The most bytes of a completion event, the message that Lading has finished with an upload. In a larger one, image
   * names and other details are left out. EventBridge takes 256 KiB, envelope included.
   */
  completionBytes: 192 * KiB,
  /**
   * The most bytes of a notification of new uploads that a store such as Ceph sends to the command `lading serve`. A
   * larger one is answered with status 413, and the uploads are found when the bucket is listed. A notification about a
   * single object has 1 to 3 KiB.
   */
  notificationBytes: 1 * MiB,
  /**
   * The most connections that the command `lading serve` has open at a time, through which S3 servers tell it of
   * uploads. Further ones are closed at once. Each can hold a notification of `notificationBytes` in memory. Ceph opens
   * some dozens.
   */
  notificationConnections: 256,
  /**
   * The most bytes of the headers of a request to `lading serve`. More are answered with status 431. Usual headers have
   * 2 KiB, because options are sent in the body of a request.
   */
  requestHeaderBytes: 16 * KiB,
  /**
   * The most connections to the page of `lading serve` at a time. Further ones are closed at once. A browser opens some
   * ten.
   */
  pageConnections: 256,
  /**
   * The most downloads at a time from the web page of the command `lading serve`. Further ones are answered with status
   * 503. Each takes 8 MiB of memory when image archives are stored in a bucket.
   */
  pageDownloads: 32,
  /**
   * The most open web pages of the command `lading serve` that are told of changes to uploads at a time. Further ones
   * are answered with status 503. Each may take some MiB of memory.
   */
  liveListeners: 32,
  /**
   * The most bytes of changes to uploads that wait to be sent to one open web page of the command `lading serve`. When
   * more wait, because the page reads too slowly, it is disconnected. It then connects again, and gets everything anew.
   */
  liveBytes: 1 * MiB,
  /**
   * The most uploads that the page of `lading serve` lists. Each takes 1 to 14 KiB. When a new upload would exceed the
   * limit, the finished upload whose last change is longest ago is removed from the list. If no upload is finished,
   * the unfinished upload whose last change is longest ago is removed.
   */
  shownUploads: 500,
  /**
   * The most unfinished uploads at a time through the web page of the command `lading serve`. Further ones are answered
   * with status 503. Each takes 8 MiB of memory when uploads go to a bucket.
   */
  unfinishedUploads: 16,
  /**
   * The largest upload, in bytes, through the web page of the command `lading serve`. A larger one is answered with
   * status 413. S3 allows 10,000 parts, which at 8 MiB each are 78 GiB.
   */
  pageUploadBytes: 64 * GiB,
  /**
   * The bytes that must stay free on the disk after an upload through the web page of the command `lading serve`. An
   * upload that would leave fewer is answered with status 507. The image archive that is made from the upload needs
   * them.
   */
  freeDiskBytes: 1 * GiB,
  /**
   * The most keys of uploads that the command `lading serve` has in its queue, waiting or being handled. Each takes 1
   * KiB of memory. Uploads with further keys are found when the bucket is listed the next time.
   */
  waitingUploads: 10_000,
  /**
   * The most uploads that the command `lading serve` remembers as done, with 8 bytes of memory for each. After each
   * listing of the bucket, uploads that are not remembered are looked at again.
   */
  knownUploads: 1_048_576,
} as const;
