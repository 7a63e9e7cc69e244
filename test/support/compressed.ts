import { gunzipSync } from 'node:zlib';

// Small streams made by the reference tools, so that the tests do not need the tools. Each was written by the command
// beside it from the content below, kept in files named `text` and `code`.

/** Lines of text, with runs at the limits of the run lengths of bzip2, and some text without repetition. */
function sampleText(): Buffer {
  const lines = Array.from({ length: 60 }, (_, i) => `line ${(i * 7919) % 101} ${'='.repeat(i % 9)}\n`).join('');
  const runs = [3, 4, 5, 258, 259, 260, 515].map((length, i) => String(i).repeat(length)).join('');
  return Buffer.from(`${lines}${runs}\n`);
}

/** Bytes like machine code for each filter of xz: calls to the same few targets from many places. */
function sampleCode(): Buffer {
  const code = Buffer.alloc(1536);
  for (let at = 0; at + 16 <= code.length; at += 16) {
    const target = (at * 37) % 5;
    const kind = (at / 16) % 8;
    if (kind === 0) code.set([0xe8, target, 0, 0, 0, 0xe9, 0xe8, target, 0, 0, 0xff], at);
    if (kind === 1) code.writeUInt32LE(0xeb000100 + target - (at >> 2), at);
    if (kind === 2) code.writeUInt32LE((0x94000000 | ((target - (at >> 2)) & 0x3ffffff)) >>> 0, at);
    if (kind === 3) code.writeUInt32LE((0x90000000 | (target << 29) | (at << 3)) >>> 0, at);
    if (kind === 4) code.writeUInt32BE((0x48000001 | ((target * 64 - at) & 0x3fffffc)) >>> 0, at);
    if (kind === 5) code.writeUInt32BE((0x40000000 | (target + 9)) >>> 0, at);
    if (kind === 6) code.writeUInt32BE((0x7fc00000 | ((target - (at >> 2)) & 0x3fffff)) >>> 0, at);
    if (kind === 7) code.set([target, 0xf0 | target, 0x10 + target, 0xf8 | target], at);
  }
  return code;
}

/** A compressed stream, its content, and whether its format allows damage of the content to be noticed. */
export interface Sample {
  name: string;
  stored: Buffer;
  content: Buffer;
  checked: boolean;
}

function sample(name: string, content: Buffer, base64: string, checked = true): Sample {
  return { name, content, checked, stored: Buffer.from(base64, 'base64') };
}

const text = sampleText();
const code = sampleCode();
const nothing = Buffer.alloc(0);

