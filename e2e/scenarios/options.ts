import { parseArgs } from 'node:util';

export const help = `Runs behaviour scenarios on a cluster and compares what happens, in which order, with what was recorded on a kind cluster.

  node e2e/scenarios/main.ts --simulated     simulated clusters of its own, several side by side, in fast time
  node e2e/scenarios/main.ts --kind NAME     the kind cluster NAME, made of e2e/kind/cluster.yaml

  --record           write the sequences in e2e/scenarios/recorded anew: each scenario runs several times, and must go
                     the same way each time
  --runs NUMBER      how often, with --record (default: 3)
  --only NAME        a scenario (may be repeated)
  --workdir DIR      keep the files of the run in DIR, with the timeline of each scenario

It needs bash, and kubectl of the release taught on the PATH; for a kind cluster docker and kind too.
`;

/** What a person asked for. */
export interface Options {
  /** The name of a kind cluster. Undefined: simulated clusters are made. */
  readonly kind: string | undefined;
  readonly record: boolean;
  readonly runs: number;
  readonly only: readonly string[];
  /** Undefined: a temporary folder that is deleted. */
  readonly workdir: string | undefined;
}

/** Reads the command line. @throws Error whose sentence says what to type */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      simulated: { type: 'boolean', default: false },
      kind: { type: 'string' },
      record: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
      workdir: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  const { kind, simulated, record, only, workdir } = values;
  if ((kind === undefined) === !simulated) throw new Error('Say which cluster: --kind NAME, or --simulated.');
  if (record && simulated) throw new Error('Sequences are recorded on a real cluster: --kind NAME.');
  const runs = Number(values.runs);
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`--runs is a whole number above 0, not "${values.runs}".`);
  return { kind, record, runs, only, workdir };
}
