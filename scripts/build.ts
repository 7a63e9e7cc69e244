// Makes `dist/`, which is what the package has: the code, the page for browsers, its types, and the
// licences of others in it. With `code`, it
// makes the code alone, which is all that a deployment from a checkout needs.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCode, BUILT } from './build-code.ts';
import { notices } from './build-notices.ts';
import { buildTypes } from './build-types.ts';
import { buildPage, buildReport } from './build-web.ts';

const metafile = await buildCode();
if (process.argv[2] !== 'code') {
  const [page, report] = await Promise.all([buildPage(), buildReport()]);
  await writeFile(join(BUILT, 'page.html'), page.html);
  await writeFile(join(BUILT, 'report.html'), report.html);
  await writeFile(join(BUILT, 'THIRD-PARTY-NOTICES.txt'), notices(metafile, report.metafile, ...page.metafiles));
  await buildTypes(join(BUILT, 'types'));
}
