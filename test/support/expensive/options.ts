import { archive, exportEntries } from '../tar-builder.ts';
import { type Family, items, jsonItems, type Makers, sidecars } from './family.ts';

const change = (...lines: string[]) => JSON.stringify({ change: lines });
/** A sidecar with a list of instructions in the option `change`, in about `bytes` bytes. */
const changes = (bytes: number, line: (index: number) => string) =>
  JSON.stringify({ change: items(bytes, line, (each) => JSON.stringify(each).length + 1) });
const doubled = (name: string, next: (i: number) => string) => (bytes: number) =>
  changes(bytes, (i) => (i === 0 ? `ENV ${name}0=xxxxxxxx` : next(i)));

const CHANGES: Makers = {
  'spaces behind a directive': (bytes) => change(`# syntax=a${' '.repeat(bytes)}b`),
  'spaces before a directive': (bytes) => change(`#${' '.repeat(bytes)}syntax=a`),
  'spaces behind a comment': (bytes) => change(`#${' '.repeat(bytes)}`),
  'spaces between words': (bytes) => change(`CMD${' '.repeat(bytes)}a`),
  'tabs at the end': (bytes) => change(`CMD a${'\t'.repeat(bytes / 2)}b`),
  'carriage returns': (bytes) => change('\r'.repeat(bytes / 2)),
  'carriage returns in a command': (bytes) => change(`CMD a${'\r'.repeat(bytes / 2)}b`),
  'line breaks': (bytes) => change('\n'.repeat(bytes / 2)),
  'continued lines': (bytes) => change(`CMD a ${'\\\n'.repeat(bytes / 4)}b`),
  'comments between continued lines': (bytes) => change(`CMD a \\\n${'#\n'.repeat(bytes / 3)}b`),
  backslashes: (bytes) => change(`CMD a ${'\\'.repeat(bytes / 2)}`),
  'an interval of zeros': (bytes) => change(`HEALTHCHECK --interval=${'0'.repeat(bytes)}x CMD a`),
  'an interval of parts': (bytes) => change(`HEALTHCHECK --interval=${'1s'.repeat(bytes / 2)} CMD a`),
  'an interval of dots': (bytes) => change(`HEALTHCHECK --interval=${'1.'.repeat(bytes / 2)} CMD a`),
  'retries of zeros': (bytes) => change(`HEALTHCHECK --retries=${'0'.repeat(bytes)}x CMD a`),
  'flags of a health check': (bytes) => change(`HEALTHCHECK ${'--interval=1s '.repeat(bytes / 14)}CMD a`),
  'labels, one an instruction': (bytes) => changes(bytes, (i) => `LABEL l${i}=x`),
  'labels in one instruction': (bytes) => change(`LABEL ${items(bytes, (i) => `l${i}=x`).join(' ')}`),
  'one label again and again': (bytes) => changes(bytes, () => 'LABEL l=x'),
  'variables, one an instruction': (bytes) => changes(bytes, (i) => `ENV e${i}=x`),
  'variables in one instruction': (bytes) => change(`ENV ${items(bytes, (i) => `e${i}=x`).join(' ')}`),
  'variables that are expanded': (bytes) =>
    change('ENV a=xxxxxxxx', `ENV ${items(bytes, (i) => `e${i}=$a`).join(' ')}`),
  'variables that double': doubled('a', (i) => `ENV a${i}=$a${i - 1}$a${i - 1}`),
  'variables that double in labels': doubled('a', (i) =>
    i < 10 ? `ENV a${i}=$a${i - 1}$a${i - 1}` : `LABEL l${i}=$a9`,
  ),
  'a long variable that is expanded': (bytes) =>
    change(`ENV a=${'x'.repeat(bytes / 2)}`, `LABEL l=${'$a'.repeat(bytes / 4)}`),
  'defaults within defaults': (bytes) => change(`LABEL a=${'${a:-'.repeat(bytes / 5)}`),
  'defaults within defaults, closed': (bytes) => change(`LABEL a=${'${a:-'.repeat(bytes / 6)}${'}'.repeat(bytes / 6)}`),
  'defaults one after the other': (bytes) => change(`LABEL a=${'${a:-b}'.repeat(bytes / 7)}`),
  'patterns of stars': (bytes) => change(`ENV a=${'a'.repeat(bytes / 2)}`, `LABEL l=\${a%%${'*a'.repeat(bytes / 4)}b}`),
  'patterns of question marks': (bytes) =>
    change(`ENV a=${'a'.repeat(bytes / 2)}`, `LABEL l=\${a#*${'?'.repeat(bytes / 2)}b}`),
  'a replacement of one letter': (bytes) =>
    change(`ENV a=${'a'.repeat(bytes / 2)}`, `LABEL l=\${a//a/${'b'.repeat(bytes / 2)}}`),
  'a template of names that stand for nothing': (bytes) =>
    change(`ENV a=${'a'.repeat(bytes / 2)}`, `ENV r='${'$1'.repeat(bytes / 4)}'`, 'LABEL l=${a//a/$r}'),
  'a template that repeats a match': (bytes) =>
    change(`ENV a=${'a'.repeat(bytes / 2)}`, `ENV r='${'$0'.repeat(bytes / 4)}'`, 'LABEL l=${a//*/$r}'),
  'a short pattern at the end of a long value': (bytes) =>
    change(`ENV a=${'a'.repeat(bytes)}`, 'LABEL l=${a%a*b}', 'LABEL m=${a%%*b}'),
  quotes: (bytes) => change(`LABEL a=${'"\'"'.repeat(bytes / 6)}`),
  'quotes that do not end': (bytes) => change(`LABEL a=${'"" '.repeat(bytes / 5)}"`),
  'equals signs': (bytes) => change(`LABEL ${'='.repeat(bytes)}`),
  'dollar signs': (bytes) => change(`LABEL a=${'$'.repeat(bytes)}`),
  'a command of brackets': (bytes) => change(`CMD ${'['.repeat(bytes)}`),
  'a command of closed brackets': (bytes) => change(`CMD ${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`),
  'a command of many words': (bytes) => change(`CMD [${items(bytes / 3, () => '"a"').join(',')}]`),
  commands: (bytes) => changes(bytes, () => 'CMD a'),
  'ports, one an instruction': (bytes) => changes(bytes, (i) => `EXPOSE ${i % 65536}`),
  'ports in one instruction': (bytes) => change(`EXPOSE ${items(bytes, (i) => String(i % 65536)).join(' ')}`),
  'ranges of all ports': (bytes) => change(`EXPOSE ${items(bytes, () => '1-65535').join(' ')}`),
  'ranges of all ports, one an instruction': (bytes) => changes(bytes, () => 'EXPOSE 1-65535'),
  'ports of colons': (bytes) => change(`EXPOSE ${':'.repeat(bytes)}`),
  'a port of zeros': (bytes) => change(`EXPOSE ${'0'.repeat(bytes)}x`),
  volumes: (bytes) => changes(bytes, (i) => `VOLUME /v${i}`),
  'volumes in one instruction': (bytes) => change(`VOLUME ${items(bytes, (i) => `/v${i}`).join(' ')}`),
  'folders one below the other': (bytes) => changes(bytes, () => 'WORKDIR a'),
  'a folder of slashes': (bytes) => change(`WORKDIR ${'/'.repeat(bytes)}`),
  'a folder of dots': (bytes) => change(`WORKDIR ${'../a/'.repeat(bytes / 5)}`),
  triggers: (bytes) => changes(bytes, () => 'ONBUILD CMD a'),
  'triggers of triggers': (bytes) => change(`ONBUILD ${'ONBUILD '.repeat(bytes / 8)}`),
  users: (bytes) => changes(bytes, () => 'USER a'),
  'a user of colons': (bytes) => change(`USER ${':'.repeat(bytes)}`),
  'a signal of digits': (bytes) => change(`STOPSIGNAL ${'1'.repeat(bytes)}`),
  'an instruction that is none': (bytes) => change('A'.repeat(bytes)),
  'instructions that are none': (bytes) => changes(bytes, (i) => `NO${i}`),
  'empty instructions': (bytes) => changes(bytes, () => ''),
};

