import { describe, expect, it } from 'vitest';
import { outputParts } from './output-parts.ts';

const marked = (output: string[]) =>
  outputParts(output).map(({ text, leftOut }) => (leftOut === undefined ? text : `<${text}>`));

describe('outputParts', () => {
  it('keeps plain output in one piece', () => {
    expect(marked(['NAME   STATUS', 'cp1    Ready'])).toEqual(['NAME   STATUS\ncp1    Ready']);
  });
  it('marks lines left out, and text left out within a line', () => {
    expect(marked(['first', '...', 'id [..] end'])).toEqual(['first\n', '<...>', '\nid ', '<[..]>', ' end']);
  });
  it('leaves dots that a program printed', () => {
    expect(marked(['Waiting for rollout...'])).toEqual(['Waiting for rollout...']);
  });
  it('gives back every character', () => {
    const output = ['...', '', 'a [..]', '[..]', '  ...'];
    expect(
      outputParts(output)
        .map((part) => part.text)
        .join(''),
    ).toBe(output.join('\n'));
  });
});
