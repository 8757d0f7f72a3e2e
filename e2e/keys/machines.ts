import { openTerminal } from '#machine/open-terminal.ts';
import type { PseudoTerminal } from '#machine/pseudo-terminal.ts';
import type { Cluster, ClusterState } from '../../src/cluster/cluster.ts';
import { Running } from '../../src/cluster/test-running.ts';
import { nodePrograms, USERLAND, WORKSTATION_PROGRAMS } from '../../src/userland/programs.ts';
import { openScreen } from './screen.ts';
import { keysOf } from './table.ts';

const SIZE = { columns: 100, rows: 30 };
/** Milliseconds between two keys, and after the last one. */
const PACE = 5;
const PATIENCE = 3_000;
/** So often the screen tells what it has shown. */
const SLICE = 100;

/** A cluster with all its tools, and the machine from which people reach it. */
export class Machines extends Running {
  /** @param saved where it goes on from */
  constructor(saved?: ClusterState) {
    super(1, {
      userland: USERLAND,
      nodePrograms,
      workstationPrograms: WORKSTATION_PROGRAMS,
      ...(saved && { saved }),
    });
  }

  /** A login shell on a terminal. @param place `host`, or a node */
  open(place: string): Session {
    return new Session(this, place === 'host' ? this.cluster.workstation : this.node(place));
  }
}

type Machine = Pick<NonNullable<Cluster['workstation']>, 'run'>;

/** Somebody at a terminal. */
export class Session {
  readonly #machines: Machines;
  readonly #screen = openScreen(SIZE.columns, SIZE.rows);
  readonly terminal: PseudoTerminal;
  /** Characters that the screen has yet to show. */
  #unshown = 0;

  constructor(machines: Machines, machine: Machine | undefined) {
    if (!machine) throw new Error('there is no such machine');
    this.#machines = machines;
    const { terminal } = openTerminal(
      SIZE,
      (text) => {
        this.#unshown += text.length;
        this.#screen.write(text);
      },
      (streams) => machine.run(['-bash'], { user: 'learner', streams, env: { TERM: 'xterm-256color' } }),
    );
    this.terminal = terminal;
    machines.kernel.runFor(PATIENCE);
  }

  /** What is to be seen after these keys, with names in angle brackets. */
  async type(keys: string, milliseconds = PATIENCE): Promise<string> {
    for (const key of keysOf(keys)) {
      this.terminal.input(key);
      await this.#run(PACE);
    }
    for (let left = milliseconds; left > 0; left -= SLICE) await this.#run(SLICE);
    return (await this.#screen.look()).rows.join('\n');
  }

  async #run(milliseconds: number): Promise<void> {
    this.#machines.kernel.runFor(milliseconds);
    const unshown = this.#unshown;
    if (unshown === 0) return;
    this.#unshown = 0;
    await this.#screen.look();
    this.terminal.shown(unshown);
  }
}
