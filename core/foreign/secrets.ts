import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { finder, viewOf } from '../model/byte-arrays.ts';
import { byteString } from '../model/byte-string.ts';
import { firstFormat, type Foreign, type Format } from './format.ts';

const decryptWith = (command: string): Bilingual =>
  both(
    `Decrypt it where its key is (\`${command}\`), and send the archive that comes out.`,
    `请在有密钥的地方解密（\`${command}\`），再上传得到的归档。`,
  );

const GPG = 'gpg -o ARCHIVE.tar -d FILE';
const SMIME = 'openssl cms -decrypt -inform DER -inkey KEY.pem -in FILE -out ARCHIVE.tar';
const OPENSSL = 'openssl enc -d -aes-256-cbc -pbkdf2 -in FILE -out ARCHIVE.tar';
const AGE = 'age -d -o ARCHIVE.tar FILE';

const encrypted = (magic: string, how: string, command: string, offset = 0): Format => [
  offset,
  magic,
  both(`a file encrypted with ${how}`, `用 ${how} 加密的文件`),
  decryptWith(command),
];

const NOT_THE_SIGNATURE = both('Send the archive itself, not its signature.', '请上传归档本身，而不是它的签名。');

const FORMATS: readonly Format[] = [
  encrypted('age-encryption.org/', 'age', AGE),
  encrypted('-----BEGIN AGE ENCRYPTED FILE', 'age', AGE),
  encrypted('Salted__', 'openssl enc', OPENSSL),
  encrypted('U2FsdGVkX1', 'openssl enc (as base64)', `${OPENSSL} -a`),
  encrypted('-----BEGIN PGP MESSAGE', 'gpg', GPG),
  encrypted('-----BEGIN PGP SIGNED', 'gpg (only signed)', GPG),
  encrypted('-----BEGIN PKCS7', 'PKCS #7 (S/MIME)', SMIME.replace('DER', 'PEM')),
  encrypted('-----BEGIN CMS', 'PKCS #7 (S/MIME)', SMIME.replace('DER', 'PEM')),
  encrypted('$ANSIBLE_VAULT;', 'Ansible Vault', 'ansible-vault decrypt FILE'),
  encrypted('RCLONE\0\0', 'rclone', 'rclone cryptdecode'),
  encrypted('AES\x02', 'AES Crypt', 'aescrypt -d FILE'),
  encrypted('\0GITCRYPT\0', 'git-crypt', 'git-crypt unlock'),
  [0, '-----BEGIN PGP SIGNATURE', both('a signature of gpg', ' gpg 签名'), NOT_THE_SIGNATURE],
  [0, '-----BEGIN SSH SIGNATURE', both('a signature of ssh', ' ssh 签名'), NOT_THE_SIGNATURE],
  [0, 'untrusted comment:', both('a signature of minisign', ' minisign 签名'), NOT_THE_SIGNATURE],
  [
    0,
    '-----BEGIN ',
    both('a key or a certificate (PEM)', '密钥或证书（PEM）'),
    both(
      'Send the archive. If this is a private key, everyone who can read this bucket may know it now: replace it.',
      '请上传归档。如果这是私钥，能读取此存储桶的人现在都可能知道它：请更换该密钥。',
    ),
  ],
];

/**
 * Recognises an encrypted file, a signed file or a key by its first bytes (`head`). Returns what the file is, and what
 * the user can do with it; null for other files.
 */
export function secretFormat(head: Uint8Array): Foreign | null {
  const known = firstFormat(FORMATS, head);
  if (known !== null) return known;
  if (isPkcs7(head))
    return {
      what: both('a file encrypted or signed with PKCS #7 (S/MIME)', '用 PKCS #7（S/MIME）加密或签名的文件'),
      hint: decryptWith(SMIME),
    };
  if (/^(?:MIME-Version|Content-Type|Content-Disposition):[^]{0,400}pkcs7-mime/i.test(byteString(head, 0, 600))) {
    return {
      what: both('a file encrypted with PKCS #7 (S/MIME)', '用 PKCS #7（S/MIME）加密的文件'),
      hint: decryptWith(SMIME.replace('DER', 'SMIME')),
    };
  }
  return openPgp(head);
}

/**
 * Finds the beginning 1.2.840.113549.1.7 (PKCS #7) of an object identifier, as it is written in DER. Returns its offset
 * in bytes, or -1. The last number of the identifier, which comes next, is not compared, because it differs between
 * signed and encrypted data.
 */
