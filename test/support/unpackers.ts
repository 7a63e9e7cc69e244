import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { oracle } from './oracles.ts';

/** The errors of the engines' own unpackers for the layers of an image, by unpacker; empty where they unpack them. */
export type Truth = Record<string, string>;

/** Gives the layers of images, lowest first, to the unpackers of today's engines and of older ones. */
export async function unpackWithEngines(images: readonly (readonly Uint8Array[])[]): Promise<Truth[]> {
  const [now, before] = await Promise.all([ask(oracle('unpack'), images), ask(oracle('unpack-old'), images)]);
  return now.map((each, i) => ({ ...each, ...before[i] }));
}

async function ask(program: string, images: readonly (readonly Uint8Array[])[]): Promise<Truth[]> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers: Truth[] = [];
  for (const layers of images) {
    child.stdin.write(`${JSON.stringify(layers.map((layer) => Buffer.from(layer).toString('base64')))}\n`);
  }
  child.stdin.end();
  for await (const line of createInterface({ input: child.stdout })) answers.push(JSON.parse(line) as Truth);
  return answers;
}
