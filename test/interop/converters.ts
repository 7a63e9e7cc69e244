import { fileURLToPath } from 'node:url';
import { run } from '../support/engines.ts';

/** What a conversion is told. */
export interface ConversionOptions {
  names: readonly string[];
  changes: readonly string[];
  /** A file with the JSON of `docker inspect`. */
  inspect: string | null;
}

/** One way to convert: all of them must give the same bytes. */
export interface Converter {
  readonly name: string;
  /** Writes the image archive of `input` to the file `output`. */
  convert(input: string, options: ConversionOptions, output: string): Promise<void>;
  stop(): Promise<void>;
}

export const LADING: string = fileURLToPath(new URL('../../cli/lading.js', import.meta.url));

/** The command line. */
export const COMMAND_LINE: Converter = {
  name: 'the command line',
  async convert(input, options, output) {
    const names = options.names.flatMap((name) => ['--name', name]);
    const changes = options.changes.flatMap((change) => ['--change', change]);
    const inspect = options.inspect === null ? [] : ['--inspect', options.inspect];
    const args = [LADING, 'convert', input, ...names, ...changes, ...inspect, '--output', output];
    await run(process.execPath, args, process.env);
  },
  stop: () => Promise.resolve(),
};

/** Every way to convert, ready to be used. */
export async function startConverters(): Promise<Converter[]> {
  return [COMMAND_LINE];
}
