import { utf8Encode } from '#machine/utf8.ts';
import { eachInput, readAll } from './input.ts';
import type { Tool } from './tool.ts';

const ROW = 16;
const NAMED: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
};

interface Format {
  readonly bytes: 1 | 2;
  write(value: number): string;
}

const octal = (digits: number) => (value: number) => ` ${value.toString(8).padStart(digits, '0')}`;
const hex = (digits: number) => (value: number) => ` ${value.toString(16).padStart(digits, '0')}`;

const FORMATS: Readonly<Record<string, Format>> = {
  c: { bytes: 1, write: (value) => character(String.fromCharCode(value)).padStart(4) },
  o1: { bytes: 1, write: octal(3) },
  o2: { bytes: 2, write: octal(6) },
  x1: { bytes: 1, write: hex(2) },
  x2: { bytes: 2, write: hex(4) },
  u1: { bytes: 1, write: (value) => String(value).padStart(4) },
  u2: { bytes: 2, write: (value) => String(value).padStart(6) },
  d1: { bytes: 1, write: (value) => String(value > 127 ? value - 256 : value).padStart(5) },
};

function character(byte: string): string {
  const code = byte.charCodeAt(0);
  return NAMED[byte] ?? (code >= 0x20 && code < 0x7f ? byte : code.toString(8).padStart(3, '0'));
}

/** od: bytes in a form that can be read. */
export const od: Tool = {
  options: { flags: 'cbxvo', values: 'AtNj', long: { 'address-radix=': 'A', 'format=': 't', 'read-bytes=': 'N' } },
  *run(invocation) {
    const { operands, has, value, complain, out } = invocation;
    const name = value('t') ?? (has('c') ? 'c' : has('b') ? 'o1' : has('x') ? 'x2' : 'o2');
    const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
    if (!format) {
      complain(`-t ${name} is not simulated here`);
      return 2;
    }
    let bytes = '';
    const status = yield* eachInput(invocation, operands, function* (input) {
      bytes += utf8Encode(yield* readAll(input));
    });
    const skipped = Number(value('j') ?? 0);
    out(
      dump(
        bytes.slice(skipped, skipped + Number(value('N') ?? bytes.length)),
        format,
        value('A') ?? 'o',
        skipped,
        has('v'),
      ),
    );
    return status;
  },
};

function dump(bytes: string, { bytes: width, write }: Format, radix: string, start: number, isWhole: boolean): string {
  const address = (offset: number) => {
    if (radix === 'n') return '';
    const number = start + offset;
    return radix === 'd'
      ? String(number).padStart(7, '0')
      : number.toString(radix === 'x' ? 16 : 8).padStart(radix === 'x' ? 6 : 7, '0');
  };
  let text = '';
  let before: string | undefined;
  let isStarred = false;
  for (let offset = 0; offset < bytes.length; offset += ROW) {
    const row = bytes.slice(offset, offset + ROW);
    if (row === before && row.length === ROW && !isWhole) {
      if (!isStarred) text += '*\n';
      isStarred = true;
      continue;
    }
    isStarred = false;
    before = row;
    let line = address(offset);
    for (let at = 0; at < row.length; at += width) {
      const low = row.charCodeAt(at);
      const high = width === 2 && at + 1 < row.length ? row.charCodeAt(at + 1) : 0;
      line += write(low + (high << 8));
    }
    text += `${line}\n`;
  }
  return radix === 'n' ? text : `${text}${address(bytes.length)}\n`;
}
