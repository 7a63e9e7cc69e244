// Makes `dist/`, which is what the package has: the code, the page for browsers, its types, and the
// licences of others in it. With `code`, it
// makes the code alone, which is all that a deployment from a checkout needs.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCode, BUILT } from './build-code.ts';
import { notices } from './build-notices.ts';
import { buildTypes } from './build-types.ts';
import { buildPage } from './build-web.ts';

const metafile = await buildCode();
if (process.argv[2] !== 'code') {
  const page = await buildPage();
  await writeFile(join(BUILT, 'page.html'), page.html);
  await writeFile(join(BUILT, 'THIRD-PARTY-NOTICES.txt'), notices(metafile, ...page.metafiles));
  await buildTypes(join(BUILT, 'types'));
}
