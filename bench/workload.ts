import type { Figures } from './measure.ts';

/** Prepares a job for a file or an S3 key, and returns the function to measure. */
export type Workload = (name: string) => Promise<() => Promise<Figures>>;
