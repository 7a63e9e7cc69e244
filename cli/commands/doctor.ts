import type { DoctorCommand } from '../args-service.ts';
import { EXIT } from '../exit.ts';
import { bucketsOf } from '../input/buckets.ts';
import { type Io, write } from '../io.ts';
import { styleFor } from '../page-style.ts';
import { printable } from '../../core/page/text.ts';
import { safeJson } from '../print/text.ts';
import { service } from './upload.ts';

/**
 * Runs `lading doctor`: checks a Lading service that is deployed in AWS, and prints one sentence for each fault.
 * Returns the exit code.
 */
export async function doctorCommand(command: DoctorCommand, io: Io): Promise<number> {
  const buckets = await bucketsOf(command, io);
  const task = `check the service of ${buckets.uploads} and ${buckets.results}`;
  const style = styleFor(io.stdout, command.language, io.env);
  if (!command.quiet) await write(io.stderr, `${style.words.checking}\n`, io.signal);
  const complaints = await service({ buckets, task, remedy: 'Try again.' }, io, (there) =>
    there.diagnose(command.timeoutMs),
  );
  const sentences = complaints.map((each) => printable(each[style.language]));
  const lines = sentences.length === 0 ? [style.words.sound] : sentences;
  if (command.json)
    await write(io.stdout, safeJson({ sound: complaints.length === 0, complaints: sentences }), io.signal);
  else if (!command.quiet || complaints.length > 0)
    await write(io.stdout, lines.map((line) => `${line}\n`).join(''), io.signal);
  return complaints.length === 0 ? EXIT.done : EXIT.unsound;
}
