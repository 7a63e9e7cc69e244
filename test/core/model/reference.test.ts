import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReference, referenceFromKey } from '../../../core/model/reference.ts';
import { refusalText } from '../../support/refusal.ts';
import { fc } from '../../support/properties.ts';

const HEX64 = 'a'.repeat(64);

// Each row was given to `docker tag` of Docker Engine 20.10; `docker inspect` showed the names in the other columns.
const ACCEPTED: [text: string, canonical: string, familiar: string][] = [
  ['app', 'docker.io/library/app:latest', 'app:latest'],
  ['app:1', 'docker.io/library/app:1', 'app:1'],
  ['app:V1', 'docker.io/library/app:V1', 'app:V1'],
  ['a:_x', 'docker.io/library/a:_x', 'a:_x'],
  ['a:x.y-z_', 'docker.io/library/a:x.y-z_', 'a:x.y-z_'],
  ['ghcr.io/x/y:1', 'ghcr.io/x/y:1', 'ghcr.io/x/y:1'],
  ['localhost/x', 'localhost/x:latest', 'localhost/x:latest'],
  ['localhost:5000/x', 'localhost:5000/x:latest', 'localhost:5000/x:latest'],
  ['localhost:5000', 'docker.io/library/localhost:5000', 'localhost:5000'],
  ['index.docker.io/x', 'docker.io/library/x:latest', 'x:latest'],
  ['docker.io/x', 'docker.io/library/x:latest', 'x:latest'],
  ['docker.io/x/y', 'docker.io/x/y:latest', 'x/y:latest'],
  ['docker.io/library/x:1', 'docker.io/library/x:1', 'x:1'],
  ['library/x', 'docker.io/library/x:latest', 'x:latest'],
  ['library/a/b', 'docker.io/library/a/b:latest', 'library/a/b:latest'],
  ['a.b/library/x', 'a.b/library/x:latest', 'a.b/library/x:latest'],
  ['a__b', 'docker.io/library/a__b:latest', 'a__b:latest'],
  ['a.b', 'docker.io/library/a.b:latest', 'a.b:latest'],
  ['a---b/c', 'docker.io/a---b/c:latest', 'a---b/c:latest'],
  ['a/b/c/d', 'docker.io/a/b/c/d:latest', 'a/b/c/d:latest'],
  ['my.bucket/app', 'my.bucket/app:latest', 'my.bucket/app:latest'],
  ['my.bucket', 'docker.io/library/my.bucket:latest', 'my.bucket:latest'],
  ['docker.io/my.dir/app', 'docker.io/my.dir/app:latest', 'my.dir/app:latest'],
  ['1.2.3.4/x', '1.2.3.4/x:latest', '1.2.3.4/x:latest'],
  ['UP.com/x', 'UP.com/x:latest', 'UP.com/x:latest'],
  [`${HEX64}:1`, `docker.io/library/${HEX64}:1`, `${HEX64}:1`],
  [`a:${'t'.repeat(128)}`, `docker.io/library/a:${'t'.repeat(128)}`, `a:${'t'.repeat(128)}`],
  ['x'.repeat(237), `docker.io/library/${'x'.repeat(237)}:latest`, `${'x'.repeat(237)}:latest`],
];

// Docker Engine 20.10 refused each row as well; the last column is the name that Lading proposes.
const REFUSED: [text: string, reason: RegExp, remedy: RegExp][] = [
  ['', /is empty/, /app:1\.2/],
  ['App', /upper-case letter "A"/, / app\.$/],
  ['Foo/bar', /"Foo" has the upper-case letter/, / foo\/bar\.$/],
  ['ghcr.io/Foo/bar:V1', /"Foo" has the upper-case letter/, / ghcr\.io\/foo\/bar:V1\.$/],
  [' app', /white space around it/, / app\.$/],
  ['a b', /character " " \(U\+0020\)/, / a-b\.$/],
  ['é', /character "é" \(U\+00E9\)/, / e\.$/],
  ['a/b😀', /U\+1F600/, / a\/b\.$/],
  ['a___b', /no two separators/, / a-b\.$/],
  ['a._b', /no two separators/, / a-b\.$/],
  ['-a', /begin and end with a letter or digit/, / a\.$/],
  ['a_', /begin and end with a letter or digit/, / a\.$/],
  ['a/', /between slashes is empty/, / a\.$/],
  ['/a', /between slashes is empty/, / a\.$/],
  ['a//b', /between slashes is empty/, / a\/b\.$/],
  ['a:', /no tag after the colon/, / a\.$/],
  ['a:.x', /begins with "\."/, / a:x\.$/],
  ['a:-x', /begins with "-"/, / a:x\.$/],
  ['x:1:2', /the tag "1:2" has the character ":"/, / x:1-2\.$/],
  ['x/y:1/z', /the tag "1\/z" has the character "\/"/, / x\/y:1-z\.$/],
  [`a:${'t'.repeat(129)}`, /129 characters, and 128/, / a:t{128}\.$/],
  [`app@sha256:${HEX64}`, /is a digest/, / app\.$/],
  [`app:1@sha256:${HEX64}`, /is a digest/, / app:1\.$/],
  [HEX64, /image ID, not a name/, / image-aaaaaaaaaaaa\.$/],
  ['https://ghcr.io/x', /an address, not a name/, / ghcr\.io\/x\.$/],
  ['a..b/c', /"a\.\.b" is not a registry/, /app:1\.2/],
  ['a.b:80x/c', /"a\.b:80x" is not a registry/, /app:1\.2/],
  ['-a.b/c', /"-a\.b" is not a registry/, /app:1\.2/],
  ['a.com:/x', /"a\.com:" is not a registry/, /app:1\.2/],
  ['x'.repeat(238), /has 256 characters, and 255/, /app/],
  [`a.io/${'x'.repeat(251)}`, /has 256 characters, and 255/, /a\.io\/x{250}\./],
];

