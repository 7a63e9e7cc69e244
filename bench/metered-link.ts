import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';

/**
 * To make up for timers that are late, the relay may send more data at once, but no more than it normally sends in this
 * many milliseconds.
 */
const BURST_MS = 100;

/**
 * A relay in front of an HTTP server on this machine. It speaks TLS. All its connections together carry at most a given
 * number of bytes per second from the server, as between S3 and one Lambda function.
 */
export class MeteredLink {
  /** The path of the TLS certificate of this relay, which a client must trust. */
  readonly certificate: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #bytesPerSecond: number;
  /** The time in milliseconds, on the clock of `performance`, from which on the relay may send more data. */
  #free = 0;

  private constructor(target: URL, bytesPerSecond: number, dir: string) {
    const key = join(dir, 'key.pem');
    this.#bytesPerSecond = bytesPerSecond;
    this.certificate = join(dir, 'certificate.pem');
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...kind, '-keyout', key, '-out', this.certificate, ...subject], {
      stdio: 'ignore',
    });
    this.#server = createServer({ key: readFileSync(key), cert: readFileSync(this.certificate) }, (near) => {
      const far = connect(Number(target.port), target.hostname);
      this.#join(near, far);
    });
  }

  /**
   * Starts a relay in front of the server at `endpoint`, and returns it. The relay passes on at most `bytesPerSecond`
   * from the server. Its key and certificate are written to the folder `dir`.
   */
  static async to(endpoint: string, bytesPerSecond: number, dir: string): Promise<MeteredLink> {
    const link = new MeteredLink(new URL(endpoint), bytesPerSecond, dir);
    await once(link.#server.listen(0, '127.0.0.1'), 'listening');
    return link;
  }

  get endpoint(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
    near.pipe(far);
    far.on('data', (chunk: Buffer) => {
      const now = performance.now();
      this.#free = Math.max(this.#free, now - BURST_MS) + (chunk.length / this.#bytesPerSecond) * 1000;
      const isTaken = near.write(chunk);
      if (isTaken && this.#free <= now) return;
      far.pause();
      const resume = (): void => void setTimeout(() => far.resume(), Math.max(0, this.#free - performance.now()));
      if (isTaken) resume();
      else near.once('drain', resume);
    });
    far.on('close', () => near.end()).on('error', () => near.destroy());
    near.on('close', () => far.destroy()).on('error', () => far.destroy());
  }
}
