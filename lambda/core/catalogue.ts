import type { Severity } from './findings.ts';

/** One finding as it stands in the catalogue. */
export interface Entry {
  severity: Severity;
  message: string;
  remedy: string;
  /** True when a conversion puts it right, even though it may be an error. */
  mended?: true;
}

/** The closed catalogue. `{word}` is filled from the detail given; codes are stable, sentences may improve. */
export const CATALOGUE = {
  // No archive, or not all of one
  'empty-upload': {
    severity: 'error',
    message: 'This upload is empty: it has 0 bytes.',
    remedy:
      'Check the command that wrote it, for instance that `docker export` named an existing container, and send it again.',
  },
  'not-a-tar': {
    severity: 'error',
    message: 'This is no tar archive but {what}.',
    remedy: '{hint}',
  },
  'powershell-redirect': {
    severity: 'error',
    message: "These are tar bytes that PowerShell's `>` re-encoded as UTF-16 text; the original cannot be recovered.",
    remedy: 'Write the archive with `-o FILE` (`docker export -o FILE`, `docker save -o FILE`) instead of `>`.',
  },
  'compressed-twice': {
    severity: 'error',
    message: 'This is {inner} data inside {outer}: it was compressed twice, and no client unpacks it twice.',
    remedy: 'Take one layer of compression off (for instance with `gzip -d`) and send it again.',
  },
  'compression-not-expanded': {
    severity: 'error',
    message: 'This is compressed with {compression}, which this version recognises but does not expand.',
    remedy: 'Expand it with `{tool}`, or compress it with gzip instead, and send it again.',
  },
  'gzip-damaged': {
    severity: 'error',
    message: 'The gzip data is damaged at byte {offset}: {reason}.',
    remedy: 'Transfer the file again and compare its size and checksum with the original.',
  },
  'gzip-truncated': {
    severity: 'error',
    message: 'The gzip data ends too early, at byte {offset}: the file is incomplete.',
    remedy: 'Transfer the file again and compare its size with the original.',
  },
  'gzip-trailing-bytes': {
    severity: 'warning',
    message: 'After the gzip data, from byte {offset} on, stand bytes that do not belong to it; they were ignored.',
    remedy: '',
  },
  'gzip-padding': {
    severity: 'info',
    message: 'The gzip data is padded with zero bytes from byte {offset} on; they were ignored.',
    remedy: '',
  },
  'compressed-damaged': {
    severity: 'error',
    message: 'The {compression} data is damaged at byte {offset}: {reason}.',
    remedy: 'Transfer the file again and compare its size and checksum with the original.',
  },
  'compressed-truncated': {
    severity: 'error',
    message: 'The {compression} data ends too early, at byte {offset}: the file is incomplete.',
    remedy: 'Transfer the file again and compare its size with the original.',
  },
  'compressed-trailing-bytes': {
    severity: 'warning',
    message:
      'After the {compression} data, from byte {offset} on, stand bytes that do not belong to it; they were ignored.',
    remedy: '',
  },
  'compressed-padding': {
    severity: 'info',
    message: 'The {compression} data is padded with zero bytes from byte {offset} on; they were ignored.',
    remedy: '',
  },
  'compressed-unchecked': {
    severity: 'info',
    message: 'The {compression} data carries no checksum of its content, so damage to it can go unnoticed.',
    remedy: '',
  },
  truncated: {
    severity: 'error',
    message: 'The archive ends inside {member}: {missing} bytes are missing after byte {offset}.',
    remedy: 'Make the archive again, or transfer it again and compare its size with the original.',
  },
  'bad-header': {
    severity: 'error',
    message: 'At byte {offset}, after {member}, there should be a tar header but there is not: {reason}.',
    remedy:
      'The file is damaged or has foreign bytes in it (a progress line, a text-mode transfer). Make or transfer it again.',
  },
  'no-end-marker': {
    severity: 'info',
    message: 'The archive stops without the two zero blocks that should end it; every member is complete.',
    remedy: '',
  },
  'second-archive': {
    severity: 'warning',
    message: 'At byte {offset} a second tar archive follows the end of the first; no client sees its members.',
    remedy: 'If they should be in the image, join the archives with `tar --concatenate`.',
  },
  'trailing-data': {
    severity: 'warning',
    message:
      'After the end of the archive, from byte {offset} on, stand bytes that are no archive; clients ignore them.',
    remedy: '',
  },
  'limit-exceeded': {
    severity: 'error',
    message: 'The archive exceeds a limit of the service: {what}, the most allowed is {limit}.',
    remedy: 'See docs/architecture.md, limits.',
  },

  // What engines refuse in a layer, or do silently to it
  'duplicate-path': {
    severity: 'error',
    message: 'The path {member} occurs twice; Docker and podman refuse a layer with duplicate paths.',
    remedy: 'Make the archive again from the file system; `tar -r` and `tar -u` append second copies.',
  },
  'path-escapes': {
    severity: 'error',
    message: 'The path {member} contains `..`, which engines refuse as an invalid entry name.',
    remedy: 'Make the archive with paths below the root of the file system, for instance `tar -C ROOT -cf FILE .`.',
  },
  'path-too-long': {
    severity: 'error',
    message: 'The path {member} is too long to be unpacked on Linux (4,096 bytes, 255 for one component).',
    remedy: 'Shorten the path.',
  },
  'no-name': {
    severity: 'error',
    message: 'At byte {offset} stands a member without a name.',
    remedy: 'Make the archive again with a current tar.',
  },
  'odd-member-type': {
    severity: 'error',
    message: 'The member {member} has type `{type}` ({meaning}), which every engine refuses in a layer.',
    remedy: 'Make the archive again without `--sparse`, multi-volume or incremental options.',
  },
  'hard-link-dangling': {
    severity: 'error',
    message: 'The hard link {member} points to {target}, which does not stand before it in the archive.',
    remedy: 'Make the archive from the whole file system, so that the link and its target are both in it.',
  },
  'parent-not-a-directory': {
    severity: 'error',
    message: 'The member {member} lies below a path that is not a directory in this archive.',
    remedy: 'Make the archive again from the file system.',
  },
  'whiteout-deletes': {
    severity: 'error',
    message: 'The name {member} is a whiteout mark: engines would delete files of this same archive because of it.',
    remedy:
      'This looks like one layer of an image or the upper directory of an overlay. Export the merged file system with `docker export`.',
  },
  'whiteout-name': {
    severity: 'warning',
    message: 'The name {member} is a whiteout mark: no engine creates it, so it will be missing in the image.',
    remedy:
      'Such names appear when one layer of an image was packed. Export the merged file system with `docker export`.',
  },
  'parent-missing': {
    severity: 'warning',
    message:
      'The directory above {member} is not in the archive; Docker before 25 creates it closed to all users but root.',
    remedy: 'Make the archive with its directories, for instance `tar -C ROOT -cf FILE .`.',
  },
  'overlay-device': {
    severity: 'warning',
    message: 'The character device {member} is 0:0, which overlay file systems take for a deleted file.',
    remedy: 'Export the merged file system with `docker export`.',
  },
  'large-id': {
    severity: 'warning',
    message: 'The member {member} belongs to user or group {id}; rootless engines cannot map so large a number.',
    remedy: 'Change the owner to a number below 65,536 if the image is meant for rootless use.',
  },

  // What the platform says
  'platform-mixed': {
    severity: 'warning',
    message: 'The executables are of several platforms ({platforms}); {platform} was written into the image.',
    remedy: 'Say which one is meant with the option `platform`.',
  },
  'platform-differs': {
    severity: 'warning',
    message: 'The executables are {found}, but {platform} was asked for and written into the image.',
    remedy:
      'A container from it fails with `exec format error` unless the host emulates {found}. Leave out the option `platform`.',
  },
  'platform-assumed': {
    severity: 'warning',
    message: 'There are no executables to read the platform from; linux/amd64 was written into the image.',
    remedy: 'Say which one is meant with the option `platform`.',
  },

  // Archives that are not converted
  'image-archive': {
    severity: 'info',
    message: 'This is an image archive, not a container archive: it already holds {what}.',
    remedy: 'Read it with `docker load -i FILE`. As the layer of a new image it would be useless.',
  },
  'image-incomplete': {
    severity: 'error',
    message: 'This is an image archive whose {document} names {blob}, which is not in it.',
    remedy: 'Save the image again with all its layers (`docker save -o FILE NAME`).',
  },
  'blob-damaged': {
    severity: 'error',
    message: 'The blob {member} is damaged: it should have the digest {expected}, but its bytes have {found}.',
    remedy: 'Transfer the archive again and compare its checksum with the original, or save the image again.',
  },
  'config-unreadable': {
    severity: 'error',
    message: 'The image config {member} is no readable JSON object.',
    remedy: 'Transfer the archive again and compare its checksum with the original, or save the image again.',
  },
  'layer-damaged': {
    severity: 'error',
    message: 'The layer {member} is damaged: {reason}',
    remedy: 'Transfer the archive again and compare its checksum with the original, or save the image again.',
  },
  'layer-empty': {
    severity: 'error',
    message:
      'The layer {member} is an empty file (sha256 e3b0c442…): a thin archive that leaves out layers the receiver should have, or a failed writer.',
    remedy: 'Save the image again with all its layers (`docker save -o FILE NAME`).',
  },
  'layer-refused': {
    severity: 'error',
    message: 'The layer {member} will be refused by engines: {problem}',
    remedy: 'Build the image again with a tool that writes sound layers.',
  },
  'layer-compression': {
    severity: 'warning',
    mended: true,
    message: 'The layer {member} is compressed with {compression}, which not every client unpacks.',
    remedy: 'Convert the archive: the layer is expanded.',
  },
  'diffid-wrong': {
    severity: 'error',
    mended: true,
    message: 'The layer {member} is intact, but the image config expects the diffID {expected} instead of {found}.',
    remedy: 'Convert the archive: the config is corrected. Docker 25.0 wrote such archives.',
  },
  'diffid-mismatch': {
    severity: 'error',
    message:
      'The layer {member} has the diffID {found}, but the image config expects {expected}: one of them is damaged.',
    remedy: 'Transfer the archive again and compare its checksum with the original, or save the image again.',
  },
  'layers-length': {
    severity: 'error',
    message: 'The image lists {layers} layers, but its config has {diffIDs} diffIDs.',
    remedy: 'Build or save the image again; the tool that wrote this archive is faulty.',
  },
  'history-too-long': {
    severity: 'error',
    mended: true,
    message:
      'The history of the image has {steps} steps that made a layer, but there are {layers} layers; Docker refuses that.',
    remedy: 'Convert the archive: the history is left out.',
  },
  'config-without-platform': {
    severity: 'warning',
    mended: true,
    message: 'The image config does not say for which platform the image is; containerd skips such an image.',
    remedy: 'Convert the archive with the option `platform`.',
  },
  'names-missing': {
    severity: 'info',
    mended: true,
    message: 'The image has no name; it loads as `<none>`.',
    remedy: 'Convert the archive with the option `name`.',
  },
  'name-refused': {
    severity: 'warning',
    mended: true,
    message: 'The name `{name}` in the archive is refused by clients: {problem}',
    remedy: 'Convert the archive with the option `name`.',
  },
  'names-differ': {
    severity: 'warning',
    mended: true,
    message:
      '`manifest.json` names the image {docker}, `index.json` names it {oci}: which name it gets depends on the client.',
    remedy: 'Convert the archive with the option `name`.',
  },
  'platform-absent': {
    severity: 'warning',
    mended: true,
    message:
      'The index lists platforms whose blobs are not in the archive ({platforms}); clients that want all platforms fail with `content digest … not found`.',
    remedy: 'Convert the archive: the index then lists what is there.',
  },
  'several-platforms': {
    severity: 'info',
    message: 'The archive holds the image for several platforms: {platforms}.',
    remedy: 'Choose one with the option `platform` when converting.',
  },
  'several-images': {
    severity: 'info',
    message: 'The archive holds {count} images; a name can be given to one of them.',
    remedy: 'Choose one with the option `image`.',
  },
  'oci-only': {
    severity: 'warning',
    mended: true,
    message:
      'This is an OCI layout without a `manifest.json`: Docker with its classic store fails with `open …/blobs/json`.',
    remedy: 'Convert the archive: the docker part is added.',
  },
  'docker-only': {
    severity: 'info',
    mended: true,
    message:
      'This is a docker archive without an OCI layout: readers of OCI archives (skopeo oci-archive, umoci) refuse it.',
    remedy: 'Convert the archive: the OCI part is added.',
  },
  'legacy-format': {
    severity: 'warning',
    mended: true,
    message:
      'This archive is in the format from before Docker 1.10, which only Docker up to 28 reads, with its classic store.',
    remedy: 'Convert the archive: it is written in the current format.',
  },
  'compressed-outside': {
    severity: 'info',
    mended: true,
    message:
      'The archive as a whole is compressed with {compression}; containerd 1.x and some versions of skopeo and Docker cannot read it.',
    remedy: 'Convert the archive: it comes out uncompressed, its layers as they are.',
  },
  'image-nested': {
    severity: 'error',
    mended: true,
    message:
      'This is a container export whose file system is an image archive: `docker import` was given a file meant for `docker load`, and the result was exported.',
    remedy: 'Convert the archive: the image inside comes out. Read it with `docker load`, never with `docker import`.',
  },
  'manifest-twice': {
    severity: 'warning',
    message: 'There are two members named {member}; Docker reads the last one, podman and skopeo the first.',
    remedy: 'Save the image again.',
  },
  wrapped: {
    severity: 'warning',
    mended: true,
    message: 'Everything lies in the folder `{folder}`, and inside it is {what}; no client looks there.',
    remedy: 'Pack it from inside the folder: `tar -C {folder} -cf FILE .`.',
  },
  'plain-archive': {
    severity: 'info',
    message: 'This is a tar archive, but neither an image nor a root file system: {what}.',
    remedy: 'If it is meant to be the root file system of an image, say so with the option `rootfs`.',
  },
  'minimal-rootfs': {
    severity: 'info',
    message: 'This holds {what} and nothing else that a root file system has.',
    remedy: 'If it is meant to be the root file system of an image, say so with the option `rootfs`.',
  },
  'no-members': {
    severity: 'error',
    message: 'This is a tar archive without a single member.',
    remedy: 'Check the command that made it, and send it again.',
  },

  // What was asked for
  'image-not-chosen': {
    severity: 'error',
    message: 'The archive holds {count} images, and a name can be given to one of them only: {images}.',
    remedy:
      'Choose one with the option `image` (its name, or its number from 1), or with `platform` if they differ in that.',
  },
  'image-not-found': {
    severity: 'error',
    message: 'The archive holds no image `{image}`; it holds {images}.',
    remedy: 'Choose one of these with the option `image`, or leave the option out to keep all.',
  },
  'config-kept': {
    severity: 'warning',
    message: 'The options {options} were not applied: an image archive keeps the config of its images.',
    remedy: 'They are for container archives. To change an image, build a new one `FROM` it.',
  },
  'option-invalid': {
    severity: 'error',
    message: '{problem}',
    remedy: '{hint}',
  },
  'inspect-note': {
    severity: 'info',
    message: '{note}',
    remedy: '',
  },
  'name-derived': {
    severity: 'info',
    message: 'No name was given; {name} was made from the name of the upload.',
    remedy: 'Choose a name with the option `name`.',
  },
} as const satisfies Record<string, Entry>;
