import type { Shell } from '../args.ts';
import { bash } from './bash.ts';
import { fish } from './fish.ts';
import { commands } from './words.ts';
import { zsh } from './zsh.ts';

const MAKERS = { bash, zsh, fish } as const;

/** Makes the script by which the given shell completes the commands, flags and values of `lading`. */
export function completion(shell: Shell): string {
  return MAKERS[shell](commands());
}
