import { readFile } from 'node:fs/promises';
import { both } from '../../core/catalogue/bilingual.ts';
import type { ServeCommand } from '../args-serve.ts';
import { FileError, UsageError } from '../exit.ts';

/**
 * The fewest characters that a secret or token of `lading serve` may have; a shorter one is refused.
 * `openssl rand -hex 8` prints 16.
 */
const SECRET_CHARACTERS = 16;

/**
 * Parses the flags for the web page of `lading serve`. Returns the address of `--http` at which the page is shown, and
 * the token in the file of `--token-file`, which users of the page must give; the token is null when none is needed.
 * Returns null when there is to be no page. Throws a UsageError, for example when the page would be open to other
 * machines without a token. Throws a FileError when the file with the token cannot be read.
 */
export async function pageDoor({
  http,
  tokenFile,
}: ServeCommand): Promise<{ host: string; port: number; token: string | null } | null> {
  if (http === null && tokenFile !== null)
    throw new UsageError(
      both('--token-file is for the page of --http.', '--token-file 用于 --http 的页面。'),
      both('Type, for instance, --http 127.0.0.1:8080.', '例如输入 --http 127.0.0.1:8080。'),
    );
  if (http === null) return null;
  const address = addressIn('http', http);
  const token = tokenFile === null ? null : secretIn(await readSecret(tokenFile));
  const { isLoopback } = await import('../../serve/http/guard.ts');
  if (token !== null || isLoopback(address.host)) return { ...address, token };
  throw new UsageError(
    both(
      `Cannot show the page on ${address.host} without a token: others than this machine can reach it.`,
      `没有令牌时不能在 ${address.host} 上显示页面：其他机器也能访问它。`,
    ),
    both('Give one with --token-file FILE, or use 127.0.0.1.', '请用 --token-file FILE 给出令牌，或使用 127.0.0.1。'),
  );
}

/**
 * Parses `word`, the address that was typed after `--http` or `--listen`: `HOST:PORT`, with an IPv6 address in
 * brackets. Returns the host without brackets, and the port. Throws a UsageError for another text. The error message
 * names `flag`.
 */
export function addressIn(flag: 'http' | 'listen', word: string): { host: string; port: number } {
  const [, six, host = six, port = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(word) ?? [];
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new UsageError(
    both(`'${word}' is no address.`, `'${word}' 不是地址。`),
    both(`Type, for instance, --${flag} 127.0.0.1:8099.`, `例如输入 --${flag} 127.0.0.1:8099。`),
  );
}

/**
 * Removes the white space around a secret or token, and returns the result. Throws a UsageError when the result has
 * fewer than 16 characters.
 */
export function secretIn(text: string): string {
  const secret = text.trim();
  if (secret.length >= SECRET_CHARACTERS) return secret;
  throw new UsageError(
    both(`The secret has fewer than ${SECRET_CHARACTERS} characters.`, `密钥少于 ${SECRET_CHARACTERS} 个字符。`),
    both('Make one with openssl rand -hex 16.', '请用 openssl rand -hex 16 生成一个。'),
  );
}

export async function readSecret(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw new FileError('read', file, error);
  });
}
