// Installs Lading's packages when they are missing or older than package-lock.json. Runs before npm's scripts, on any
// Node that npm runs on.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const locked = new URL('package-lock.json', root);
// npm writes this file last. So after an interrupted installation, everything is installed again.
const installed = new URL('node_modules/.package-lock.json', root);
const node = new URL('node_modules/.bin/node', root);

if (![installed, node].every((each) => existsSync(each)) || statSync(installed).mtimeMs < statSync(locked).mtimeMs) {
  console.error('Installing what Lading needs (npm ci); this happens once.');
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const options = { cwd: fileURLToPath(root), stdio: ['ignore', 'ignore', 'inherit'] };
  const run =
    npm === undefined ? spawnSync('npm', flags, options) : spawnSync(process.execPath, [npm, ...flags], options);
  if (run.status !== 0) {
    console.error('Cannot install what Lading needs: npm ci failed, see above.');
    process.exit(run.status ?? 1);
  }
}