const OPTIONS: Makers = {
  names: (bytes) =>
    JSON.stringify({
      name: items(
        bytes,
        (i) => `app:${i}`,
        (each) => each.length + 3,
      ),
    }),
  'one name again and again': (bytes) =>
    JSON.stringify({
      name: items(
        bytes,
        () => 'app:1',
        (each) => each.length + 3,
      ),
    }),
  'a name of letters': (bytes) => JSON.stringify({ name: 'a'.repeat(bytes) }),
  'a name of dashes': (bytes) => JSON.stringify({ name: `a${'-'.repeat(bytes)}` }),
  'a name of dashes in between': (bytes) => JSON.stringify({ name: `a${'-'.repeat(bytes)}A` }),
  'a name of underscores': (bytes) => JSON.stringify({ name: `a${'__'.repeat(bytes / 2)}!` }),
  'a name of dots': (bytes) => JSON.stringify({ name: `${'a.'.repeat(bytes / 2)}/!` }),
  'a name of slashes': (bytes) => JSON.stringify({ name: 'a/'.repeat(bytes / 2) }),
  'a name of colons': (bytes) => JSON.stringify({ name: ':'.repeat(bytes) }),
  'a name of spaces': (bytes) => JSON.stringify({ name: `a${' '.repeat(bytes)}b` }),
  'a tag without end': (bytes) => JSON.stringify({ name: `a:${'1'.repeat(bytes)}` }),
  'a digest without end': (bytes) => JSON.stringify({ name: `a@sha256:${'1'.repeat(bytes)}` }),
  'a message': (bytes) => JSON.stringify({ message: '\u0001'.repeat(bytes / 6) }),
  'a platform': (bytes) => JSON.stringify({ platform: 'a/'.repeat(bytes / 2) }),
  'an image to choose': (bytes) => JSON.stringify({ image: '1'.repeat(bytes) }),
  'a compression that is none': (bytes) => JSON.stringify({ compress: '\u202e'.repeat(bytes / 3) }),
  'unknown fields': (bytes) => `{${items(bytes, (i) => `"${i}":1`).join(',')}}`,
  'a field of a long name': (bytes) => JSON.stringify({ ['x'.repeat(bytes)]: 1 }),
  'fields that are repeated': (bytes) => `{${items(bytes, () => '"name":"a"').join(',')}}`,
  'lists within lists': (bytes) => `{"change":${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}}`,
  'lists that do not end': (bytes) => '['.repeat(bytes),
  'wrong types': (bytes) => `{"name":[${items(bytes, () => '1').join(',')}]}`,
  spaces: (bytes) => `{${' '.repeat(bytes)}`,
  'encoded words': (bytes) => JSON.stringify({ name: '=?UTF-8?Q?a?= '.repeat(bytes / 14) }),
  escapes: (bytes) => `{"message":"${'\\u0041'.repeat(bytes / 6)}"}`,
};

