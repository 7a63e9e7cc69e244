import { createSHA256, type IHasher } from 'hash-wasm';

/**
 * A message to a worker that hashes for another one. It may compute several digests at a time: `hasher` is the number
 * of the one that is meant. `state` sets it to a saved state, `bytes` adds bytes, `digest` asks for the digest.
 */
export type HashRequest =
  | { kind: 'state'; hasher: number; state: Uint8Array }
  | { kind: 'bytes'; hasher: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'digest'; hasher: number };

/**
 * A message from a worker that hashes, about the hasher with this number: how many more bytes it has hashed (`done`),
 * its digest as hex digits, or the reason why it has failed.
 */
export type HashAnswer =
  | { hasher: number; done: number }
  | { hasher: number; digest: string }
  | { hasher: number; failed: string };

/**
 * Makes the function that handles the messages to a worker which hashes for another one. The messages for each hasher
 * are handled in order. The worker's own messages go to `answer`.
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
