import { describe, expect, it } from 'vitest';
import { type Piece, ShellMarks } from './shell-marks.ts';

const OUTPUT =
  'a\u001b]133;D;3;aid=7\u0007\u001b]133;A;aid=7\u0007$ \u001b]133;B;aid=7\u0007ls\r\n\u001b]133;C;aid=7\u0007x\u001b[1m';
const PIECES: readonly Piece[] = [
  { kind: 'text', text: 'a' },
  { kind: 'done', shell: '7', status: 3 },
  { kind: 'prompt', shell: '7' },
  { kind: 'text', text: '$ ' },
  { kind: 'typing', shell: '7' },
  { kind: 'text', text: 'ls\r\n' },
  { kind: 'command', shell: '7' },
  { kind: 'text', text: 'x\u001b[1m' },
];

/** Neighbouring texts as one. */
function joined(pieces: readonly Piece[]): Piece[] {
  return pieces.reduce<Piece[]>((all, piece) => {
    const last = all.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text')
      all[all.length - 1] = { kind: 'text', text: last.text + piece.text };
    else all.push(piece);
    return all;
  }, []);
}

describe('ShellMarks', () => {
  it('cuts output at the marks of shells', () => {
    expect(new ShellMarks().feed(OUTPUT)).toEqual(PIECES);
  });
  it.each([1, 2, 3, 5, 8])('finds them in pieces of %i characters', (size) => {
    const marks = new ShellMarks();
    const pieces: Piece[] = [];
    for (let at = 0; at < OUTPUT.length; at += size) pieces.push(...marks.feed(OUTPUT.slice(at, at + size)));
    expect(joined(pieces)).toEqual(PIECES);
  });
  it('holds back nothing but what may be a mark', () => {
    expect(new ShellMarks().feed('\u001b]13')).toEqual([]);
    expect(new ShellMarks().feed('\u001b]0;title')).toEqual([{ kind: 'text', text: '\u001b]0;title' }]);
  });
});