/** Sidecars beyond the size limit. */
const TOO_MUCH: Makers = {
  'more than there may be': (bytes) => JSON.stringify({ message: 'm'.repeat(bytes) }),
};

const inspect = (fields: object) => JSON.stringify({ inspect: [{ Id: 'a', State: {}, ...fields }] });
const fieldsOf = (bytes: number, name: (i: number) => string, value: unknown) =>
  Object.fromEntries(
    items(bytes, name, (each) => each.length + JSON.stringify(value).length + 4).map((each) => [each, value]),
  );

const INSPECT: Makers = {
  containers: (bytes) => `{"inspect":[${jsonItems(bytes, (i) => ({ Id: `${i}`, State: {} })).join(',')}]}`,
  'one container again and again': (bytes) =>
    `{"inspect":[${jsonItems(bytes, () => ({ Id: 'a', State: {} })).join(',')}]}`,
  environment: (bytes) =>
    inspect({
      Config: {
        Env: items(
          bytes,
          (i) => `A${i}=x`,
          (each) => each.length + 3,
        ),
      },
    }),
  'environment of podman': (bytes) =>
    inspect({
      Rootfs: '',
      OCIRuntime: 'crun',
      Config: {
        Env: items(
          bytes,
          (i) => `A${i}=x`,
          (each) => each.length + 3,
        ),
      },
    }),
  'labels of an inspected container': (bytes) => inspect({ Config: { Labels: fieldsOf(bytes, (i) => `l${i}`, 'x') } }),
  'ports of an inspected container': (bytes) =>
    inspect({ Config: { ExposedPorts: fieldsOf(bytes, (i) => `${i}/tcp`, {}) } }),
  'ports that are shown': (bytes) =>
    inspect({ OCIRuntime: 'crun', NetworkSettings: { Ports: fieldsOf(bytes, (i) => `${i}/tcp`, null) } }),
  mounts: (bytes) =>
    inspect({
      OCIRuntime: 'crun',
      Config: {},
      Mounts: items(
        bytes,
        (i) => ({ Type: 'volume', Name: hexish(i), Destination: `/v${i}` }),
        () => 130,
      ),
    }),
  'a command of an inspected container': (bytes) =>
    inspect({
      Config: {
        Cmd: items(
          bytes,
          () => 'x',
          () => 4,
        ),
        Entrypoint: [],
      },
      Path: 'x',
      Args: [],
    }),
  arguments: (bytes) =>
    inspect({
      Config: { Cmd: null },
      Path: 'x',
      Args: items(
        bytes,
        () => 'x',
        () => 4,
      ),
    }),
  'triggers of an inspected image': (bytes) =>
    inspect({
      Config: {
        OnBuild: items(
          bytes,
          () => 'CMD a',
          () => 8,
        ),
      },
    }),
  'lists within lists in inspect': (bytes) =>
    `{"inspect":[{"State":${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}}]}`,
  'lines of JSON': (bytes) => JSON.stringify({ inspect: '{}\n'.repeat(bytes / 4) }),
  'brackets in a text': (bytes) => JSON.stringify({ inspect: '['.repeat(bytes) }),
  'a table that docker prints': (bytes) => JSON.stringify({ inspect: `CONTAINER ID${' '.repeat(bytes)}` }),
  'lines of a table': (bytes) => JSON.stringify({ inspect: 'a  b  c\n'.repeat(bytes / 9) }),
  'spaces in a text': (bytes) => JSON.stringify({ inspect: `${' '.repeat(bytes)}x` }),
  'wrong types in inspect': (bytes) =>
    inspect({
      Config: {
        Env: items(
          bytes,
          () => 1,
          () => 2,
        ),
      },
    }),
};

function hexish(index: number): string {
  return index.toString(16).padStart(64, '0');
}

const SMALL = archive(exportEntries());

export const OPTION_FAMILIES: Family[] = [
  ...sidecars('instructions', CHANGES, SMALL),
  ...sidecars('options', OPTIONS, SMALL),
  ...sidecars('options', TOO_MUCH, SMALL, 2 ** 21),
  ...sidecars('docker inspect', INSPECT, SMALL),
];
