// Uploads of files by the tus protocol (docs/decisions/0095), which can be taken up again where they stopped.

/** @typedef {import('./texts.js').Bilingual} Bilingual */
/**
 * What an upload is doing. `retrying`: it waits for the next try. `broken`: it was refused, or the last try has failed.
 * @typedef {'sending' | 'retrying' | 'paused' | 'broken' | 'sent' | 'cancelled'} SendState
 */

const TUS = { 'tus-resumable': '1.0.0' };

/**
 * The number of bytes of a file that are sent with one request. The server ends requests that take more than five
 * minutes.
 */
const PIECE_BYTES = 16 * 2 ** 20;

/**
 * The milliseconds before the first, the second and each further new try after a failed request. When bytes have
 * arrived again, the next try counts as the first. When the try after the last pause fails, the upload is `broken`.
 */
const PAUSES_MS = [300, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000, 60_000];

/** The error that is thrown when the server refuses a request, so that another try is of no use. */
class Refused extends Error {
  /** @param {Bilingual | null} why the reason, in both languages; null when the server gave none */
  constructor(why) {
    super(why?.en ?? '');
    this.why = why;
  }
}

/**
 * The upload of one file to the server. `onChange` is called whenever its state, or the number of bytes that arrived,
 * changes.
 */
export class Sending {
  /** What this upload is doing, or how it has ended. @type {SendState} */
  state = 'sending';
  /** The number of bytes of the file that have arrived at the server. */
  done = 0;
  /** The reason why the server has refused the upload; null when it has given none. @type {Bilingual | null} */
  why = null;
  #stop = new AbortController();
  /** The URL path of this upload at the server; null before the server has accepted it. @type {string | null} */
  #address;

  /**
   * @param {File} file
   * @param {string} key the name under which the upload and its results appear
   * @param {string | null} options the options as the text of a JSON document; null for none
   * @param {() => void} onChange
   */
  constructor(file, key, options, onChange) {
    this.file = file;
    this.key = key;
    this.options = options;
    this.onChange = onChange;
    this.place = `lading-upload ${JSON.stringify([key, file.size, file.lastModified])}`;
    this.#address = localStorage.getItem(this.place);
  }

  /**
   * Sends the file, from the first byte that the server does not have. Returns when the file has arrived, when the user
   * has paused or cancelled the upload, or when it cannot go on; `state` says which.
   */
  async run() {
    const stop = new AbortController();
    this.#stop = stop;
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      this.#to('sending');
      const before = this.done;
      try {
        await this.#go();
        localStorage.removeItem(this.place);
        return this.#to('sent');
      } catch (error) {
        // Paused or cancelled meanwhile.
        if (this.state !== 'sending') return;
        if (error instanceof Refused) return this.#to('broken', error.why);
        if (this.done > before) failures = 0;
      }
      const pause = PAUSES_MS[failures];
      if (pause === undefined) return this.#to('broken');
      this.#to('retrying');
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  pause() {
    this.#to('paused');
    this.#stop.abort();
  }

  /** Ends the upload, and asks the server to delete what has arrived. */
  async cancel() {
    this.#to('cancelled');
    this.#stop.abort();
    localStorage.removeItem(this.place);
    if (this.#address !== null) await fetch(this.#address, { method: 'DELETE', headers: TUS }).catch(() => undefined);
  }

  async #go() {
    await this.#find();
    while (this.done < this.file.size || this.file.size === 0) {
      await this.#sendPiece();
      if (this.file.size === 0) return;
    }
  }

  /**
   * Asks the server how many bytes of the file it has, and notes the number. When the server does not know this upload,
   * or none was begun yet, begins a new one.
   */
  async #find() {
    const { signal } = this.#stop;
    if (this.#address !== null) {
      const there = await fetch(this.#address, { method: 'HEAD', headers: TUS, signal });
      if (there.ok && Number(there.headers.get('upload-length')) === this.file.size)
        return this.#arrived(Number(there.headers.get('upload-offset')));
      if (there.status >= 500) throw new Error('the server has failed');
    }
    const filename = btoa(String.fromCharCode(...new TextEncoder().encode(this.key)));
    const headers = { ...TUS, 'upload-length': String(this.file.size), 'upload-metadata': `filename ${filename}` };
    const begun = await this.#ask('/uploads', { method: 'POST', headers });
    this.#address = begun.headers.get('location') ?? '';
    if (this.options !== null) await this.#ask(`${this.#address}/options`, { method: 'PUT', body: this.options });
    localStorage.setItem(this.place, this.#address);
    this.#arrived(0);
  }

  /**
   * Sends a request, and returns the answer when it is a success. Throws `Refused` when the server refuses the request,
   * and another error when the server is busy or cannot be reached.
   * @param {string} address @param {RequestInit} what
   */
  async #ask(address, what) {
    const answer = await fetch(address, { ...what, signal: this.#stop.signal });
    // 503: too many uploads are under way, which may soon be over.
    if (answer.ok) return answer;
    if (answer.status === 503) throw new Error('the server is busy');
    throw new Refused((await answer.json().catch(() => null))?.error ?? null);
  }

  /**
   * Sends the next `PIECE_BYTES` of the file. Throws `Refused` when the server refuses them, and another error when a
   * new try may help. Uses XMLHttpRequest, because `fetch` does not tell how much of a body was sent.
   */
  async #sendPiece() {
    const from = this.done;
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    this.#stop.signal.addEventListener('abort', stop, { once: true });
    try {
      await new Promise((resolve, reject) => {
        request.open('PATCH', this.#address ?? '');
        for (const [name, value] of Object.entries(TUS)) request.setRequestHeader(name, value);
        request.setRequestHeader('upload-offset', String(from));
        request.setRequestHeader('content-type', 'application/offset+octet-stream');
        request.upload.addEventListener('progress', ({ loaded }) => this.#arrived(from + loaded));
        request.addEventListener('load', resolve);
        for (const name of ['error', 'abort', 'timeout']) request.addEventListener(name, reject);
        request.send(this.file.slice(from, from + PIECE_BYTES));
      });
    } finally {
      this.#stop.signal.removeEventListener('abort', stop);
    }
    if (request.status === 204) return this.#arrived(Number(request.getResponseHeader('upload-offset')));
    this.#arrived(from);
    // 409: the server has another number of bytes. 404: it has forgotten the upload. It is asked again.
    if (request.status >= 500 || [404, 408, 409].includes(request.status)) throw new Error('not taken');
    throw new Refused(errorIn(request.responseText));
  }

  /** Notes that the server has this number of bytes of the file. @param {number} bytes */
  #arrived(bytes) {
    this.done = bytes;
    this.onChange();
  }

  /**
   * Changes the state of the upload. `why` is the reason of a refusal.
   * @param {SendState} state @param {Bilingual | null} [why]
   */
  #to(state, why = null) {
    this.state = state;
    this.why = why;
    this.onChange();
  }
}

/**
 * The reason, in both languages, in the answer by which the server refuses a request; null when it has none.
 * @param {string} body @returns {Bilingual | null}
 */
function errorIn(body) {
  try {
    return JSON.parse(body).error ?? null;
  } catch {
    return null;
  }
}
