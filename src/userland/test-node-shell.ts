import { Coroutine, type Routine } from '#kernel/coroutine.ts';
import type { StandardStreams } from '#machine/program.ts';
import { Running } from '../cluster/test-running.ts';
import { nodePrograms, USERLAND } from './programs.ts';

/** A cluster whose nodes have their tools, and a shell on each. For tests alone. */
export class NodeShell extends Running {
  constructor(seed = 1) {
    super(seed, { userland: USERLAND, nodePrograms });
  }

  /** Runs a script as root; what it prints on both streams, in their order. */
  run(
    script: string,
    node = 'cp1',
    milliseconds = 60_000,
  ): { readonly output: string; readonly status: number | undefined } {
    let output = '';
    let status: number | undefined;
    const write = (text: string) => {
      output += text;
    };
    const streams: StandardStreams = { read: nothing, out: write, error: write, *drain() {}, terminal: {} };
    const child = this.node(node).run(['bash', '-c', script], { user: 'root', streams });
    const done = (code: number) => {
      status = code;
    };
    const fail = (error: unknown) => {
      throw error;
    };
    new Coroutine(this.kernel, child.wait(), done, fail);
    this.kernel.runUntilTrue(() => status !== undefined, milliseconds);
    return { output, status };
  }
}

/** Nobody types. */
// biome-ignore lint/correctness/useYield: an end is no wait
function* nothing(): Routine<undefined> {
  return undefined;
}
