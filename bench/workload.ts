import type { Figures } from './measure.ts';

/**
 * A job of the benchmark. Called with `name`, a file or an S3 key, it prepares the job, and returns the function that
 * does it. Only that function is measured; it returns the figures to print.
 */
export type Workload = (name: string) => Promise<() => Promise<Figures>>;
