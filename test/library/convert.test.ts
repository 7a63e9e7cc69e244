import assert from 'node:assert/strict';
import { link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FileError } from '../../cli/exit.ts';
import { convert, inspect, OptionError, plan } from '../../library/index.ts';
import { outputFailed } from '../../library/output-error.ts';
import { folder } from '../cli/kit.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';

const BYTES = archive(exportEntries());

/** A folder with an archive `a.tar`. */
async function withArchive(t: TestContext): Promise<string> {
  const dir = await folder(t);
  await writeFile(join(dir, 'a.tar'), BYTES);
  return dir;
}

test('an archive is never overwritten by its image, whatever the target is called', async (t) => {
  const dir = await withArchive(t);
  const file = join(dir, 'a.tar');
  await symlink('a.tar', join(dir, 'symbolic.tar'));
  await link(file, join(dir, 'hard.tar'));
  for (const target of [file, `${dir}/./a.tar`, pathToFileURL(file), join(dir, 'symbolic.tar'), join(dir, 'hard.tar')])
    for (const source of [file, pathToFileURL(file)])
      await assert.rejects(convert(source, target, { name: 'a:1' }), (error) => {
        assert.ok(error instanceof OptionError);
        assert.match(error.message, /^Cannot write to \S+: the archive is read from that file\.$/);
        return true;
      });
  assert.deepEqual(await readFile(file), Buffer.from(BYTES));
  assert.equal((await convert(file, join(dir, 'b.tar'))).outcome, 'converted');
  assert.equal((await convert(file, join(dir, 'b.tar'))).outcome, 'converted', 'another file is replaced');
});

test('a file that cannot be written is an error with a code and the sentence of the command line', async (t) => {
  const dir = await withArchive(t);
  await mkdir(join(dir, 'folder'));
  const refused: [string, string][] = [
    ['no/x.tar', 'there is no such folder'],
    ['folder', 'it is a folder'],
    ['a.tar/x.tar', 'a part of its path is not a folder'],
    ['x'.repeat(300), 'its name is too long'],
  ];
  for (const [name, reason] of refused) {
    const path = join(dir, name);
    let isRead = false;
    const options = { name: 'a:1', onProgress: () => (isRead = true) };
    const message = `Cannot write ${path}: ${reason}.`;
    await assert.rejects(convert(join(dir, 'a.tar'), path, options), {
      name: 'LadingError',
      code: 'output-failed',
      message,
    });
    if (name === 'no/x.tar') assert.equal(isRead, false, 'it is said before the archive is read');
  }
  for (const code of ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']) {
    const cause = Object.assign(new Error('no words for it'), { code });
    assert.equal(outputFailed('x.tar', cause).message, new FileError('write', 'x.tar', cause).message);
  }
});

test('an option that does not exist is refused, not ignored', async (t) => {
  const dir = await withArchive(t);
  const misspelled: object = { nam: 'web' };
  const [file, target] = [join(dir, 'a.tar'), join(dir, 'b.tar')];
  const calls = [
    () => convert(file, target, misspelled),
    () => plan(file, misspelled),
    () => inspect(file, misspelled),
  ];
  for (const call of calls)
    await assert.rejects(call(), { name: 'OptionError', message: 'There is no option "nam".', remedy: /fileName/ });
  await assert.rejects(inspect(file, { name: 'a:1' } as object), { message: 'There is no option "name".' });
});