export const SAMPLES: Record<'gzip' | 'bzip2' | 'xz' | 'zstd' | 'lz4' | 'lzma', Sample[]> = {
  gzip: [
    sample(
      'gzip -9n',
      text,
      'H4sIAAAAAAACA+2SsQ3DMAwEe0+hEUiJpKTC46QIYGT/MhFMSqRWiL/xs7AP9/D1/rwSpOMaT8J03q3ldGrNo2qXMroed9eD6L7sfdbTPjJv+5IoUwxJdSJbW8jcHFK6Z/aAZIjIjhuyoCJrNiYuTS6L2clrkmdWDlDcPFk2aK8KLdWgtU0oOlHuDooAYV2I6+K27q4qWanTlMpal9y63lTYM6MoSUS2uiGziUqbP9FEUnfjgh83aFaM426anPdxi41b5ri0xnWezA7a1eUAAPwlj5S/Dz3hJyxP/j3HF1HyvMYWCAAA',
    ),
  ],
  bzip2: [
    sample(
      'bzip2',
      text,
      'QlpoOTFBWSZTWQPJ4LoAAU5ZAPwQQAB/4gIlAAgwAQUwNMkeom0qfqTyIxFP1J+ST9SA0aAiVNTeo0ag0HqdxHW1wiN8QgDAxmQTvSBpXCsizZNBJyCbNNSmrIhkFqSmms89etrngERDFnft/qkBIkA9oBqFdlZ0UsxQkkCSzBavpVuufLhXvqrZrUk5QE1icO9WRPEB1VPVwO/9xJJe971tvEEnMoTBoVq2tdTDJ62hIOQq1aY7SUY0CxCt8b80lY0tjaw1ztZegAkSESBAQjCEYQQIqGQVyCvQK5BXve9z+LuSKcKEgB5PBdA=',
    ),
    sample('bzip2 -1 of nothing', nothing, 'QlpoMRdyRThQkAAAAAA='),
  ],
  xz: [
    sample(
      'xz --check=crc64',
      text,
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AgVALpdADYaSh8IoCYCn8gJGOrgDSlod+If7fL1HusgGFUOCXQnvXKk6I/i8Ha+N5u8wXu8c/LRxnAcPX1REPgy1JXQA5Ud4s4YywiR2xlX7QXKBVqmojV6tJdXJgEhB1k3m1R0WAZieipm18sr8Gga0tUuJWugi0IrTzVvXzXd4oQvQJVcGuAA32beCSwZOmHKgM2J+PpUEzWOkRamnegNtqVjRTjzzma1+cY2lsQu8mrsfyPqGP8O0YXvOuULAAAAAJG0Id/fYgpdAAHWAZYQAABXH1++scRn+wIAAAAABFla',
    ),
    sample(
      'xz --check=crc32',
      text,
      '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AgVALpdADYaSh8IoCYCn8gJGOrgDSlod+If7fL1HusgGFUOCXQnvXKk6I/i8Ha+N5u8wXu8c/LRxnAcPX1REPgy1JXQA5Ud4s4YywiR2xlX7QXKBVqmojV6tJdXJgEhB1k3m1R0WAZieipm18sr8Gga0tUuJWugi0IrTzVvXzXd4oQvQJVcGuAA32beCSwZOmHKgM2J+PpUEzWOkRamnegNtqVjRTjzzma1+cY2lsQu8mrsfyPqGP8O0YXvOuULAAAAAFHyvMYAAdIBlhAAAEFdziU+MA2LAgAAAAABWVo=',
    ),
    sample(
      'xz --check=sha256',
      text,
      '/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4AgVALpdADYaSh8IoCYCn8gJGOrgDSlod+If7fL1HusgGFUOCXQnvXKk6I/i8Ha+N5u8wXu8c/LRxnAcPX1REPgy1JXQA5Ud4s4YywiR2xlX7QXKBVqmojV6tJdXJgEhB1k3m1R0WAZieipm18sr8Gga0tUuJWugi0IrTzVvXzXd4oQvQJVcGuAA32beCSwZOmHKgM2J+PpUEzWOkRamnegNtqVjRTjzzma1+cY2lsQu8mrsfyPqGP8O0YXvOuULAAAAAOw+n1OzOMuhbAlA33KNQ3T6bLtTGakpa3Z5ZEr6xaBHAAHuAZYQAACXmnZWtunfHAIAAAAAClla',
    ),
    sample(
      'xz --check=none',
      text,
      '/Td6WFoAAAD/EtlBAgAhARYAAAB0L+Wj4AgVALpdADYaSh8IoCYCn8gJGOrgDSlod+If7fL1HusgGFUOCXQnvXKk6I/i8Ha+N5u8wXu8c/LRxnAcPX1REPgy1JXQA5Ud4s4YywiR2xlX7QXKBVqmojV6tJdXJgEhB1k3m1R0WAZieipm18sr8Gga0tUuJWugi0IrTzVvXzXd4oQvQJVcGuAA32beCSwZOmHKgM2J+PpUEzWOkRamnegNtqVjRTjzzma1+cY2lsQu8mrsfyPqGP8O0YXvOuULAAAAAAABzgGWEAAAoZ/aUagACvwCAAAAAABZWg==',
      false,
    ),
    sample(
      'xz --block-size=700',
      text,
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AK7AJ5dADYaSh8IoCYCn8gJGOrgDSlod+If7fL1HusgGFUOCXQnvXKk6I/i8Ha+N5u8wXu8c/LRxnAcPX1REPgy1JXQA5Ud4s4YywiR2xlX7QXKBVqmojV6tJdXJgEhB1k3m1R0WAZieipm18sr8Gga0tUuJWugi0IrTzVvXzXd4oQvQJVcGuAA32beCSwZOmHKgM2J+PpUEzWOkRamnefz4wPJAAAA5NyTGZ0+3DkCACEBFgAAAHQv5aPgArsANV0AEA5Cqm6A/xKGEhnOuMztQ0keM7jGuTZk9VHO6j4hNVmz4ehHgQVrchMypXZ41m7HLJH3pgAAAAAAl/Hu6rdy1QkCACEBFgAAAHQv5aPgAp0ADF0AGu8KNt//dUj1f4AAAGLDQUZCJ5ewAAO6AbwFUbwFKJ4FpMk0MxQXOzADAAAAAARZWg==',
    ),
    sample(
      'xz --check=crc32 --x86 --lzma2=preset=6',
      code,
      '/Td6WFoAAAFpIt42AgEEACEBFgANhjUf4AX/ARpdAHQBPBk+EAuXnLsS8rxhsZHcq6ryLKkz+q0vpq0p7BctnFU4SResl1Lso+4VKp/L+YpcUDZ9tMAMRWAwoBBLyIv+xejcRmLpDtLg52sgISqMdOdczOvdAs+ZFIMjqhJIZI+uYQRNHLsDOuZ3Ps/gHAiU2oAasTQN7FA6D7In3Tu43ho0j227Czuc5G9dUvRe2IzksU/xhSSIKsmv67rctarUFGhSIDS+/pw11p/w1OXn5MC7jOTDp3gOlAwlzL5cHviaZ6ihXGmz2TwYwPbenT+/j+AV0v3VnEJDrv7LnI3i3IHkF64952GXuwDgDm0zN+ws70Gy4sntQc5oEo11ofbOC30kU9p2ZGyCgshwO9Zn6FGktJO6gxXZAAAAAFfNxmUAAbICgAwAAJx61Ao+MA2LAgAAAAABWVo=',
    ),
    sample(
      'xz --check=crc32 --powerpc --lzma2=preset=6',
      code,
      '/Td6WFoAAAFpIt42AgEFACEBFgCoVWnU4AX/ANJdAHQAMF0KhPXpsYGcSDAuN50scXBVyknmNaJYCdQU24E5pR6zFE1y2DK305a0/kw+727otf9TNcqGWkCGWnnjpv6cwI8t5LJeQJ30foFPrgvQLzUMGsRpXJNHid5YZ5aOY/+3/C92AkNlb6KTXWQ8XuJbv3dUGa8c1qdnDsvea7O6SxKK1IVe22OoPn6B9sjJSOzQ8S8+qptGyvynqzmU8qCAjsvXyrRIkfH59gX+OtUMFqvU4GpQ7wLo723Mjv6eSwwM0rcC7Xi3fU4U5TL/p5UAAAAAAFfNxmUAAeoBgAwAANaKqa0+MA2LAgAAAAABWVo=',
    ),
    sample(
      'xz --check=crc32 --arm --lzma2=preset=6',
      code,
      '/Td6WFoAAAFpIt42AgEHACEBFgCj9KGZ4AX/AOZdAHQAMF0KhPXpsU0VcGf5xDpruGp0nEfLnjiLm36Yknfls7qXFYvTRLLetsXPWCa6g5hQG2RSb5fJ1ObSfCCAkyoG/CTJpIQzyp7n4qI5JTDLYZ27xb3ByjXeU3IUEKeAwDt9lZu/7YqlFpMe7tzkiwtlPZHrUdesisqFYbkUt6Oqc7ETx7XLdvQkthj8j21UOciLCfpCklcz/VxYl3sotDeUoN1F8VQUQyEZ9strW5bqJslW/mLgLYpK9s1PVai1blNHEmxfu57AMEUlLpBgYPh77N2HVwia5yiyqQv7Er0OartTT4L8AAAAV83GZQAB/gGADAAAW8ruNT4wDYsCAAAAAAFZWg==',
    ),
    sample(
      'xz --check=crc32 --armthumb --lzma2=preset=6',
      code,
      '/Td6WFoAAAFpIt42AgEIACEBFgB2Rvdo4AX/AP1dAHQAMF0KhPXpsYGcSDAuN50scXBVyknmNaJYCdJzjoT7gqWhtUYubni75wwefviYRHy4nqiGyeePK2FXXglQ3GRCgDeucLvc0dFNMFU16OJioazPMANrFNt5LSnWfvCKHwCwUzbRVnUUxHbcc2xCP+N8glKeZOGSQlVwGjQr7dTgDM/JuIkM70U9iWuoU7djqdWA+WuD3wzVtL0VrziO/Lnsg+09DhKkqrFsVjv0tfHP/8A6GqVA3L1fk5VvXCEuIc8REecaZCpIfAGcN3SGmD/rQkKfRdNfCcSKhQY78YsUzVQB2UZkqCCOHwctyCcuCnwJsZxstIzo2O91oKwAAAAAV83GZQABlQKADAAAEk99ED4wDYsCAAAAAAFZWg==',
    ),
    sample(
      'xz --check=crc32 --sparc --lzma2=preset=6',
      code,
      '/Td6WFoAAAFpIt42AgEJACEBFgDTlauj4AX/AN5dAHQAMF0KhPXpsYGcSDAuN50scXBVyknmNaJYCdJzjoT7nYojlxCg6CudHbK3r96zOfAbCInqe0iMKR0YDjhHfGkbJPXy8axeT8AgNt518fUAWNWYZ+B8UudXnlWkZlKjoFt/yeaTHEbzxIcYwxD0T4qo/+XoejLPn91Al+mCa9yYNhq5jYYaWDF04BU81Kpb/u3g/LXq+gjzbeZYmtNurIhXiQKneBzQSFTKwMbWmnBsL9l2pMbv6KM847F/5VIUen4dcriQ4BAU3uzvkbRHt7ucWgN8okD7o5wNBXkxAAAAAFfNxmUAAfYBgAwAADZIvdk+MA2LAgAAAAABWVo=',
    ),
    sample(
      'xz --check=crc32 --arm64 --lzma2=preset=6',
      code,
      '/Td6WFoAAAFpIt42AgEKACEBFgB95z8l4AX/AOFdAHQAMF0KhPXpsYGcSDAtiA71IgWyi0n3R29Oxq5IPhUpWGMIYSb3b2D2Kn/acNlHojR0+04H3BIqZY2IxjZ93pDTWOJ843DxAL0fotIPe8eqTHBUs2ZNe/y/vlg7B+awwKSsb4xpbhCUEV9XyaDugyJ8An6BsUI2EsK7MXHCDM5gi8rabggDJpwGNPHJxftn5GjRgGh3nah3zjZVKBwxLE0AVyD22b1vgAYAfgkSGlRv4cB97VHzRqJ5DuKYUss4DLfm5W/L+8B4Vq0/UdQ3UcOr/s//H/eHwaqBLbQ+/hb7XwAAAABXzcZlAAH5AYAMAADj+usoPjANiwIAAAAAAVla',
    ),
    sample(
      'xz --check=crc32 --x86=start=4096 --lzma2=preset=6',
      code,
      '/Td6WFoAAAFpIt42AwEEBAAQAAAhARYAXLHI++AF/wEbXQB0AT3wDI0oi/VwiOdhoLVG0KdrulInPyly19s+2QGOsk+aTBrsFTw9tftTC2h7CqL/r2EiwDGM74UgJrnXleLFVm5MhCXK+c1A26Z5032BLhyx4CmoHUp8hwaCqAxFi+dj0bAnl5dkwgLgeYPEUBBRnXbT1oZJsmw7nBJu1dmy5DtPvmSLYvmGNQnz8eGsewhkicgO2LatIKcfi2HJnjwnF1usxe2k3MjhuXoekNSjpKcgmCq/VTC+OVCVvvJFc/oJmpZ0Xq52XSwwFy+N9Pfjez3aAY0hVqkVcRLetTq/5q7Sag3sEBqpOvip8yK6WFOJtUXyoE1+SyU/mHAf31s0GZY5mn5Izu4H4J/omOCt8PcViBsdRBK/1jgAAABXzcZlAAG3AoAMAAAv6xlaPjANiwIAAAAAAVla',
    ),
    sample(
      'xz --check=crc32 --delta=dist=4 --x86 --lzma2=preset=6,lc=0,lp=2,pb=0',
      code,
      '/Td6WFoAAAFpIt42AwIDAQMEACEBFgAA/Z8djuAF/wGFEgB0ADJl3Wq8PWbBjpqjvw3BX7LwwnTDKzShO+DVyxjd+my1qJ/a5Y9/f3bxcgRbGNAHyzvcXoS9clYX98K+RvGT1kXj0ZDK67Bp5JOVwgBI6tY9W80Jz5TE86kIySmTkf7F9vJcX+l5C0FlcwIpK9rSzCIchk6atTE3T3v2gG67BXKTDgt8JVTuDqZeE/lgCAeiYQRKgnVoMiG5Q6tHGaHpioosXfrfwjSnmjbpIkLtr+rqzQ9ZrqlcbuWi1/W4S/SjL26KNzPVG3ICZl3+jpcpdqZPGazkNxDjcCjf7sSAV4MzSeMSL32FqoXWFg4fEor423hqwT7EHTL8AlVLcbFGRxuDMEba5t+0BSXW0ivO+bEDQb7KCNUMHr5L0DdoErDf7juE47O8PxjDVeapt6q0XfT5tyBFY9FCWxRCJq9U/msS4UKncU02RPwXtCug9NEG1uEZ3NM3dKS0PhRt9MVYD+ZfiKVFgrCulDGIRTILb+psaSMgAbpb3pgQAX3zxNHmV/YLAAAAAABXzcZlAAGhA4AMAAAZI/ayPjANiwIAAAAAAVla',
    ),
    sample('xz of nothing', nothing, '/Td6WFoAAATm1rRGAAAAABzfRCEftvN9AQAAAAAEWVo='),
  ],
  zstd: [
    sample(
      'zstd -19 --check',
      text,
      'KLUv/WQWB9UFAPJIFQ+w5wEHaVghKEJKmeOdwIEAz+r/b9tEhHtntqyq/dlOKto1Vcynot2h3bTsR99KRuQ9tWZWLt750sq27n66vHS7qFdNCzN4GsYsTOHDXMPYwNCIMkhEoECI1tJmYEtTHP9qAajzL1Txk84N7gtCtgvZIWe4lQqkbDcy2TnyTVuFkNku2QfN88y+EDM7yHAH3rxRIGYdyqSHm2e+2QsebKZmFwyJEaTJKobJ6h5Q2U+EHXfedvYLyVdzaiA=',
    ),
    sample(
      'zstd -19 --no-check',
      text,
      'KLUv/WAWB9UFAPJIFQ+w5wEHaVghKEJKmeOdwIEAz+r/b9tEhHtntqyq/dlOKto1Vcynot2h3bTsR99KRuQ9tWZWLt750sq27n66vHS7qFdNCzN4GsYsTOHDXMPYwNCIMkhEoECI1tJmYEtTHP9qAajzL1Txk84N7gtCtgvZIWe4lQqkbDcy2TnyTVuFkNku2QfN88y+EDM7yHAH3rxRIGYdyqSHm2e+2QsebKZmFwyJEaTJKobJ6h5Q2U+EHXfedvYLyQ==',
      false,
    ),
    sample(
      'pzstd -p 2',
      text,
      'UCpNGAQAAADYAAAAKLUv/QRYXQYA8ocTEMClDYb13+zJ7t60k5UaHBbC6mTbbtuZEVk/EaWrPZrMo50P7VU/2cbPNAuLd3RWd3pSub5ScyolDY14N3Oh/GQeYhzSCzAEgpARYAiETKjhWJn2GgNAA5ERPRIgEYDgVI7DECLN//92/22Ajb8LET/dpzLZHMBGtZf21L1btHbLrM8c9tHduzAsDnFmvTQV1lcM2pgj6XF8XfO062ZWGRBGLijt/3tP+Va2DargxuKw/2/MJiY5BFRwkgRzDjLU2wqLGf5XwapXc2og',
    ),
    sample('zstd of nothing', nothing, 'KLUv/SQAAQAAmenYUQ=='),
  ],
  lz4: [
    sample(
      'lz4 -9 --content-size',
      text,
      'BCJNGGxAFggAAAAAAACDSQEAAIFsaW5lIDAgCggAQjQxID0KAEM4MiA9CwAQMgsAAwwARTYzID0NAAIMAAMNAEc0NCA9DwBIODUgPRAAFTIQAARKABM2dAAUNnMAJTQ3cwAmODhzADcyOCA2ABg5dAAZOXMAKjUwcwArOTFzACMzMXMAJDcydAAWMecANjUzIDsAGDTnABg0dAApNzV1ABsx6AArNTZ1ACM5N3UAJDM3dQA1NzggPwAH6QA3NTkgWAApMDBeARowXgEbMV4BDOsAIzYydgAF6gAmNDNeARc0XgEI6gAoNjV0AArpACo0NnMAKzg3cwAUMukAJTY4RQIFcwAnNDldARgwXQEJ5wAqNzFdAQvnACw1Ml0BFDNdARUzXQEWNF0BB+gANzU1IDcAA8wAkAowMDAxMTExMgEAHzMBAO4fNAEA7x81AQDwHzYBAP/sUDY2NjYKAAAAANbO+EY=',
    ),
    sample(
      'lz4 -1 -B4 -BD -BX',
      code,
      'BCJNGHRAvSkCAABg6AAAAADpBgAQ/woAUQD+AADrCQADAgBD/P//lwsAAQIAQYABALAJAAMCAENIAACBCwABAgBBQAAACQkAAwIAQ3///+oLAAECAEEE9BT8CQADAgAh6AGAABQBgAAb34AAHNiAADMFANA7AAECAEFIAABBCQADAgBDQAAACgsAAQIAQX///8sJAAQCADTwEPgLAAACACHoAoAAFAKAABvAgAAcuYAAMAkA8DgABAIAREv//sEMAAACAEBAAAALCAAEAgBEf///rAwAAAIAQAHxEfkIAAQCACHoA4AAFAOAABucgAAcmoAANA0AkDwAAAIAPEv//oABEAwYAAQCAER///+IDAAAAgBAAvIS+ggABAIAIegEgAAUBIAAG32AABx7gAAdEYAADIABFA1cAAACAEB///9pCAAEAgBEA/MT+wwAAAIAAHoCCIACG16AABxcgAAaFYACMEv//kICBQIAD4ACABVKHQAPgAIQGz+AABw4gAAaGYACPEv//QACDIACESt5AAQCAA+AAgwbIIAAHBmAABwdgAIc/IABDIACCRACD4ACDRv8sAMr+v4ABBwhAAIc/IABCXAAMX///uMBBAIAD4ACDRvdgAAc24AAHCWAABz7gAELgAIk/sl8AAACAA+AAg0bvoAAHLyAABwpgAIc+4ADCwAFIP6qeAAEAgAPAAUNG5+AAByYgAAcLYACHPsAAguAAiT+i3wAAQIABoACUAAAAAAAFOkJ3AAAAABzeKmu',
    ),
    sample(
      'lz4 -9 --no-frame-crc',
      text,
      'BCJNGGBAgkkBAACBbGluZSAwIAoIAEI0MSA9CgBDODIgPQsAEDILAAMMAEU2MyA9DQACDAADDQBHNDQgPQ8ASDg1ID0QABUyEAAESgATNnQAFDZzACU0N3MAJjg4cwA3MjggNgAYOXQAGTlzACo1MHMAKzkxcwAjMzFzACQ3MnQAFjHnADY1MyA7ABg05wAYNHQAKTc1dQAbMegAKzU2dQAjOTd1ACQzN3UANTc4ID8AB+kANzU5IFgAKTAwXgEaMF4BGzFeAQzrACM2MnYABeoAJjQzXgEXNF4BCOoAKDY1dAAK6QAqNDZzACs4N3MAFDLpACU2OEUCBXMAJzQ5XQEYMF0BCecAKjcxXQEL5wAsNTJdARQzXQEVM10BFjRdAQfoADc1NSA3AAPMAJAKMDAwMTExMTIBAB8zAQDuHzQBAO8fNQEA8B82AQD/7FA2NjY2CgAAAAA=',
      false,
    ),
    sample('lz4 of nothing', nothing, 'BCJNGGRApwAAAAAFXcwC'),
  ],
  lzma: [
    sample(
      'xz --format=lzma',
      text,
      'XQAAgAD//////////wA2GkofCKAmAp/ICRjq4A0paHfiH+3y9R7rIBhVDgl0J71ypOiP4vB2vjebvMF7vHPy0cZwHD19URD4MtSV0AOVHeLOGMsIkdsZV+0FygVapqI1erSXVyYBIQdZN5tUdFgGYnoqZtfLK/BoGtLVLiVroItCK081b1813eKEL0CVXBrgAN9m3gksGTphyoDNifj6VBM1jpEWpp3oDbalY0U4885mtfnGNpbELvJq7H8j6hj/DtGF7z48NgUf/v12AQ==',
      false,
    ),
    sample(
      'xz --format=lzma --lzma1=lc=0,lp=2,pb=0',
      code,
      'EgAAgAD//////////wB0ADK9GDTxJFbal3p1qwl8Hxd2ADkwxY/TQJ3t8QfX+Uwo5PIM5ie1DzhHY89HH5ffIEqho5+8bgagZWie32vYVTUuH/KBn3r/36RaPInI0IvtaA2kMpcOPFQInb6v8wx8e/8KlHvHQ+WgGbQoQxF2oaGIDtG3kb4lIg8ov3RF6Dkij6fp3zY9EzhcAee+K3KzbgbIudDjknp+wo0/kZghPHDCDah3Bf+fAgcOQXvsMXWtZTb09ANNPo8LQrEUSrtKo4ODN4ZrmXeHDiUTTrCI5CRYDWDyxqF9nE/JhnYBrNPy2TfAkEHf/+KqE1A=',
      false,
    ),
    sample('xz --format=lzma of nothing', nothing, 'XQAAgAD//////////wCD//v//8AAAAA=', false),
    // By the library lzma 2.3.2 of npm: `xz` states no size.
    sample(
      'a size and no end mark',
      text,
      'XQAAAAIWCAAAAAAAAAA2GkofCKAmAp/ICRjq4A0paHfiH+3y9R7rIBhVDglvG6upPHN4xDUK3nZdPhalDgCdzA7ddk7WUT0bOWSunzSeuAs6GTYKl0jYEeNL9qu3NlngMHIbUb08DuELiCHApTPnOoSKVtshZ0MZOwbPEqSS1soVL8biun6QYK4mcP42IFYEk0BGma/oGBmtP5D7ToRJEI9wU1VlazaT+B3nvxw3r6O7hsdw/QFOFd4vnL906NXEn+qaKbOChZ5//wRREwA=',
      false,
    ),
  ],
};

