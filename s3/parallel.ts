/**
 * Yields the results of `work(0)`, `work(1)` and so on, up to `work(count - 1)`, in order. At most `limit` calls run at
 * the same time, or have ended and wait until their result is yielded. A failed call throws its error when its turn
 * comes.
 */
export async function* inOrder<T>(
  count: number,
  limit: number,
  work: (index: number) => Promise<T>,
): AsyncGenerator<T, void, undefined> {
  const pending: Promise<T>[] = [];
  for (let index = 0, next = 0; index < count; index += 1) {
    for (; next < count && pending.length < limit; next += 1) {
      const started = work(next);
      // A failure is thrown when its turn comes. Until then Node must not report it as an unhandled rejection.
      started.catch(() => {});
      pending.push(started);
    }
    const first = pending.shift();
    if (first !== undefined) yield await first;
  }
}

/**
 * Calls `work` with every item, with at most `limit` calls at the same time. After a failure it starts no more calls,
 * waits for the running ones, and throws the first failure.
 */
export async function inParallel<T>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = each(items);
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    try {
      for (let next = await queue.next(); next.done !== true && failures.length === 0; next = await queue.next()) {
        await work(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  await queue.return();
  if (failures.length > 0) throw failures[0];
}

/**
 * Returns a function that calls the functions passed to it, at most `limit` at the same time. A further function waits
 * until one of the others has ended. After a failure, no more functions are called: those that wait end at once,
 * without an error.
 */
export function atMost(limit: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let [free, failed] = [limit, false];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      if (!failed) await work();
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

async function* each<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, void, undefined> {
  yield* items;
}
