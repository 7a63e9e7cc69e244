/**
 * Saves a blob as a file with the given name, by the browser's own download. Where the blob is made of ranges of a file
 * on the disk, the browser reads these from the disk, without a copy in memory.
 */
export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download reads the blob after this function has ended, and the address must live until then.
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}

const REVOKE_MS = 60_000;

type Picker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

/**
 * Asks the user where to write a file, and returns the chosen file. `suggestedName` is the file name that the browser
 * proposes. Returns null in browsers that let no page write to the disk (all but Chromium), and when the browser
 * refuses. Returns `cancelled` when the user has chosen no file.
 */
export async function targetFile(suggestedName: string): Promise<FileSystemFileHandle | null | 'cancelled'> {
  const { showSaveFilePicker: pick } = globalThis as { showSaveFilePicker?: Picker };
  if (pick === undefined) return null;
  try {
    return await pick({ suggestedName });
  } catch (error) {
    // The browser also refuses when the click was too long ago. Then the other ways are left.
    return error instanceof DOMException && error.name === 'AbortError' ? 'cancelled' : null;
  }
}