/** The text in a legacy frame: `lz4 -l`. It has no end mark, so that it may end before each of its blocks. */
export const LZ4_LEGACY: Sample = sample(
  'lz4 -l',
  text,
  'AiFMGK4BAACBbGluZSAwIAoIAEI0MSA9CgBDODIgPQsAEDILAAMMAEU2MyA9DQACDAADGgAhNDQaAAQ1ACM4NQ8AAx8AFTIQAAMRACM2NnQAFDZzACU0N3MAIDg4PgACigARMgwABDYAEDkZAAQbAAMNAAMcACI1MBwABR4AFDEQAAMhACMzMXMAJDcydAAQMdwAAmgAETXPAAIMABI5zQACDQASMw0AA0UAFDfJAAIdABQxDwADHwArNTZ1ACM5N3UAJDM3dQAQN9IAAz8AAAsABDsAAs8AAxkAEzDOAAIPABM0DgADKwAVONsAAh8AFTIQAAMhACM2MnYABeoAEDTfAAIuABE40QACDAARMgwABDYAA80AAhsAAw0AAxwAFTTZAAIeABA4rgECAgACEQAUMukAJDY46QAA3QACHQARNNwAAgwAEjnMAAINABIzDQADZQAUN8gAAh0AFDEPAAMfABA1rgECAgACIQAjOTPnACQzM3QAEDfRAAIeABAxCwAEOwACzgACGQATOcwAkAowMDAxMTExMgEAHzMBAO4fNAEA7x81AQDwHzYBAP/sUDY2NjYK',
  false,
);

