import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { FsError } from '#machine/file-system.ts';
import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { readAll } from './input.ts';
import type { Invocation, Tool } from './tool.ts';

type Hash = (bytes: Uint8Array) => Uint8Array;

/** md5sum and its like. */
function checksumTool(hash: Hash): Tool {
  return {
    options: { flags: 'bct', long: { check: 'c', binary: 'b', text: 't', status: 'status', quiet: 'quiet' } },
    *run(invocation) {
      const { operands, process, out, complain, has } = invocation;
      let status = 0;
      for (const path of operands.length === 0 ? ['-'] : operands) {
        try {
          const bytes = path === '-' ? utf8Encode(yield* readAll(process.streams)) : process.files.readFile(path);
          if (has('c')) status = check(invocation, utf8Decode(bytes), hash) || status;
          else out(`${digest(hash, bytes)}  ${path}\n`);
        } catch (error) {
          if (!(error instanceof FsError)) throw error;
          complain(`${path}: ${error.message}`);
          status = 1;
        }
      }
      return status;
    },
  };
}

function digest(hash: Hash, bytes: string): string {
  const result = hash(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  return Array.from(result, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function check({ process, out, complain, has }: Invocation, list: string, hash: Hash): number {
  let failed = 0;
  for (const line of list.split('\n')) {
    const { sum, path } = /^(?<sum>[\da-f]+) {1,2}\*?(?<path>.+)$/.exec(line)?.groups ?? {};
    if (sum === undefined || path === undefined) continue;
    const isRight = process.files.exists(path) && digest(hash, process.files.readFile(path)) === sum;
    if (!isRight) failed += 1;
    if (!has('status') && !(has('quiet') && isRight)) out(`${path}: ${isRight ? 'OK' : 'FAILED'}\n`);
  }
  if (failed > 0 && !has('status'))
    complain(`WARNING: ${failed} computed checksum${failed === 1 ? '' : 's'} did NOT match`);
  return failed > 0 ? 1 : 0;
}

export const CHECKSUMS: Readonly<Record<string, Tool>> = {
  md5sum: checksumTool(md5),
  sha1sum: checksumTool(sha1),
  sha256sum: checksumTool(sha256),
  sha512sum: checksumTool(sha512),
};

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export const base64: Tool = {
  options: { flags: 'di', values: 'w', long: { decode: 'd', 'ignore-garbage': 'i', 'wrap=': 'w' } },
  *run({ operands, has, value, process, out, complain }) {
    const [path = '-'] = operands;
    let bytes: string;
    try {
      bytes = path === '-' ? utf8Encode(yield* readAll(process.streams)) : process.files.readFile(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      complain(`${path}: ${error.message}`);
      return 1;
    }
    if (has('d')) {
      const text = has('i') ? bytes.replace(/[^A-Za-z0-9+/=]/g, '') : bytes.replaceAll('\n', '');
      const isValid = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
      out(utf8Decode(decode(/^[A-Za-z0-9+/]*/.exec(text)?.[0] ?? '')));
      if (isValid) return 0;
      complain('invalid input');
      return 1;
    }
    const width = Number(value('w') ?? 76);
    const text = encode(bytes);
    if (width === 0) out(text);
    else for (let index = 0; index < text.length; index += width) out(`${text.slice(index, index + width)}\n`);
    return 0;
  },
};

function encode(bytes: string): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a, b, c] = [bytes.charCodeAt(index), bytes.charCodeAt(index + 1), bytes.charCodeAt(index + 2)];
    const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
    const digit = (shift: number) => DIGITS[(bits >> shift) & 63] ?? '';
    text += `${digit(18)}${digit(12)}${Number.isNaN(b) ? '=' : digit(6)}${Number.isNaN(c) ? '=' : digit(0)}`;
  }
  return text;
}

function decode(text: string): string {
  let [bits, count, bytes] = [0, 0, ''];
  for (const character of text) {
    bits = ((bits << 6) | DIGITS.indexOf(character)) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += String.fromCharCode((bits >> count) & 0xff);
  }
  return bytes;
}
