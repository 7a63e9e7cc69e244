// Converts the example archive of this repository with the commands that a user would type.
import { mkdirSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../cli/main.ts';

const { stdin, stdout, stderr, env } = process;
const { signal } = new AbortController();
const root = fileURLToPath(new URL('../', import.meta.url));
const here = (path: string) => relative(process.cwd(), `${root}${path}`);

const archive = here('examples/web.tar.gz');
const output = here('demo-output/web-image.tar');
mkdirSync(`${root}demo-output`, { recursive: true });

for (const words of [
  ['inspect', archive],
  ['convert', archive, '--name', 'web:1.0', '--inspect', here('examples/web.inspect.json'), '-o', output],
]) {
  console.log(`$ lading ${words.join(' ')}\n`);
  const code = await main(words, { stdin, stdout, stderr, env, now: Date.now, signal });
  if (code !== 0) process.exit(code);
  console.log();
}
