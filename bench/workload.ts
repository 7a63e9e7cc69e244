import type { Figures } from './measure.ts';

/**
 * Prepares a job of the benchmark for the file or S3 key `name`, and returns the function that does the job, which is
 * measured.
 */
export type Workload = (name: string) => Promise<() => Promise<Figures>>;
