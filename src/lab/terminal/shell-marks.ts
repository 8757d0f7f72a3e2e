/**
 * What a shell says of itself between the lines that it prints, as terminals know it (FinalTerm's semantic prompts): `OSC 133 ; A`, a
 * prompt begins; `B`, it ends, and a person types; `C`, a command begins; `D ; STATUS`, it ended. `aid=PID` says whose it is: a shell that
 * runs in another one has a number of its own.
 */
export type ShellMark =
  | { readonly kind: 'prompt' | 'typing' | 'command'; readonly shell: string }
  | { readonly kind: 'done'; readonly shell: string; readonly status: number };

export type Piece = ShellMark | { readonly kind: 'text'; readonly text: string };

const BEGIN = '\u001b]133;';
const END = '\u0007';
const KINDS: Readonly<Record<string, 'prompt' | 'typing' | 'command'>> = { A: 'prompt', B: 'typing', C: 'command' };

/** Cuts a terminal's output at the marks of its shells, wherever the pieces of output end. */
export class ShellMarks {
  #rest = '';

  feed(text: string): Piece[] {
    const pieces: Piece[] = [];
    let from = 0;
    const all = this.#rest + text;
    for (;;) {
      const begin = all.indexOf(BEGIN, from);
      const end = begin < 0 ? -1 : all.indexOf(END, begin);
      if (end < 0) break;
      if (begin > from) pieces.push({ kind: 'text', text: all.slice(from, begin) });
      const mark = readMark(all.slice(begin + BEGIN.length, end));
      if (mark) pieces.push(mark);
      from = end + END.length;
    }
    const tail = all.slice(from);
    const cut = unfinished(tail);
    if (cut > 0) pieces.push({ kind: 'text', text: tail.slice(0, cut) });
    this.#rest = tail.slice(cut);
    return pieces;
  }
}

function readMark(text: string): ShellMark | undefined {
  const [letter = '', ...fields] = text.split(';');
  const shell = fields.find((field) => field.startsWith('aid='))?.slice(4) ?? '';
  const kind = KINDS[letter];
  if (kind) return { kind, shell };
  return letter === 'D' ? { kind: 'done', shell, status: Number(fields[0] ?? 0) } : undefined;
}

/** Where a mark begins that has not come whole; the length of the text when there is none. */
function unfinished(text: string): number {
  const begin = text.indexOf(BEGIN);
  if (begin >= 0) return begin;
  for (let length = Math.min(BEGIN.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(BEGIN.slice(0, length))) return text.length - length;
  return text.length;
}
