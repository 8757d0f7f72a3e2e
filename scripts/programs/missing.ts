import { capture } from './run.ts';

const PROBES: Readonly<Record<string, { readonly args: readonly string[]; readonly cure: string }>> = {
  docker: { args: ['info'], cure: 'Install Docker (https://docs.docker.com/engine/install/) and start it' },
  kind: { args: ['version'], cure: 'Install kind (https://kind.sigs.k8s.io/docs/user/quick-start/#installation)' },
  kubectl: { args: ['version', '--client'], cure: 'Install kubectl (https://kubernetes.io/docs/tasks/tools/)' },
};

/** A sentence for each program that is not there, or does not work, with the cure. */
export async function missingPrograms(names: readonly string[]): Promise<string[]> {
  const sentences: string[] = [];
  for (const name of names) {
    const probe = PROBES[name];
    if (!probe) continue;
    const { status, said } = await capture(name, probe.args);
    if (status === 127) sentences.push(`${name} is not on the PATH. ${probe.cure}.`);
    else if (status !== 0) sentences.push(`${name} does not work: ${said.split('\n').at(-1)}. ${probe.cure}.`);
  }
  return sentences;
}
