import { parseArgs } from 'node:util';

export const help = `Asks a cluster with the real kubectl and compares its answers with those recorded on a kind cluster.

  node e2e/kubectl/main.ts --simulated              simulated clusters of its own, several side by side
  node e2e/kubectl/main.ts --kubeconfig FILE        any other
  node e2e/kubectl/main.ts --ours                   our own kubectl, on a simulated machine

  --kubeconfig FILE    how kubectl reaches the cluster; the user must be its administrator
  --simulated          with --kubeconfig: that cluster is a simulated one, for which the differences are declared
  --record             write the answers in e2e/kubectl/answers anew, from a kind cluster made of e2e/kind/cluster.yaml
  --only NAME          a scenario, or the scenario of a command (may be repeated)
  --workdir DIR        keep the files of the run in DIR

It needs bash, diff, openssl, and kubectl of the release taught on the PATH.
`;

/** What a person asked for. */
export interface Options {
  /** Undefined: simulated clusters are made. */
  readonly kubeconfig: string | undefined;
  readonly simulated: boolean;
  /** Our own kubectl is asked, on a simulated machine. */
  readonly ours: boolean;
  readonly record: boolean;
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
      kubeconfig: { type: 'string' },
      simulated: { type: 'boolean', default: false },
      ours: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      workdir: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  if (values.kubeconfig === undefined && !values.simulated && !values.ours)
    throw new Error('Say how to reach the cluster, --kubeconfig FILE, or have one made: --simulated.');
  if (values.record && values.simulated)
    throw new Error('Answers are recorded on a real cluster, without --simulated.');
  const { kubeconfig, simulated, ours, record, only, workdir } = values;
  return { kubeconfig, simulated, ours, record, only, workdir };
}
