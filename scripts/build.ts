// Makes `dist/`, which is what the package has: the code, the empty report, the page for browsers, the types, and the
// licences of others in it. With `code`, it makes the code and the report alone, which is all that a deployment from a
// checkout needs.
import { join } from 'node:path';
import { buildCode, BUILT } from './build-code.ts';
import { notices } from './build-notices.ts';
import { buildTypes } from './build-types.ts';
import { buildPage } from './build-web.ts';
import { writeFiles } from './write-files.ts';

const metafiles = await buildCode();
if (process.argv[2] !== 'code') {
  const page = await buildPage();
  const texts = {
    'page.html': page.html,
    'THIRD-PARTY-NOTICES.txt': notices(...metafiles, ...page.metafiles),
  };
  await writeFiles(BUILT, new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])), /^$/);
  await buildTypes(join(BUILT, 'types'));
}
