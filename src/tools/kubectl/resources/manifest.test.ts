import { describe, expect, it } from 'vitest';
import { CommandError } from '../command/errors.ts';
import { parseManifests } from './manifest.ts';

const complaint = (text: string): string => {
  try {
    return `${parseManifests(text, '"STDIN"').length} objects`;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.message.replace(
      '; if you choose to ignore these errors, turn validation off with --validate=false',
      ' …',
    );
  }
};
const NOT_VALID = 'error validating "STDIN": error validating data:';
const NOT_YAML = 'error parsing STDIN: error converting YAML to JSON: yaml:';

// What kubectl v1.36.4 says of them.
describe('parseManifests', () => {
  it.each([
    ['{"kind": ', 'error parsing STDIN: unexpected EOF'],
    ['{"kind": "Pod"', 'error parsing STDIN: unexpected EOF'],
    ['{a', "error parsing STDIN: json: offset 2: invalid character 'a' looking for beginning of object key string"],
    ['{kind: Pod}', `${NOT_VALID} apiVersion not set …`],
    ['{}', `${NOT_VALID} [apiVersion not set, kind not set] …`],
    ['[1,2]', `${NOT_VALID} invalid object to validate …`],
    ['abc', `${NOT_VALID} invalid object to validate …`],
    ['a: b: c', `${NOT_YAML} mapping values are not allowed in this context`],
    ['a: 1\nb: c: d', `${NOT_YAML} line 2: mapping values are not allowed in this context`],
    ['kind: Pod\n b: c\n', `${NOT_YAML} line 2: mapping values are not allowed in this context`],
    ['a: [1, 2', `${NOT_YAML} line 1: did not find expected ',' or ']'`],
    ['a: {b: c', `${NOT_YAML} line 1: did not find expected ',' or '}'`],
    ['a: "unclosed', `${NOT_YAML} line 2: found unexpected end of stream`],
    ['a: *x', `${NOT_YAML} unknown anchor 'x' referenced`],
    ['a: @b', `${NOT_YAML} found character that cannot start any token`],
    ['a: 1\na: 2\n', `${NOT_VALID} [apiVersion not set, kind not set] …`],
    ['', '0 objects'],
    ['---\n---\n', '0 objects'],
  ])('%j', (text, expected) => {
    expect(complaint(text)).toBe(expected);
  });

  it('takes documents and lists apart', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';
    expect(complaint(`${pod}--- # another\n${pod}`)).toBe('2 objects');
    expect(complaint('{"apiVersion":"v1","kind":"List","items":[{"kind":"Pod"},{"kind":"Pod"}]}')).toBe('2 objects');
  });

  it('counts lines from the beginning of a document', () => {
    expect(complaint('kind: Pod\napiVersion: v1\n---\na: 1\nb: c: d')).toBe(
      `${NOT_YAML} line 2: mapping values are not allowed in this context`,
    );
  });
});
