import { Coroutine } from '#kernel/coroutine.ts';
import { openTerminal } from '#machine/open-terminal.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Session, SessionOptions } from './session.ts';

/** Programs learn from it what they may send: xterm.js understands xterm's sequences, and the page the marks of shells. */
const TERMINAL = { TERM: 'xterm-256color', TERM_PROGRAM: 'clusterbook', COLORTERM: 'truecolor' };
const USER = 'learner';

/** A login shell on a machine. @param place `host`, or the name of a node @throws Error when there is no such machine */
export function openSession(cluster: Cluster, place: string, { size, onOutput, onEnd }: SessionOptions): Session {
  const machine = place === 'host' ? cluster.workstation : cluster.nodes.get(place);
  if (!machine) throw new Error(`there is no machine ${place}`);
  const { terminal, leader: shell } = openTerminal(size, onOutput, (streams) =>
    machine.run(['-bash'], { user: USER, streams, env: TERMINAL }),
  );
  new Coroutine(cluster.kernel, shell.wait(), onEnd, (error) => console.error(error));
  return {
    type: (text) => terminal.input(text),
    resize: (to) => terminal.resize(to),
    shown: (count) => terminal.shown(count),
    hangUp: () => terminal.hangUp(),
  };
}
