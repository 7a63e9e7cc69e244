import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { FolderResults, FolderUploads } from '../../node/folder-store.ts';
import { nativeTools } from '../../node/tools.ts';
import type { StoreHarness } from './store-kit.ts';
import { storeSuite } from './store-suite.ts';

storeSuite(
  'the folder store',
  async (): Promise<StoreHarness> => {
    const path = await mkdtemp(join(tmpdir(), 'lading-store-'));
    const [up, down] = [join(path, 'up'), join(path, 'down')];
    await mkdir(up);
    await mkdir(down);
    const uploads = new FolderUploads(up);
    const tools = nativeTools();
    return {
      uploads,
      results: new FolderResults(down, uploads, tools),
      bucket: uploads.bucket,
      async upload(key, bytes) {
        await mkdir(dirname(join(up, key)), { recursive: true });
        // A rename makes a new inode: within one tick of the file system's clock, times alone do not show the change.
        await writeFile(join(path, 'arriving'), bytes);
        await rename(join(path, 'arriving'), join(up, key));
      },
      remove: async (key) => await rm(join(up, key)),
      async resultKeys() {
        const entries = await readdir(down, { recursive: true, withFileTypes: true });
        return entries.filter((each) => each.isFile()).map((each) => relative(down, join(each.parentPath, each.name)));
      },
      async close() {
        tools.close();
        await rm(path, { recursive: true });
      },
    };
  },
  { conditions: { atomic: false, keepsOrigins: false } },
);