const findPkcs7 = finder(Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07));

/** True for a file in PKCS #7 format (ContentInfo, RFC 5652, section 3), which holds signed or encrypted data. */
function isPkcs7(head: Uint8Array): boolean {
  const at = findPkcs7(head.subarray(0, 24));
  return head[0] === 0x30 && at > 2 && head[at - 2] === 0x06;
}

/**
 * The packets with which an OpenPGP file can begin (RFC 9580, 5), by their tag, the number of the packet's kind. Each
 * has the legal values for the first byte of its body (`versions`), what the file is, and what the user can do with it.
 */
const OPENPGP_PACKETS = new Map<number, { versions: number[]; what: Bilingual; hint: Bilingual }>([
  [1, { versions: [3, 6], what: both('a file encrypted with gpg', '用 gpg 加密的文件'), hint: decryptWith(GPG) }],
  [3, { versions: [4, 5, 6], what: both('a file encrypted with gpg', '用 gpg 加密的文件'), hint: decryptWith(GPG) }],
  [4, { versions: [3, 6], what: both('a file signed with gpg', '用 gpg 签名的文件'), hint: decryptWith(GPG) }],
  [8, { versions: [1, 2, 3], what: both('a file signed with gpg', '用 gpg 签名的文件'), hint: decryptWith(GPG) }],
  [2, { versions: [4, 5, 6], what: both('a signature of gpg', ' gpg 签名'), hint: NOT_THE_SIGNATURE }],
  [6, { versions: [4, 5, 6], what: both('a key of gpg', ' gpg 密钥'), hint: NOT_THE_SIGNATURE }],
]);

function openPgp(head: Uint8Array): Foreign | null {
  const packet = packetAt(head);
  const known = packet === null ? undefined : OPENPGP_PACKETS.get(packet.tag);
  if (packet === null || known === undefined || !known.versions.includes(head[packet.body] ?? -1)) return null;
  return packetFits(packet, head) ? { what: known.what, hint: known.hint } : null;
}

interface Packet {
  tag: number;
  /** The offset in the file of an OpenPGP packet's body, in bytes. */
  body: number;
  /**
   * The length of an OpenPGP packet's body in bytes; null when the packet's header does not state the length of the
   * whole body.
   */
  length: number | null;
}

/**
 * Parses the header of the OpenPGP packet with which a file begins, in the old or the new format. Null for a file that
 * does not begin with a packet, or is shorter than 24 bytes.
 */
function packetAt(head: Uint8Array): Packet | null {
  const [first = 0, size = 0] = head;
  if (head.length < 24 || (first & 0x80) === 0) return null;
  if ((first & 0x40) === 0) {
    const lengthBytes = [1, 2, 4, 0][first & 3]!;
    const length =
      lengthBytes === 0 ? null : head.subarray(1, 1 + lengthBytes).reduce((value, byte) => value * 256 + byte, 0);
    return { tag: (first >> 2) & 15, body: 1 + lengthBytes, length };
  }
  if (size < 192) return { tag: first & 63, body: 2, length: size };
  if (size < 224) return { tag: first & 63, body: 3, length: (size - 192) * 256 + head[2]! + 192 };
  return size === 255
    ? { tag: first & 63, body: 6, length: viewOf(head).getUint32(2) }
    : { tag: first & 63, body: 2, length: null };
}

const CIPHER_CODES = 13;
const PUBLIC_KEY_CODES = new Set([1, 2, 16, 18, 25, 26]);

/**
 * True when an OpenPGP packet has legal values after its version number too, and a legal length. A legal version number
 * alone proves little, because much random data has one.
 */
function packetFits({ tag, body, length }: Packet, head: Uint8Array): boolean {
  const at = (offset: number): number => head[body + offset] ?? 0;
  if (tag === 8) return length === null;
  if (length === null || length > 65_536) return false;
  if (tag === 1) return at(0) === 6 || PUBLIC_KEY_CODES.has(at(9));
  if (tag === 3) return length < 128 && (at(0) === 4 ? at(1) <= CIPHER_CODES && [0, 1, 3, 4].includes(at(2)) : true);
  if (tag === 4) return (length === 13 || at(0) === 6) && at(1) <= 1;
  if (tag === 2) return at(1) <= 1 && at(2) <= 28 && at(3) <= 14;
  return at(5) <= 28;
}
