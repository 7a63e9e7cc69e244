import { crc32, deflateRawSync } from 'node:zlib';

/** A zip file; `streamed` puts sizes and checksum after the data, as a writer to a pipe does. */
export function zipOf(
  files: { name: string; body: Uint8Array }[],
  way: { deflate?: boolean; streamed?: boolean } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, body } of files) {
    const isFolder = name.endsWith('/');
    const deflate = !isFolder && way.deflate !== false;
    const streamed = !isFolder && way.streamed === true;
    const data = deflate ? deflateRawSync(body) : Buffer.from(body);
    const sums = Buffer.alloc(12);
    sums.writeUInt32LE(crc32(body), 0);
    sums.writeUInt32LE(data.length, 4);
    sums.writeUInt32LE(body.length, 8);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(streamed ? 8 : 0, 2);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    if (!streamed) sums.copy(common, 10);
    common.writeUInt16LE(name.length, 22);
    const descriptor = streamed ? [Buffer.from('PK\x07\x08'), sums] : [];
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data, ...descriptor]);
    const central = Buffer.alloc(46);
    central.write('PK\x01\x02', 'latin1');
    common.copy(central, 6);
    sums.copy(central, 16);
    central.writeUInt32LE(offset, 42);
    directory.push(Buffer.concat([central, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
