import type { ServerResponse } from 'node:http';
import { both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Board } from '../board.ts';
import { begin, refuse } from './reply.ts';

/** The milliseconds between two lines that show a listener that the connection still stands. */
const BEAT_MS = 15_000;

/** Tells browsers of changes to the uploads, as server-sent events (HTML standard, section 9.2). */
export class Live {
  readonly #board: Board;
  readonly #listeners = new Set<ServerResponse>();

  constructor(board: Board) {
    this.#board = board;
  }

  /**
   * Sends an event `all` with all listed uploads, then `upload` or `gone` for each change, until the connection ends. A
   * listener that reads too slowly is disconnected: browsers connect anew, and then get all again.
   */
  add(response: ServerResponse): void {
    if (this.#listeners.size >= LIMITS.liveListeners) return refuse(response, 503, TOO_MANY);
    this.#listeners.add(response);
    begin(response, 200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    const write = (text: string): void => {
      // Between the end and the event `close`, changes go on. A write would then be an error that ends the process.
      if (response.writableEnded || response.destroyed) return;
      response.write(text);
      if (response.writableLength > most) response.destroy();
    };
    const send = (event: string, data: unknown): void => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    let most = Infinity;
    send('all', this.#board.all());
    most = response.writableLength + LIMITS.liveBytes;
    const end = this.#board.listen((key, shown) => (shown === null ? send('gone', { key }) : send('upload', shown)));
    const timer = setInterval(() => write(': still here\n\n'), BEAT_MS);
    response.on('close', () => {
      end();
      clearInterval(timer);
      this.#listeners.delete(response);
    });
  }

  /** Ends all connections. */
  close(): void {
    for (const each of this.#listeners) each.end();
  }
}

const TOO_MANY = both('Too many pages are open.', '打开的页面太多。');
