import { createSHA256, type IHasher } from 'hash-wasm';

/** A message to a worker that hashes. Each hasher in it has a number. */
export type HashRequest =
  | { kind: 'state'; hasher: number; state: Uint8Array }
  | { kind: 'bytes'; hasher: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'digest'; hasher: number };

/** A message from a worker that hashes: bytes of a hasher that are done, its digest, or why it has failed. */
export type HashAnswer =
  | { hasher: number; done: number }
  | { hasher: number; digest: string }
  | { hasher: number; failed: string };

/** Makes the function by which a worker hashes for another one. It handles the messages of one hasher in order. */
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
