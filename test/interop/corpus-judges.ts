import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convert } from '../../core/convert/convert.ts';
import { stream } from '../../core/convert/execute.ts';
import { parseOptions } from '../../core/options/options.ts';
import { NO_OPTIONS } from '../../core/options/table.ts';
import { collect } from '../support/bytes.ts';
import { skopeoCopy } from '../support/engines-build.ts';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { inspectBytes } from '../support/inspect.ts';
import { sourceOf } from '../support/memory-store.ts';
import { plainTools } from '../support/tools.ts';

type Judge = 'docker' | 'podman' | 'containerd' | 'skopeo docker-archive' | 'skopeo oci-archive';

const LOADERS: readonly Judge[] = ['docker', 'podman', 'containerd', 'skopeo docker-archive'];
const OCI_READERS: readonly Judge[] = ['podman', 'containerd', 'skopeo oci-archive'];

/** Engines that say whether they accept an archive. */
export class Judges {
  readonly docker: Docker;
  readonly podman = new Podman();
  readonly containerd: Containerd;
  readonly #dir: string;

  private constructor(dir: string, docker: Docker, containerd: Containerd) {
    this.#dir = dir;
    this.docker = docker;
    this.containerd = containerd;
  }

  static async start(dir: string): Promise<Judges> {
    const [docker, containerd] = await Promise.all([Docker.start(), Containerd.start()]);
    return new Judges(dir, docker, containerd);
  }

  /** Asserts that all engines that will be asked accept the archive as it was made. */
  async assertSound(name: string, archive: Uint8Array): Promise<void> {
    assert.deepEqual(await this.refusals(name, archive), []);
  }

  /** The refusals of the engines that read this kind of archive; for an export, of the image made from it. */
  async refusals(name: string, archive: Uint8Array): Promise<string[]> {
    const file = join(this.#dir, 'judged.tar');
    writeFileSync(file, name.startsWith('docker export') ? await converted(archive) : archive);
    const refusals = await Promise.all(
      (name.startsWith('oci') ? OCI_READERS : LOADERS).map((judge) => this.#refusal(judge, file)),
    );
    rmSync(file);
    return refusals.filter((each) => each !== null);
  }

  async #refusal(judge: Judge, file: string): Promise<string | null> {
    try {
      await this.#load(judge, file);
      return null;
    } catch (error) {
      const { message } = error as Error;
      return `${judge}: ${message.slice(message.indexOf('\n') + 1).trim()}`;
    }
  }

  async #load(judge: Judge, file: string): Promise<void> {
    switch (judge) {
      case 'docker':
        await this.docker.docker('load', '--input', file);
        await this.docker.docker('image', 'prune', '--all', '--force');
        return;
      case 'podman':
        await this.podman.podman('load', '--quiet', '--input', file);
        await this.podman.podman('rmi', '--all', '--force');
        return;
      case 'containerd':
        return this.#import(file);
      case 'skopeo docker-archive':
      case 'skopeo oci-archive': {
        const copy = join(this.#dir, 'copy');
        await skopeoCopy(`${judge.slice('skopeo '.length)}:${file}`, `dir:${copy}`).finally(() =>
          rmSync(copy, { recursive: true, force: true }),
        );
      }
    }
  }

  async #import(file: string): Promise<void> {
    const { containerd } = this;
    await containerd.import(file);
    const names = (await containerd.ctr('images', 'ls', '--quiet')).split('\n').filter((name) => name !== '');
    if (names.length > 0) await containerd.ctr('images', 'rm', '--sync', ...names);
  }

  async stop(): Promise<void> {
    for (const part of [this.podman, this.containerd, this.docker]) await part.stop();
  }
}

async function converted(archive: Uint8Array): Promise<Buffer> {
  const inspection = await inspectBytes(archive);
  const request = parseOptions({ ...NO_OPTIONS, name: ['judged:1'] }, 'upload.tar');
  assert.ok(request.ok);
  const made = await convert(inspection, request.value, plainTools);
  assert.ok(made.kind === 'converted', made.findings.map((each) => each.message).join(' '));
  return collect(stream(made.conversion.plan, sourceOf(archive), plainTools));
}
