/** An LZMA2 chunk. What it states of its sizes need not be true. `properties` has one byte where the control says so. */
export interface Lzma2Chunk {
  control: number;
  /** Bytes of content, and of packed data. A chunk that stores its content has only one of the two. */
  size: number;
  packedSize: number | null;
  properties: number[];
  body: number[];
}

/** The first control byte of chunks in LZMA; chunks below it store their content. */
const LZMA = 0x80;
/** The first control byte of chunks that bring properties. */
const PROPERTIES = 0xc0;

/** A chunk that stores its content. `control` is 1 when it begins a new dictionary, else 2. */
export function storedChunk(control: number, content: Uint8Array): Lzma2Chunk {
  return { control, size: content.length, packedSize: null, properties: [], body: [...content] };
}

/** The chunks of LZMA2 data, up to its end marker. */
export function lzma2Chunks(data: Uint8Array): Lzma2Chunk[] {
  const chunks: Lzma2Chunk[] = [];
  for (let at = 0; data[at] !== 0;) {
    const control = data[at]!;
    const low = data[at + 1]! * 256 + data[at + 2]! + 1;
    if (control < LZMA) {
      chunks.push(storedChunk(control, data.subarray(at + 3, at + 3 + low)));
      at += 3 + low;
      continue;
    }
    const packedSize = data[at + 3]! * 256 + data[at + 4]! + 1;
    const body = at + (control >= PROPERTIES ? 6 : 5);
    chunks.push({
      control: control & 0xe0,
      size: ((control & 0x1f) << 16) + low,
      packedSize,
      properties: [...data.subarray(at + 5, body)],
      body: [...data.subarray(body, body + packedSize)],
    });
    at = body + packedSize;
  }
  return chunks;
}

/** LZMA2 data of the chunks, with its end marker. */
export function lzma2Data(chunks: Lzma2Chunk[]): Buffer {
  const bytes = chunks.flatMap(({ control, size, packedSize, properties, body }) => {
    const sizes = packedSize === null ? [...big16(size)] : [...big16(size), ...big16(packedSize)];
    return [packedSize === null ? control : control | ((size - 1) >> 16), ...sizes, ...properties, ...body];
  });
  return Buffer.from([...bytes, 0]);
}

function big16(size: number): [number, number] {
  return [((size - 1) >> 8) & 255, (size - 1) & 255];
}