/** 64 MiB of zeros: `head -c 64M /dev/zero | xz --format=lzma`. */
export const LZMA_BOMB: Buffer = gunzipSync(
  Buffer.from(
    'H4sIAAAAAAACA+3NWytDAQAH8CPmkjFLCuVSbjM1vCjmUmtttKZYYZlGjSLayO1BrtFaasZoefCyECamNlJ0ZEtaE0mh3C+10hLJWbOOF59C/98X+DUQxDBB/yEIdYCmzdu0uLQ8rquwqWpnmvNqngjzeZ+TR89znUXFQRLr4LFOJ801R10NLT1NprFl9/J4Z4/usY+yG4eYbeRtd4Xq0aOQbYVcfguZa8qoDpHn5bBXuz1Xa7FLH1qT1H6JNqZd4NKWKQj9aeVGJsfYmVKiT3/QLCynKd84rvGzWZNukGv4yOr5TiBDTVJT4HLjYorlyJBRX4aCfMbipld9oJGKmWcG9up6Y9LuiTUrXiGf8LRU1+17ei3y55d6Rrjv6Hr9x1+d0+1Ork8V+G5kJVS2KoI/7OK239n47449nnKVVSppEUzFRtMxM1Rnv5yKdNOzHBFr5Wfg1j+fx6sh9eOfYyNkM2rUqFGjRo0aNWrUqFGjRo0aNWrUqFGjRo0aNWrUqFGjRo0aNWrUqP9zbRMmXoho+iuYJH4B3K04q1MlAAA=',
    'base64',
  ),
);

