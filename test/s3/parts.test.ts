import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LadingError } from '../../core/model/errors.ts';
import { partSize, plan, type Plan } from '../../core/model/plan.ts';
import { divide, S3_RULES, type S3Part, s3PartSize, type Slice } from '../../s3/parts.ts';
import { fc } from '../support/properties.ts';

const MIB = 2 ** 20;
const TIB = 2 ** 40;

/** The plan of an image archive: head, the whole upload, tail. */
function imagePlan(size: number, head = 4096, tail = 1200): Plan {
  return plan([
    { kind: 'bytes', bytes: new Uint8Array(head) },
    { kind: 'range', start: 0, end: size },
    { kind: 'bytes', bytes: new Uint8Array(tail) },
  ]);
}

/** Sizes of every magnitude, with the edges of the rules among them. */
const sizes = fc.oneof(
  fc.nat({ max: 64 * MIB }),
  fc.integer({ min: 0, max: 48 * TIB }),
  fc
    .tuple(fc.constantFrom(5 * MIB, 10 * MIB, 15 * MIB, 128 * MIB, 512 * MIB), fc.integer({ min: -9000, max: 9000 }))
    .map(([a, b]) => a + b),
);

function splice(what: Plan, borders: readonly number[] = [0]): S3Part[] {
  const division = divide(what, S3_RULES, borders);
  if (division.kind === 'put') return [];
  assert.equal(division.kind, 'splice');
  return division.kind === 'splice' ? division.parts : [];
}

/** The content of the parts in order, with neighbouring ranges joined; it must be the plan itself. */
function joined(slices: Slice[]): Slice[] {
  const result: Slice[] = [];
  for (const slice of slices) {
    const last = result.at(-1);
    if (slice.kind === 'range' && last?.kind === 'range' && last.end === slice.start) last.end = slice.end;
    else if (partSize(slice) > 0) result.push({ ...slice });
  }
  return result;
}

function brought(parts: S3Part[]): Slice[] {
  return parts.flatMap((part): Slice[] => (part.kind === 'send' ? part.slices : [{ ...part, kind: 'range' }]));
}

function assertRules(parts: S3Part[]): void {
  assert.ok(parts.length <= 10_000);
  for (const [index, part] of parts.entries()) {
    const size = s3PartSize(part);
    assert.ok(size <= 5 * 1024 * MIB && size > 0);
    assert.ok(size >= 5 * MIB || index === parts.length - 1, `part ${index + 1} of ${parts.length} has ${size} bytes`);
    if (part.kind === 'copy') assert.ok(part.end > 5 * MIB, 'S3 copies no range of an object of 5 MiB or less');
    else
      assert.equal(
        part.slices.reduce((sum, slice) => sum + partSize(slice), 0),
        part.size,
      );
  }
}

test('the parts make up the plan exactly, in order, within the rules of S3, and at most 12 MiB are sent', () => {
  fc.assert(
    fc.property(sizes, fc.nat({ max: 9000 }), fc.nat({ max: 2000 }), (size, head, tail) => {
      const made = imagePlan(size, head, tail);
      const parts = splice(made);
      if (parts.length === 0) return assert.ok(made.size < 10 * MIB);
      assertRules(parts);
      assert.deepEqual(joined(brought(parts)), joined(made.parts as Slice[]));
      const sent = parts.reduce((sum, part) => sum + (part.kind === 'send' ? part.size : 0), 0);
      assert.ok(sent <= 12 * MIB, `${sent} bytes sent`);
    }),
    { numRuns: 500 },
  );
});

test('an upload of exactly 5 MiB is not copied, as S3 copies ranges only of larger objects', () => {
  for (const size of [5 * MIB, 5 * MIB + 1]) {
    const made = plan([
      { kind: 'range', start: 0, end: size },
      { kind: 'bytes', bytes: new Uint8Array(6 * MIB) },
    ]);
    assert.equal(splice(made)[0]?.kind, size === 5 * MIB ? 'send' : 'copy');
  }
});

test('plans of many ranges, large and small, are divided by the same rules', () => {
  const range = fc.tuple(fc.nat({ max: TIB }), fc.oneof(fc.nat({ max: 12 * MIB }), fc.nat({ max: TIB / 16 })));
  const slice = fc.oneof(
    range.map(([start, length]): Slice => ({ kind: 'range', start, end: start + length })),
    fc.nat({ max: 3000 }).map((length): Slice => ({ kind: 'bytes', bytes: new Uint8Array(length) })),
  );
  fc.assert(
    fc.property(fc.array(slice, { maxLength: 30 }), (slices) => {
      const parts = splice(plan(slices));
      if (parts.length === 0) return;
      assertRules(parts);
      assert.deepEqual(joined(brought(parts)), joined(slices));
    }),
  );
});

test('of a split upload, each part is copied from one object, and only from objects of more than 5 MiB', () => {
  const piece = fc.oneof(
    fc.nat({ max: 12 * MIB }),
    fc.nat({ max: TIB / 16 }),
    fc.constantFrom(5 * MIB, 5 * MIB + 1, 0),
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), fc.nat({ max: 9000 }), (pieces, head) => {
      let before = 0;
      const borders = pieces.map((size) => (before += size) - size);
      const made = imagePlan(before, head);
      const parts = splice(made, borders);
      if (parts.length === 0) return;
      assertRules(parts);
      assert.deepEqual(joined(brought(parts)), joined(made.parts as Slice[]));
      for (const part of parts) {
        if (part.kind !== 'copy') continue;
        const at = borders.findLastIndex((border) => border <= part.start);
        assert.ok(part.end <= (borders[at] ?? 0) + (pieces[at] ?? 0));
        assert.ok((pieces[at] ?? 0) > 5 * MIB);
      }
    }),
  );
});

test('copied parts are between 60 and 516 MiB and end at multiples of 4 MiB, as long as 10,000 parts are enough', () => {
  fc.assert(
    fc.property(fc.integer({ min: 140 * MIB, max: 4 * TIB }), (size) => {
      for (const part of splice(imagePlan(size))) {
        if (part.kind !== 'copy') continue;
        assert.ok(s3PartSize(part) >= 60 * MIB && s3PartSize(part) <= 516 * MIB);
        assert.deepEqual([part.start % (4 * MIB), part.end === size ? 0 : part.end % (4 * MIB)], [0, 0]);
      }
    }),
  );
});

test('the largest object of S3 is divided, and a larger one is refused by name', () => {
  assertRules(splice(imagePlan(48 * TIB)));
  assert.throws(
    () => divide(imagePlan(50 * TIB), S3_RULES),
    (error) => error instanceof LadingError && error.code === 'too-large',
  );
});

test('an expanded plan is streamed in parts as small as their limited number allows', () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const made = plan([
        { kind: 'bytes', bytes: new Uint8Array(4096) },
        { kind: 'recoded', outer: 'gzip', start: 0, end: size, inner: 'none', size },
      ]);
      const division = divide(made, S3_RULES);
      if (division.kind !== 'stream') return assert.ok(division.kind === 'put' && made.size < 10 * MIB);
      assert.ok(Math.ceil(made.size / division.partSize) <= 10_000);
      assert.ok(division.partSize === 8 * MIB || division.partSize <= made.size / 10_000 + MIB);
    }),
  );
});
