import { parentPort, workerData } from 'node:worker_threads';
import type { Inspection } from '../../core/model/inspection.ts';
import { type Damage, damaged } from './corpus-damage.ts';
import { inspectBytes } from './inspect.ts';

/** The outcome of inspecting one damaged archive. */
export interface Answer {
  /** The error that the inspection threw, which it must never do; else null. */
  thrown: string | null;
  kind: Inspection['kind'] | null;
  /** The codes of errors, and of warnings that the sound archive does not have. */
  noticed: string[];
}

/** The work for the thread: an archive, and the damages to try on it. */
export interface Order {
  archive: Uint8Array;
  damages: Damage[];
}

async function answer(archive: Uint8Array, sound: Set<string>): Promise<Answer> {
  try {
    const { kind, findings } = await inspectBytes(archive, 65_536, 4000);
    const grave = findings.filter((each) => each.severity !== 'info' && !sound.has(each.code));
    return { thrown: null, kind, noticed: grave.map((each) => each.code) };
  } catch (error) {
    return { thrown: error instanceof Error ? (error.stack ?? error.message) : String(error), kind: null, noticed: [] };
  }
}

/** Posts one answer for each damage, in order. */
async function work({ archive, damages }: Order): Promise<void> {
  const sound = await inspectBytes(archive);
  const usual = new Set<string>(sound.findings.map((each) => each.code));
  for (const damage of damages) parentPort?.postMessage(await answer(damaged(archive, damage), usual));
}

await work(workerData as Order);
