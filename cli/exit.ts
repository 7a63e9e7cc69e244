import { type Bilingual, both, type Language } from '../core/catalogue/bilingual.ts';
import { brief } from '../core/catalogue/brief.ts';
import { inLanguage } from '../core/catalogue/findings.ts';
import { LadingError } from '../core/model/errors.ts';
import { systemReason } from '../node/system-reason.ts';
import { Interrupted } from './io.ts';
import { printable } from '../core/page/text.ts';

/** The exit codes of the command line, the same for every command. */
export const EXIT = {
  done: 0,
  /**
   * The exit code for a readable archive with a fault of severity `error`, and for an upload that Lading's service
   * refused. It also means that `lading files` cannot show or print a path, or that there is no image archive for
   * `lading upload -o` to download.
   */
  finding: 1,
  /** The exit code for a wrong command line, such as an unknown flag, or a value that a flag does not take. */
  usage: 2,
  /**
   * The exit code for an upload that does not exist, and for an input that is not an archive, is incomplete, or cannot
   * be converted.
   */
  badInput: 3,
  /**
   * The exit code when something could not be read or written, and for every error that has no exit code of its own.
   */
  io: 4,
  /** The exit code when Lading's service in AWS has given up on an upload after several tries. */
  failed: 5,
  /** The exit code when Lading's service in AWS has no result for an upload yet. */
  notYet: 6,
  /** The exit code when the results of an upload are deleted already, or Lading's service never noticed the upload. */
  expired: 7,
  /** The exit code when `lading doctor` has found a fault in a Lading service in AWS. */
  unsound: 8,
  /** The exit code when something was found in the archive for which `--fail-on` says that the command must fail. */
  gate: 9,
} as const;

/** The error for a wrong command line. It has a sentence about the problem, and one about what to type instead. */
export class UsageError extends Error {
  readonly problem: Bilingual;
  readonly remedy: Bilingual;

  constructor(problem: Bilingual, remedy: Bilingual) {
    super(problem.en);
    this.name = 'UsageError';
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** Makes the advice to type `words`, such as a command, in English and Chinese: `Type: lading status KEY`. */
export function toType(words: string): Bilingual {
  return both(`Type: ${words}`, `请输入：${words}`);
}

/**
 * The error for a file that cannot be read or written. It has a sentence for the user, with the name of the file and
 * the reason.
 */
export class FileError extends Error {
  readonly problem: Bilingual;

  constructor(verb: 'read' | 'write', name: string, cause: unknown) {
    const reason = reasonOf(cause, verb);
    const problem = both(
      `Cannot ${verb} ${name}: ${reason.en}.`,
      `无法${verb === 'read' ? '读取' : '写入'} ${name}：${reason.zh}。`,
    );
    super(problem.en, { cause });
    this.name = 'FileError';
    this.problem = problem;
  }
}

/**
 * Waits for `work`, the promise of a function that writes a file, and returns its result. If a system call fails,
 * throws a FileError that names `path`. Any other error is thrown as it is.
 */
export async function asFile<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? new FileError('write', path, error) : error;
  }
}

/**
 * Says how a command ends with an error. `code` is the exit code. `text` is the message to print in the given language,
 * with control characters and line breaks in names escaped. `text` is null when nothing is to be printed: after a
 * signal such as Ctrl-C, and when the reader of a pipe has closed it.
 */
export function explain(error: unknown, language: Language): { code: number; text: string | null } {
  if (error instanceof Interrupted) return { code: error.exitCode, text: null };
  if (codeOf(error) === 'EPIPE') return { code: EXIT.io, text: null };
  if (error instanceof FileError && codeOf(error.cause) === 'EPIPE') return { code: EXIT.io, text: null };
  if (error instanceof UsageError) {
    return { code: EXIT.usage, text: lines(error.problem[language], error.remedy[language]) };
  }
  if (error instanceof FileError) return { code: EXIT.io, text: lines(error.problem[language]) };
  if (error instanceof LadingError) {
    return { code: CODES.get(error.code) ?? EXIT.io, text: sentence(error, language) };
  }
  if (codeOf(error) !== null) {
    const { en, zh } = reasonOf(error);
    return { code: EXIT.io, text: lines(both(`Cannot go on: ${en}.`, `无法继续：${zh}。`)[language]) };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: EXIT.io, text: lines(UNEXPECTED, ...trace.split('\n', TRACE_LINES)) };
}

/**
 * The exit code for each code of a LadingError, the error of Lading's core. For a code that is not in this table, the
 * exit code is 4 (`EXIT.io`).
 */
const CODES = new Map<string, number>([
  ['bad-archive', EXIT.badInput],
  ['deadline', EXIT.notYet],
]);

const UNEXPECTED = 'Lading failed in a way that it should not. Please report this:';
const TRACE_LINES = 50;

/**
 * Joins sentences to one text, each on its own line. The middle of a very long sentence is left out, and control
 * characters are escaped.
 */
function lines(...sentences: string[]): string {
  return sentences.map((each) => `${printable(brief(each))}\n`).join('');
}

function sentence({ finding, message, remedy }: LadingError, language: Language): string {
  const said = finding === null ? { message, remedy } : inLanguage(finding, language);
  return said.remedy === '' ? lines(said.message) : lines(said.message, said.remedy);
}

/**
 * The reason why a file could not be read or written, as words in a sentence, in English and Chinese. `verb` says what
 * was tried. If Lading has no words for the error, the message of the system is used in both languages.
 */
export function reasonOf(error: unknown, verb: 'read' | 'write' = 'read'): Bilingual {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const known = code === null ? undefined : systemReason(code, verb);
  const said = code === null ? message.replace(/\.$/, '') : `${code}, ${message}`;
  return known ?? both(said, said);
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error instanceof LadingError || !('code' in error)) return null;
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : null;
}
