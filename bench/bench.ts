import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Docker } from '../test/support/engines-docker.ts';
import { removeScratch, scratch } from '../test/support/engines.ts';
import { type Contender, measureAll, type Row } from './measure.ts';
import type { Target } from './targets.ts';

/** One section of the benchmark, which can run alone. `run` does the measurements, and returns the results. */
export interface Section {
  name: string;
  title: string;
  /** A description of what is measured, and how. It is printed on the page with the results. */
  how: string;
  /**
   * Names of the programs that the section needs. When one is missing, the section counts as a target that is not met.
   */
  needs: string[];
  run(bench: Bench): Promise<Findings>;
}

/** The results of one section of the benchmark: tables, targets (limits that are met or not), text and pictures. */
export interface Findings {
  tables: { title: string; rows: Row[] }[];
  targets: Target[];
  /** More results as text in Markdown, for figures that do not fit into the tables. Absent when there are none. */
  text?: string;
  /** Pictures that are written beside the page with the results. Absent when there are none. */
  plots?: Plot[];
}

/** A picture as SVG. The name says what it shows. */
export interface Plot {
  name: string;
  svg: string;
}

export interface Options {
  /** The size of the large inputs in GB (10^9 bytes). */
  gb: number;
  rounds: number;
  rivalRounds: number;
  /**
   * The folder in which the archives to measure are kept for later runs. Null when they are made in a temporary folder.
   */
  inputs: string | null;
  /**
   * Texts, separated by commas, that select which kinds of expensive archives are measured: those whose name contains
   * one of them. Empty selects all kinds.
   */
  kinds: string;
}

/** The things that all sections of the benchmark share: options, a temporary folder, the inputs, one Docker Engine. */
export class Bench {
  readonly options: Options;
  readonly dir: string = scratch('bench');
  #docker: Promise<Docker> | null = null;

  constructor(options: Options) {
    this.options = options;
    if (options.inputs !== null) mkdirSync(options.inputs, { recursive: true });
  }

  /**
   * Returns the path of the input `name`, an archive to measure. If there is no such file yet, calls `make` to write
   * it. `make` gets another path, and the complete file is renamed.
   */
  async input(name: string, make: (path: string) => Promise<unknown>): Promise<string> {
    const path = join(this.options.inputs ?? this.dir, name);
    if (existsSync(path)) return path;
    process.stderr.write(`  making ${name}\n`);
    await make(`${path}.part`);
    renameSync(`${path}.part`, path);
    return path;
  }

  docker(): Promise<Docker> {
    return (this.#docker ??= Docker.start());
  }

  measure(all: Contender[]): Promise<Row[]> {
    return measureAll(all, { ours: this.options.rounds, rivals: this.options.rivalRounds });
  }

  async stop(): Promise<void> {
    await (await this.#docker)?.stop();
    await removeScratch(this.dir);
  }
}
