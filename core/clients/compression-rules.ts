import { about, listing, type Rule } from './rule.ts';

/**
 * The rules that predict which clients cannot load an archive with bytes after its compressed data. Clients that stop
 * reading at the end of the tar archive do not notice such bytes.
 */
export const COMPRESSION_RULES: readonly Rule[] = [
  listing(
    ['podman-docker', 'skopeo-docker'],
    'bytes-after-compression',
    'bytes follow the compressed data of the archive (`gzip: invalid header`, `magic number mismatch`)',
    '归档的压缩数据之后还有多余字节（`gzip: invalid header`、`magic number mismatch`）',
  ),
  about(
    ['docker', 'docker-legacy'],
    ({ shape, compression }) => compression !== 'gzip' && shape.faults.includes('bytes-after-compression'),
    'earlier versions, 20.10 for one, refuse bytes after the compressed data (`Error processing tar file`)',
    '更早的版本（例如 20.10）拒绝压缩数据之后的多余字节（`Error processing tar file`）',
    { until: '28.5' },
  ),
];
