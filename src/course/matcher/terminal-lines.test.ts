import { describe, expect, it } from 'vitest';
import { terminalLines } from './terminal-lines.ts';

describe('terminalLines', () => {
  it('ends lines at \\n and \\r\\n alike, and knows none after the last', () => {
    expect(terminalLines('a\r\nb\n\nc\n\n')).toEqual(['a', 'b', '', 'c']);
    expect(terminalLines('no newline at the end')).toEqual(['no newline at the end']);
    expect(terminalLines('')).toEqual([]);
  });
  it('takes colours, titles and other escapes away', () => {
    expect(terminalLines('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007text\u001b(B \u001b]8;;x\u001b\\link')).toEqual([
      'red text link',
    ]);
  });
  it('shows what a carriage return or a backspace left standing', () => {
    expect(terminalLines('50 %\r100 %\nabc\b\bX\n12345\rab')).toEqual(['100 %', 'aXc', 'ab345']);
  });
  it('keeps indentation and tabs, not blanks at the end of a line', () => {
    expect(terminalLines('  a\tb  \n')).toEqual(['  a\tb']);
  });
});
