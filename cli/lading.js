#!/usr/bin/env node
// Plain JavaScript, so that an older Node can run it. An older Node starts the Node 24 that npm installed with Lading.
import { spawn } from 'node:child_process';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const WANTED = 24;

if (Number(process.versions.node.split('.')[0]) >= WANTED) {
  // Without the cache, each start removes the types from every file, which takes a quarter of a second and 30 MB.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/lading', import.meta.url)));
  const { runProcess } = await import('./process.ts');
  await runProcess();
} else {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    console.error(
      `Lading needs Node ${WANTED} or newer; this is ${process.version}. Type npm ci in Lading's folder, which installs it there.`,
    );
    process.exitCode = 4;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