/** 64 MiB of zeros: `head -c 64M /dev/zero | bzip2`. */
export const BZIP2_BOMB = Buffer.from(
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZvAS1wwCidcAAwAAACCAAIKQINjKKiE0qKiE4u5IpwoSFALuD6A==',
  'base64',
);

/**
 * 16 MiB of text, many times the dictionary: `yes 'a line and another one' | head -c 16M`, compressed by
 * `xz --lzma2=preset=6,dict=64KiB,pb=4,lc=0,lp=4`.
 */
export const XZ_LINES = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhAQgAAADYDyMT//8nAc7YADCICYaTcZRAYTcZIQzedDQalZThc6DKYElqpvWm1hs5x0W9pnGmu/yqLjOKzO9o4zEYflgn4lIl/lwQ6PD+R1Quwwg3pCDW/M8ZHR56uLpB+JNhPoSTPIXo9RwpTnH+a9I7fyClmZv0gYq/W9FgzCgf1K9QVK+j6MSmooofnqoLSDxu7biMtYWcYGUfLuqL/u5yw9+2jxuPFzczN9CJEXgJP1l2/7YVh0/vEuyRUPvMECCKANN6t3kPFUJBMuOp5fJGBVZIAUT3FwxM3S7Emtga2fi35oSPkoVr4fA+ZoK4NXiLxtrOobgHVVxp9pqht9U/s/R/0HRWg5wEbsy92eiKrZct/y7rmh26zrEnGFxZhulmUli+6XasWeTlWwUI+cfarfz7Uit0zR5bIEL53VM9+ClkCTuAyyps37U78MS9Ll+qDz5LZkKQEw7/EJP4cXhZ+AvN/5UoRg+p/Hze+5owLlbAj4Xzg4HAZcQlU/j1kTYxBaWw7m/BcE1HDNGREaqtYB26zrEnGFxZhulmUli+6XasWeTlWwUI+cfarfz7Uit0zR5bIEL53VM9+ClkCTuAyyps37U78MS9Ll+qDz5LZkKQEw7/EJP4cDyflp//EAErAOxzU6f9vq58MRqft40xbnCepyNf7CjLhdGVmIp+KpHyJ3X3GcAGmE2Y/div1ZAPxCVT+PWRNjEFpbDub8FwTUcM0ZERqq1gHbrOsScYXFmG6WZSWL7pdqxZ5OVbBQj5x9qt/PtSK3TNHlsgQvndUz34KWQJO4DLKmzftTvwxL0uX6oPPktmQpATDv8Qk/hxeFn4C83/lShGD6n8fN77mjAuVsCPhfODgcBlxCVT+PWRNjEFpbDub8FwTUcM0ZERqq1gHbrOsScYXFmG6WZSWL7pdqxZ5OVbBQj5x9qt/PtSK3TNHlsgQvndUz34KWQJO4DLKmzftTvwxL0uX6oPPktmQpATDv8Qk/hxeFn4C83/lShGD6n8fN77mjAuVsCPhfODgcBlxCVRDz+yn/8QASsA7HNTp/2+rnwxGp+3jTFucJ6nI1/sKMuF0ZWYin4qkfIndfcZwAaYTZj92K/VkA/EJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvS5fqg8+S2ZCkBMO/xCT+HF4WfgLzf+VKEYPqfx83vuaMC5WwI+F84OBwGXEJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvS5fqg8+S2ZCkBMO/xCT+HF4WfgLzf+VKEYPqfx83vuaMC5WwI+F84OBwGXEJVEPP7Kf/xABKwDsc1On/b6ufDEan7eNMW5wnqcjX+woy4XRlZiKfiqR8id19xnABphNmP3Yr9WQD8QlU/j1kTYxBaWw7m/BcE1HDNGREaqtYB26zrEnGFxZhulmUli+6XasWeTlWwUI+cfarfz7Uit0zR5bIEL53VM9+ClkCTuAyyps37U78MS9Ll+qDz5LZkKQEw7/EJP4cXhZ+AvN/5UoRg+p/Hze+5owLlbAj4Xzg4HAZcQlU/j1kTYxBaWw7m/BcE1HDNGREaqtYB26zrEnGFxZhulmUli+6XasWeTlWwUI+cfarfz7Uit0zR5bIEL53VM9+ClkCTuAyyps37U78MS9Ll+qDz5LZkKQEw7/EJP4cXhZ+AvN/5UoRg+p/Hze+5owLlbAj4Xzg4HAZcQlUQ8/sp//EAErAOxzU6f9vq58MRqft40xbnCepyNf7CjLhdGVmIp+KpHyJ3X3GcAGmE2Y/div1ZAPxCVT+PWRNjEFpbDub8FwTUcM0ZERqq1gHbrOsScYXFmG6WZSWL7pdqxZ5OVbBQj5x9qt/PtSK3TNHlsgQvndUz34KWQJO4DLKmzftTvwxL0uX6oPPktmQpATDv8Qk/hxeFn4C83/lShGD6n8fN77mjAuVsCPhfODgcBlxCVT+PWRNjEFpbDub8FwTUcM0ZERqq1gHbrOsScYXFmG6WZSWL7pdqxZ5OVbBQj5x9qt/PtSK3TNHlsgQvndUz34KWQJO4DLKmzftTvwxL0uX6oPPktmQpATDv8Qk/hxeFn4C83/lShGD6n8fN77mjAuVsCPhfODgcBlxCVRDz+yn/8QASsA7HNTp/2+rnwxGp+3jTFucJ6nI1/sKMuF0ZWYin4qkfIndfcZwAaYTZj92K/VkA/EJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvS5fqg8+S2ZCkBMO/xCT+HF4WfgLzf+VKEYPqfx83vuaMC5WwI+F84OBwGXEJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvS5fqg8+S2ZCkBMO/xCT+HF4WfgLzf+VKEYPqfx83vuaMC5WwI+F84OBwGXEJVEPP7Kf/xABKwDsc1On/b6ufDEan7eNMW5wnqcjX+woy4XRlZiKfiqR8id19xnABphNmP3Yr9WQD8QlU/j1kTYxBaWw7m/BcE1HDNGREaqtYB26zrEnGFxZhulmUli+6XasWeTlWwUI+cfarfz7Uit0zR5bIEL53VM9+ClkCTuAyyps37U78MS9Ll+qDz5LZkKQEw7/EJP4cXhZ+AvN/5UoRg+p/Hze+5owLlbAj4Xzg4HAZcQlU/j1kTYxBaWw7m/BcE1HDNGREaqtYB26zrEnGFxZhulmUli+6XasWeTlWwUI+cfarfz7Uit0zR5bIEL53VM9+ClkCTuAyyps37U78MS9Ll+qDz5LZkKQEw7/EJP4cXhZ+AvN/5UoRg+p/Hze+5owLlbAj4Xzg4HAZcQlUQ8/sp//EAErAOxzU6f9vq58MRqft40xbnCepyNf7CjLhdGVmIp+KpHyJ3X3GcAGmE2Y/div1ZAPxCVT+PWRNjEFpbDub8FwTUcM0ZERqq1gHbrOsScYXFmG6WZSWL7pdqxZ5OVbBQj5x9qt/PtSK3TNHlsgQvndUz34KWQJO4DLKmzftTvwxL0uX6oPPktmQpATDv8Qk/hxeFn4C83/lShGD6n8fN77mjAuVsCPhfODgcBlxCVT+PWRNjEFpbDub8FwTUcM0ZERqq1gHbrOsScYXFmG6WZSWL7pdqxZ5OVbBQj5x9qt/PtSK3TNHlsgQvndUz34KWQJO4DLKmzftTvwxL0uX6oPPktmQpATDv8Qk/hxeFn4C83/lShGD6n8fN77mjAuVsCPhfODgcBlxCVRDz+ygAdgAAUAs2Ql2wAAfvedX6x405EAAcwUgICACJKGKwmxxGf7AgAAAAAEWVo=',
  'base64',
);
