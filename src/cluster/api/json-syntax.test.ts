import { expect, it } from 'vitest';
import { Random } from '#kernel/random.ts';
import { jsonSyntaxError } from './json-syntax.ts';

/** As `json.Unmarshal` of Go's standard library answered. */
const SAID: readonly (readonly [text: string, error: string])[] = [
  ['{"data"', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['', 'unexpected end of JSON input'],
  ['"abc', 'unexpected end of JSON input'],
  ['{"a":}', "invalid character '}' looking for beginning of value"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{,}', "invalid character ',' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['[1 2]', "invalid character '2' after array element"],
  ['truX', "invalid character 'X' in literal true (expecting 'e')"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['{"a":1}x', "invalid character 'x' after top-level value"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\q"', "invalid character 'q' in string escape code"],
  ['"\\u12G4"', "invalid character 'G' in \\u hexadecimal character escape"],
  ['01', "invalid character '1' after top-level value"],
  ['{"a":1.x}', "invalid character 'x' after decimal point in numeric literal"],
  ['{"a":-x}', "invalid character 'x' in numeric literal"],
  ['x', "invalid character 'x' looking for beginning of value"],
];

it.each(SAID)('%s', (text, error) => {
  expect(jsonSyntaxError(text)).toBe(error);
});

it('finds nothing wrong with JSON, and something with all that JSON.parse refuses', () => {
  const random = new Random(5);
  const letters = ['{', '}', '[', ']', '"', ':', ',', '1', '-', '.', 'e', 'true', 'null', ' ', 'a', '\\'];
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: 1 + random.int(8) }, () => letters[random.int(letters.length)] ?? '').join('');
    let isJson = true;
    try {
      JSON.parse(text);
    } catch {
      isJson = false;
    }
    expect([text, jsonSyntaxError(text) === undefined]).toEqual([text, isJson]);
  }
});

it('reads what is nested deeper than a call stack', () => {
  expect(jsonSyntaxError('['.repeat(200_000) + ']'.repeat(200_000))).toBeUndefined();
});
