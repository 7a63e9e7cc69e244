import type { ExecutionConfig } from './config.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/** The options as words, wherever they came from: command line, object metadata or sidecar. */
export interface RawOptions {
  name: string[];
  change: string[];
  message: string | null;
  platform: string | null;
  /** JSON text of `docker inspect`. */
  inspect: string | null;
  /** Treat the archive as a root file system even when it does not look like one. */
  rootfs: boolean;
}

/** The options understood. */
export interface ConversionRequest {
  names: Reference[];
  nameDerived: boolean;
  config: ExecutionConfig;
  message: string | null;
  platform: Platform | null;
  rootfs: boolean;
}
