/**
 * Starts to measure CPU time. Returns a function that returns the seconds that this process has used since, as a usual
 * machine would count them: on a machine that is slower just now, fewer than it has used.
 *
 * The bounds of the tests are those of a usual machine. Without this, a busy neighbour on the same processor would fail
 * them, because it makes each second of CPU time do less.
 */
export function cpuSeconds(): () => number {
  const before = referenceMs();
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    const slowness = (before + referenceMs()) / 2 / USUAL_MS;
    return (user + system) / 1e6 / Math.max(1, slowness);
  };
}

/** What `referenceMs` returns on a usual machine that does nothing else. */
const USUAL_MS = 21.5;

const table = new Int32Array(1 << 20);
referenceMs(); // the first call takes longer: it is not compiled yet, and the memory of the table is new

/** The milliseconds of CPU that a fixed work takes: as in the readers, arithmetic and access to some megabytes. */
function referenceMs(): number {
  const began = process.cpuUsage();
  let hash = 1;
  for (let i = 0; i < 8e6; i++) {
    hash = Math.imul(hash ^ i, 0x85ebca6b);
    table[hash >>> 12] = hash;
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
