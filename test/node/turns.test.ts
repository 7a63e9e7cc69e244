import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { inspect } from '../../core/inspect/inspect.ts';
import { nativeTools } from '../../node/tools.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { sourceOf } from '../support/memory-store.ts';

/** The header of a tar archive with a file of 512 MiB of zeros, and 32 MiB of zeros, each packed as one stream. */
const STREAMS = {
  bzip2: [
    'H4sIAAAAAAACA3OKyrA0dIxUC46czGbwh4FBL3qCF4MDQ30LA0cSwzwBFgYFhpBghwsmbAqZiwSqZtWtyBA52MHgp+Tr55/AzVSs' +
      'cz6ccYqSRqptV6BCIl8Cs/nOZbteLlr0a794katFwASQmQC1FprcYgAAAA==',
    'H4sIAAAAAAACA3OKyrA0dIxUC45cpLBoFiMj4wGGAwwMHAoMBg2a0hlMjIsYGR6981jOJSTiIhLsAADeRcL0LgAAAA==',
  ],
  xz: [
    'H4sIAAAAAAACAwGAAH///Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AH/AD9dAD0ZSqu3TG/ywsRZ6zXSPSCbHHQcteG/OWVzf65X' +
      'SeqsQOr2tg70RGnR4MvnCy4oXkHgnVAWPdu3DFEvXBeaAAAAm9KS1cccUHAAAVuABAAAACwLmJuxxGf7AgAAAAAEWVogxIaDgAAA' +
      'AA==',
    'H4sIAAAAAAACA/trXhURxcDA8uzaFjcmBkVGGQYGBoHzEWf+/xdkzIllYMj/+///4u3/3e08RIssEwN3TNJ4triN/ee7J3JNl/WP' +
      'Wtkwem+sO9nV5au/mPdm/bLHPcqCwQ8iJY6Wdj0q/7FtSj1P1oF7JZ4pj17GBG9iufHdhWd1PG+u28unh8s6tk8LX7PN92GmbP5v' +
      '7w6BHKfTHfYxDP0X/NaraUwplLftV3lYMG+5cvwbjdOtF6fO6KrTmvhJvfS75AG2Gb4z/t5Yf3UC/xHV4B9fJ5oZsi7d8C7/YIGv' +
      'O8/FiYKr1ibI7jq3UV0iJrLtZVpQxL6XZWsinzyNZuX4efzW2j+/g7RLzspFKzj9vBts+0MzhdO64bRWzv2t1h+O7NWLX8Vv553m' +
      'NEGY77/A5B+FFZE/uM/+n6rhxr/yT82937MM9MIO9Ld+bm48kEplq/d4qD+LmP9fgFGb4U1x8PK/+9bVGErN395rmDdywoA0qwP5' +
      '7TeNBthogI0G2GiAjQbYaICNBthogI0G2GiAjQbYaICNBthogI0G2GiADa4Aa+B7x8DG8KCPcScDAwOD9fejR/eFT97GwPhZraGh' +
      'QSDKoctk45H030wgSZbIKADsI/7dmBMAAA==',
  ],
};

/** An archive with a file of 512 MiB, in a few kB. To expand it takes seconds. */
function packed([head = '', zeros = '']: readonly string[]): Buffer {
  const [first, other] = [head, zeros].map((text) => gunzipSync(Buffer.from(text, 'base64')));
  return Buffer.concat(
    [first ?? '', ...Array.from({ length: 16 }, () => other ?? '')].map((each) => Buffer.from(each)),
  );
}

/** Fails unless the work ends with the reason of a signal that a timer aborts soon after its start. */
async function assertInterrupted(work: (tools: ReturnType<typeof nativeTools>) => Promise<unknown>): Promise<void> {
  const interruption = new AbortController();
  const tools = nativeTools({ threads: false, signal: interruption.signal });
  const timer = setTimeout(() => interruption.abort(new Error('interrupted')), 100);
  try {
    await assert.rejects(work(tools), { message: 'interrupted' });
  } finally {
    clearTimeout(timer);
    tools.close();
  }
}

for (const [compression, streams] of Object.entries(STREAMS)) {
  const upload = packed(streams);
  const image = dockerArchive([{ names: ['a:1'], layers: [upload] }]);
  test(`a signal ends the expansion of ${compression}, around an archive and in a layer`, async () => {
    for (const bytes of [upload, image]) await assertInterrupted((tools) => inspect(sourceOf(bytes).open(), tools));
  });
}
