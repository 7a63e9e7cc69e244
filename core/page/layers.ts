import { printable, roughly } from './text.ts';

/**
 * The properties of a layer that are shown in a table of layers: its digest, its size in bytes, and the Dockerfile
 * command that made it. Each is null when it is not known.
 */
export interface LayerFacts {
  digest: string | null;
  size: number | null;
  createdBy: string | null;
}

/** The texts about a layer in a table of layers, and the length of the bar that shows its size. */
export interface ShownLayer {
  /** The size of the layer, rounded; `?` when it is not known. */
  size: string;
  /** The size of the layer divided by the size of the largest layer, from 0 to 1; 0 when it is not known. */
  part: number;
  /** The first 12 digits of the layer's digest; `?` when it is not known. */
  digest: string;
  /** The Dockerfile command that made the layer; empty when it is not known. */
  step: string;
}

/** Returns the texts about the layers of an image for a table of layers, in the order of `layers`: the lowest first. */
export function shownLayers(layers: readonly LayerFacts[]): ShownLayer[] {
  const largest = layers.reduce((most, { size }) => Math.max(most, size ?? 0), 1);
  return layers.map(({ size, digest, createdBy }) => ({
    size: size === null ? '?' : roughly(size),
    part: (size ?? 0) / largest,
    digest: digest === null ? '?' : printable(digest.slice('sha256:'.length, 'sha256:'.length + 12)),
    step: createdBy === null ? '' : printable(shortened(createdBy)),
  }));
}

/**
 * Returns the Dockerfile command that made a layer as its author wrote it. `step` is the command as the history of the
 * image has it, with the shell and the builder's notes around it.
 */
function shortened(step: string): string {
  return step
    .replace(/\s+/g, ' ')
    .replace(/^(?:RUN )?(?:\|\d+ .*?)?\/bin\/sh -c #\(nop\) +/, '')
    .replace(/^(?:RUN )?(?:\|\d+ .*?)?\/bin\/sh -c /, 'RUN ')
    .replace(/ # buildkit$/, '')
    .trim();
}