test('names are completed as Docker completes them', () => {
  for (const [text, canonical, familiar] of ACCEPTED) {
    const reference = parseReference(text);
    assert.ok(reference.ok, text);
    assert.deepEqual([reference.value.canonical, reference.value.familiar], [canonical, familiar], text);
    const { domain, path, tag } = reference.value;
    assert.equal(`${domain}/${path}:${tag}`, canonical);
  }
});

test('a name that Docker would refuse is refused with the wrong part and a better name', () => {
  for (const [text, reason, remedy] of REFUSED) {
    const reference = parseReference(text);
    assert.ok(!reference.ok, text);
    assert.ok(refusalText(reference).includes(`"${text}"`));
    assert.match(reference.problem.en, reason);
    assert.match(reference.remedy.en, remedy);
  }
});

test('a canonical name is read as the reference that it came from', () => {
  for (const [text] of ACCEPTED) {
    const reference = parseReference(text);
    assert.ok(reference.ok);
    assert.deepEqual(parseReference(reference.value.canonical), reference);
  }
});

test('a key gives the image name that it resembles', () => {
  const table: [key: string, familiar: string][] = [
    ['team/app:1.2.tar.gz', 'team/app:1.2'],
    ['team/app.tar', 'team/app:latest'],
    ['app.tgz', 'app:latest'],
    ['app.TAR.ZST', 'app:latest'],
    ['app.tar.bz2', 'app:latest'],
    ['a/b/app.txz', 'a/b/app:latest'],
    ['app', 'app:latest'],
    ['app.v1.tar', 'app.v1:latest'],
    ['My App (1).tar', 'my-app-1:latest'],
    ['Café/Größe.tar', 'cafe/gro-e:latest'],
    ['app:V1 beta.tar', 'app:V1-beta'],
    ['app:.tar', 'app:latest'],
    ['/a//./../b.tar', 'a/b:latest'],
    ['a___b/c._d.tar', 'a-b/c-d:latest'],
    ['a:b/c:d:e.tar', 'a-b/c:d-e'],
    ['.tar', 'upload:latest'],
    ['中文.tar', 'upload-x61015bb8:latest'],
    ['项目/web.tar', 'web-x08ac95ce:latest'],
    ['приложение:1.0.tar', 'upload-xfe28286d:1.0'],
    ['web:版本.tar', 'web-x223dd712:latest'],
    ['', 'upload:latest'],
    ['-', 'upload:latest'],
    [`${HEX64}.tar`, 'image-aaaaaaaaaaaa:latest'],
    ['docker.io/team/app.tar', 'team/app:latest'],
  ];
  for (const [key, familiar] of table) assert.equal(referenceFromKey(key).familiar, familiar, key);
});

test('a folder of a key never becomes a registry', () => {
  const table: [key: string, familiar: string][] = [
    ['my.bucket/app.tar', 'my-bucket/app:latest'],
    ['v1.2/app.tar', 'v1-2/app:latest'],
    ['localhost/app.tar', 'local/app:latest'],
    ['localhost:5000/app.tar', 'localhost-5000/app:latest'],
    ['ghcr.io/team/app:1.2.tar.gz', 'ghcr-io/team/app:1.2'],
    [`${'x'.repeat(240)}/a.b/c.tar`, 'a-b/c:latest'],
  ];
  for (const [key, familiar] of table) assert.equal(referenceFromKey(key).familiar, familiar, key);
});

test('any key gives a name that Docker accepts and that belongs to Docker Hub', () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    '.',
    '_',
    '-',
    ':',
    '/',
    ' ',
    'é',
    '.tar',
    '.gz',
    'localhost',
    'x'.repeat(130),
    '0',
    '%',
    'ﬁ',
  );
  const key = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(key, (text) => {
      const reference = referenceFromKey(text);
      assert.equal(reference.domain, 'docker.io');
      assert.deepEqual(parseReference(reference.canonical), { ok: true, value: reference });
      assert.deepEqual(parseReference(reference.familiar), { ok: true, value: reference });
    }),
    { numRuns: 2000 },
  );
});
