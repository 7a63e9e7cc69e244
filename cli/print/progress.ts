import type { Bytes } from '../../core/model/ports.ts';
import type { Io } from '../io.ts';
import { cut } from './page.ts';
import { count, roughly } from '../../core/page/text.ts';

/** A progress bar on standard error. `update` gets the number of bytes that are done so far. `end` removes the bar. */
export interface Progress {
  update(bytes: number): void;
  end(): void;
}

const SILENT: Progress = { update() {}, end() {} };
const QUIET_MS = 1000;
const REDRAW_MS = 100;
const BAR_CELLS = 24;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Makes a progress bar, which begins with the text `label`. It is shown only if it is `wanted`, if standard error is a
 * terminal, and once the work has taken more than one second. `total` is the number of bytes of the whole work; null
 * when it is not known.
 */
export function progress(label: string, total: number | null, wanted: boolean, io: Io): Progress {
  if (!wanted || io.stderr.isTTY !== true || io.env['TERM'] === 'dumb') return SILENT;
  const started = io.now();
  let drawn: number | null = null;
  return {
    update(bytes) {
      const now = io.now();
      if (now - started < QUIET_MS || (drawn !== null && now - drawn < REDRAW_MS)) return;
      drawn = now;
      const text = line(label, bytes, total, (now - started) / 1000);
      io.stderr.write(CLEAR_LINE + cut(text, (io.stderr.columns ?? 80) - 1, { unicode: false }));
    },
    end() {
      if (drawn !== null) io.stderr.write(CLEAR_LINE);
    },
  };
}

function line(label: string, bytes: number, total: number | null, seconds: number): string {
  const rate = `${roughly(bytes / seconds)}/s`;
  if (total === null || total === 0) return `${label} ${roughly(bytes)}  ${rate}`;
  const part = Math.min(1, bytes / total);
  const cells = Math.floor(part * BAR_CELLS);
  const bar = '#'.repeat(cells) + '.'.repeat(BAR_CELLS - cells);
  return `${label} [${bar}] ${count(Math.floor(part * 100)).padStart(3)} %  ${roughly(bytes)} of ${roughly(total)}  ${rate}`;
}

/**
 * Makes a function that passes a stream's bytes on unchanged, and shows in a progress bar how many have passed. It can
 * be called for several streams, one after the other; their bytes are counted together.
 */
export function counting(shown: Progress): (bytes: Bytes) => Bytes {
  let total = 0;
  return async function* (bytes) {
    for await (const chunk of bytes) {
      yield chunk;
      total += chunk.length;
      shown.update(total);
    }
  };
}
