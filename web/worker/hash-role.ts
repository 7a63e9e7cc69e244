import { createSHA256, type IHasher } from 'hash-wasm';

/**
 * A message to a worker that computes sha256 digests for another worker, several at the same time. `hasher` is the
 * number of the digest that the message is about. `state` begins the digest: it is the saved state of a hasher that has
 * hashed the first bytes in the other worker. `bytes` adds bytes to the digest, and `digest` asks for its value.
 */
export type HashRequest =
  | { kind: 'state'; hasher: number; state: Uint8Array }
  | { kind: 'bytes'; hasher: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'digest'; hasher: number };

/**
 * A message from a worker that hashes, about the digest with the number `hasher`: how many more bytes were hashed
 * (`done`), the digest as 64 hex digits, or the error message when hashing has failed.
 */
export type HashAnswer =
  | { hasher: number; done: number }
  | { hasher: number; digest: string }
  | { hasher: number; failed: string };

/**
 * Returns the function that handles the messages to a worker which hashes for another one. Messages about one digest
 * are handled in order. `answer` is called with each reply.
 */
export function hashRole(answer: (message: HashAnswer) => void): (request: HashRequest) => void {
  const hashers = new Map<number, Promise<IHasher>>();
  return (request) => {
    const before = hashers.get(request.hasher) ?? createSHA256();
    const after = before.then((hasher) => handle(hasher, request, answer));
    after.catch((error: unknown) => answer({ hasher: request.hasher, failed: String(error) }));
    if (request.kind === 'digest') hashers.delete(request.hasher);
    else hashers.set(request.hasher, after);
  };
}

function handle(hasher: IHasher, request: HashRequest, answer: (message: HashAnswer) => void): IHasher {
  const { hasher: number } = request;
  switch (request.kind) {
    case 'state':
      hasher.load(request.state);
      break;
    case 'bytes':
      hasher.update(request.bytes);
      answer({ hasher: number, done: request.bytes.length });
      break;
    case 'digest':
      answer({ hasher: number, digest: hasher.digest() });
  }
  return hasher;
}
