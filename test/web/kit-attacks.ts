import { dockerArchive } from '../support/image-builder.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';

// Archives whose names, labels and histories try to become something else than text in the page.

const MILLION = 'x'.repeat(1_000_000);

/** Texts that an attacker may put into an archive. */
export const TEXTS: Record<string, string> = {
  'a script': '<script>globalThis.broken = 1</script>',
  'an image that fails': '<img src=x onerror="globalThis.broken = 1">',
  'the end of a script': '</script><script>globalThis.broken = 1</script>',
  'the end of an attribute': '" onmouseover="globalThis.broken = 1',
  'an address of a script': 'javascript:globalThis.broken=1',
  'a template': '{{constructor.constructor("globalThis.broken = 1")()}}',
  'a bidirectional override': 'gpj.\u202eexe',
  'isolates and marks': '\u2066\u200f\u061c\u2069',
  'control characters': '\u001b[2J\u0007\u0008\r\u0085',
  'line separators': 'a\u2028b\u2029c',
  'many combining characters': `e${'\u0301'.repeat(5000)}`,
  'the name of a property': '__proto__',
};

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

/** An image archive that has a text as name, label, history, environment and as the name of a file. */
export function imageWith(text: string): Buffer {
  const body = 'content';
  const layer = archive([
    { name: 'bin/sh', body: '#!' },
    { name: 'x', body, pax: { path: utf8(`srv/${text}`) } },
  ]);
  return dockerArchive([
    {
      names: [`web:1`, text],
      layers: [layer],
      config: { Cmd: [text], Env: [`A=${text}`], Labels: { [text]: text } },
      history: [{ created_by: text, comment: text, author: text }],
      more: { created: text, author: text, architecture: text },
    },
  ]);
}

/** A container export whose files have a text as name, link and owner. */
export function exportWith(text: string): Buffer {
  return archive([
    ...exportEntries(),
    { name: 'x', body: 'text', pax: { path: utf8(`srv/${text}`) } },
    { name: 'y', type: '2', pax: { path: 'srv/link', linkpath: utf8(text) } },
    { name: 'etc/os-release', body: `NAME="${text}"\nPRETTY_NAME="${text}"\n` },
  ]);
}

/** Archives with a million characters where people write some dozens. */
export const LONG: Record<string, () => Buffer> = {
  'a million characters in an image': () => imageWith(MILLION.slice(0, 900_000)),
  'a million characters in os-release': () =>
    archive([...exportEntries(), { name: 'etc/os-release', body: `PRETTY_NAME="${MILLION}"\n` }]),
};
