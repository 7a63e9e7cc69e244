import type { StatusCommand } from '../args-service.ts';
import { bucketsOf } from '../input/buckets.ts';
import { type Io, write } from '../io.ts';
import { styleFor } from '../page-style.ts';
import { reportAt, servicePage, stateCode } from '../print/service.ts';
import { printable } from '../../core/page/text.ts';
import { safeJson } from '../print/text.ts';
import { service } from './upload.ts';

/**
 * Runs `lading status`: prints the state of an upload in Lading's service in AWS, such as "waits to be inspected". Once
 * the service has handled the upload, prints the result instead. Returns the exit code.
 */
export async function statusCommand(command: StatusCommand, io: Io): Promise<number> {
  const buckets = await bucketsOf(command, io);
  const uri = `s3://${buckets.uploads}/${command.key}`;
  const options = { buckets, task: `ask about ${uri}`, remedy: 'Try again.' };
  const now = await service(options, io, (there) => there.state(command.key));
  const style = styleFor(io.stdout, command.language, io.env);
  if (command.json) await write(io.stdout, safeJson({ upload: null, manifest: null, ...now }), io.signal);
  else if ('manifest' in now) {
    const report = reportAt(now.manifest, buckets.results);
    await write(io.stdout, servicePage(now.manifest, null, style, report), io.signal);
  } else await write(io.stdout, `${style.words.states[now.state](printable(uri))}\n`, io.signal);
  return stateCode(now.state);
}
