// The program of a thread that compresses blocks. It answers each block with its compressed bytes, in order.
import { parentPort } from 'node:worker_threads';
import { packBlock } from './pack-block.ts';
import type { PackJob } from './packer.ts';

let before = Promise.resolve();

parentPort?.on('message', (job: PackJob) => {
  before = before.then(() => answer(job));
});

async function answer({ packing, block }: PackJob): Promise<void> {
  const packed = await packBlock(packing, block);
  block.bytes.buffer.transfer(0); // freed now, and not when the collector comes
  parentPort?.postMessage(packed, [packed.buffer]);
}
