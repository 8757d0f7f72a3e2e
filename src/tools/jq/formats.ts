import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { decodeBase64, encodeBase64 } from '#x509/base64.ts';
import { X509Error } from '#x509/x509-error.ts';
import { described, JqError } from './arithmetic.ts';
import { isArray, isObject, type Json, typeOf, writeJson } from './json.ts';
import { CompileError } from './syntax.ts';

const HTML: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' };

export function textOf(value: Json): string {
  return typeof value === 'string' ? value : writeJson(value);
}

/** `@base64` and its like. @throws JqError, CompileError */
export function formatted(name: string, value: Json): string {
  switch (name) {
    case 'text':
      return textOf(value);
    case 'json':
      return writeJson(value);
    case 'html':
      return textOf(value).replaceAll(/[<>&'"]/g, (each) => HTML[each] ?? each);
    case 'uri':
      return [...utf8Encode(textOf(value))]
        .map((byte) =>
          /[\w.~-]/.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .join('');
    case 'csv':
      return row(value, 'csv', (text) => `"${text.replaceAll('"', '""')}"`, ',');
    case 'tsv':
      return row(
        value,
        'tsv',
        (text) => text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r'),
        '\t',
      );
    case 'sh':
      return (isArray(value) ? value : [value]).map(quotedForShell).join(' ');
    case 'base64':
      return encodeBase64(Uint8Array.from(utf8Encode(textOf(value)), (byte) => byte.charCodeAt(0)));
    case 'base64d':
      return decoded(value);
    default:
      throw new CompileError(`${name} is not a valid format`);
  }
}

function row(value: Json, name: string, quote: (text: string) => string, separator: string): string {
  if (!isArray(value)) throw new JqError(`${described(value)} cannot be ${name}-formatted, only an array can be`);
  return value
    .map((each) => {
      if (isArray(each) || isObject(each)) throw new JqError(`${described(each)} is not valid in a csv row`);
      if (each === null) return '';
      return typeof each === 'string' ? quote(each) : writeJson(each);
    })
    .join(separator);
}

function quotedForShell(value: Json): string {
  if (isArray(value) || isObject(value)) throw new JqError(`${described(value)} can not be escaped for shell`);
  return typeof value === 'string' ? `'${value.replaceAll("'", "'\\''")}'` : writeJson(value);
}

function decoded(value: Json): string {
  try {
    const text = textOf(value).replace(/=+$/, '');
    const bytes = decodeBase64(text + '='.repeat((4 - (text.length % 4)) % 4));
    return utf8Decode(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new JqError(`${typeOf(value)} (${writeJson(value)}) is not valid base64 data`);
  }
}
