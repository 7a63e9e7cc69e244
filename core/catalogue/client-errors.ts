/** The error messages by which Docker and other clients say that they find no image in a tar archive. */
export const NO_IMAGE = [
  'invalid archive: does not contain a manifest.json',
  'open …/manifest.json: no such file or directory',
  'open …/repositories: no such file or directory',
  'unrecognized image format',
  'payload does not match any of the supported image formats',
  'loading tar component manifest.json: file does not exist',
  'file manifest.json not found in tar',
] as const;

/** The error messages by which Docker and other programs say that a file is not a tar archive. */
export const NO_TAR = [
  'archive/tar: invalid tar header',
  'Error processing tar file(exit status 1): archive/tar: invalid tar header',
  'Wsl/Service/RegisterDistro/E_FAIL',
] as const;

/** The error messages by which Docker and other clients say that a file ends too early. */
export const CUT_SHORT = ['unexpected EOF', 'Error processing tar file(exit status 1): unexpected EOF'] as const;
