import type { ServerResponse } from 'node:http';
import { both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Board } from '../board.ts';
import { begin, refuse } from './reply.ts';

/**
 * The milliseconds between two lines without data that are sent to a browser only to show that the connection still
 * exists. The server closes a connection without traffic after a minute.
 */
const BEAT_MS = 15_000;

/** Tells browsers of changes to the uploads, as server-sent events (HTML standard, section 9.2). */
export class Live {
  readonly #board: Board;
  readonly #listeners = new Set<ServerResponse>();

  constructor(board: Board) {
    this.#board = board;
  }

  /**
   * Sends the list of uploads to a browser, and keeps it up to date until the connection ends. The event `all` has all
   * listed uploads. Then each change is an event `upload`, or `gone` for an upload that is no longer listed. A browser
   * that reads too slowly is disconnected; it connects anew, and gets `all` again. When too many browsers are
   * connected, the answer is 503.
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

  /** Ends the connections of all browsers that are kept up to date. */
  close(): void {
    for (const each of this.#listeners) each.end();
  }
}

const TOO_MANY = both('Too many pages are open.', '打开的页面太多。');
