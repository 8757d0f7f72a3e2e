import { Coroutine, type Routine, wait } from '#kernel/coroutine.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Session, SessionOptions } from './session.ts';

/** INTERIM: until terminals are there. */
export function openSession(cluster: Cluster, place: string, { size, onOutput, onEnd }: SessionOptions): Session {
  const node = cluster.nodes.get(place) ?? [...cluster.nodes.values()][0];
  if (!node) throw new Error('no machine');
  const lines: string[] = [];
  let wake: (() => void) | undefined;
  const out = (text: string) => onOutput(text.replaceAll('\n', '\r\n'));
  const child = node.run(['bash', '-l'], {
    user: 'learner',
    env: { TERM: 'xterm-256color', CLUSTERBOOK: '1' },
    streams: {
      *read() {
        for (;;) {
          const next = lines.shift();
          if (next !== undefined) return next;
          yield* wait<void>((resume) => {
            wake = resume;
            return () => undefined;
          });
        }
      },
      out,
      error: out,
      *drain() {},
      terminal: { in: size, out: size, error: size },
    },
  });
  let line = '';
  const end: Routine<number> = child.wait();
  new Coroutine(cluster.kernel, end, onEnd, (error) => console.error(error));
  return {
    type(text) {
      for (const character of text.replaceAll(/\u001b\[20[01]~/g, '')) {
        if (character === '\u0003') child.kill('INT');
        else if (character === '\r') {
          out('\n');
          lines.push(`${line}\n`);
          line = '';
        } else if (character === '\u007f') line = line.slice(0, -1);
        else if (character >= ' ') {
          line += character;
          out(character);
        }
      }
      wake?.();
      wake = undefined;
    },
    resize() {},
    shown() {},
    hangUp: () => child.kill('HUP'),
  };
}
