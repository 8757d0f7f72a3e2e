import { Pipe } from '#machine/pipe.ts';
import type { StandardStreams } from '#machine/program.ts';

/** The streams of a service: nothing to read, and what it writes goes to the journal, line by line (StandardOutput=journal). */
export function journalStreams(write: (line: string) => void): StandardStreams {
  const input = new Pipe();
  input.end();
  const rest = { out: '', error: '' };
  const take = (stream: 'out' | 'error', text: string) => {
    const lines = (rest[stream] + text).split('\n');
    rest[stream] = lines.pop() ?? '';
    for (const line of lines) write(line);
  };
  return {
    read: () => input.read(),
    out: (text) => take('out', text),
    error: (text) => take('error', text),
    drain: () => new Pipe().drain(),
    terminal: {},
    hold: () => () => {
      for (const stream of ['out', 'error'] as const) if (rest[stream] !== '') take(stream, '\n');
    },
  };
}
