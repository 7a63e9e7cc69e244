import fc from 'fast-check';

/**
 * fast-check with the same seed in every run, so that a change is judged by the same cases as the one before it.
 * `LADING_SEED` sets another seed, to look for new cases.
 */
fc.configureGlobal({ seed: Number(process.env['LADING_SEED'] ?? 20261128) });

export { fc };
