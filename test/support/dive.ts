import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { oracle } from './oracles.ts';

interface Amount {
  Files: number;
  Bytes: number;
}

/** The figures that dive has for the layers of an image (test/oracles/contents). */
export interface DiveFigures {
  Layers: { Added: Amount; Changed: Amount; Deleted: Amount }[];
  Merged: Amount;
  Wasted: number;
  Kept: number;
  Missed: number;
  Error?: string;
}

/** The trees and the arithmetic of dive, in a process of its own. */
export class Dive {
  readonly #folder: string;
  readonly #process = spawn(oracle('contents'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<Dive> {
    return new Dive(await mkdtemp(join(tmpdir(), 'lading-dive-')));
  }

  /** The figures for layers, which are tar archives without compression. */
  async figures(layers: Uint8Array[]): Promise<DiveFigures> {
    const paths = layers.map((_, at) => join(this.#folder, `${at}.tar`));
    await Promise.all(layers.map((bytes, at) => writeFile(paths[at] ?? '', bytes)));
    this.#process.stdin.write(`${paths.join('\t')}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the oracle has ended');
    return JSON.parse(line.value) as DiveFigures;
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    await new Promise((resolve) => this.#process.once('close', resolve));
    await rm(this.#folder, { recursive: true });
  }
}
