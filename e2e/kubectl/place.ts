import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine, type Place, runCommand } from './run-command.ts';

/** The cluster that is asked, and a folder that is the run's own. */
export interface Asked {
  readonly kubeconfig: string;
  readonly workdir: string;
  /** A simulated machine whose kubectl is ours; its files are meant then. */
  readonly machine?: Machine;
}

/** Milliseconds for a namespace to come and to go; for what a script of a scenario does. */
const NAMESPACE = 120_000;
export const SCRIPT = 150_000;

/** A folder and a kubeconfig of the scenario's own, whose default namespace is the scenario's. */
export async function placeOf(namespace: string, { kubeconfig, workdir, machine }: Asked): Promise<Place> {
  const cwd = join(workdir, namespace);
  if (machine) return placeThere(namespace, cwd, { kubeconfig, workdir, machine });
  await mkdir(cwd, { recursive: true });
  const own = join(workdir, `${namespace}.kubeconfig`);
  await writeFile(own, await readFile(kubeconfig), { mode: 0o600 });
  const place = { cwd, env: environment(workdir, own) };
  await script(`kubectl config set-context --current --namespace=${namespace}`, place);
  return place;
}

async function placeThere(
  namespace: string,
  cwd: string,
  { kubeconfig, workdir, machine }: Required<Asked>,
): Promise<Place> {
  const own = `${workdir}/${namespace}.kubeconfig`;
  const place = { cwd, env: { HOME: workdir, KUBECONFIG: own, LANG: 'C', TZ: 'UTC' }, machine };
  await machine(`mkdir -p ${cwd} && cp ${kubeconfig} ${own}`, NAMESPACE);
  await script(`kubectl config set-context --current --namespace=${namespace}`, place);
  return place;
}

/** Makes a namespace anew, whose Pods are accepted. */
export async function freshNamespace(name: string, place: Place): Promise<void> {
  await script(`kubectl delete namespace ${name} --ignore-not-found --timeout=100s`, place, NAMESPACE);
  await script(`kubectl create namespace ${name} && ${serviceAccountThere(name)}`, place, NAMESPACE);
}

/** Does not wait until it is gone. */
export async function dropNamespace(name: string, place: Place): Promise<void> {
  const command = `kubectl delete namespace ${name} --ignore-not-found --wait=false --request-timeout=10s`;
  await runCommand(command, place, NAMESPACE);
}

/** @throws Error when one stays */
export async function waitForNamespacesGone(
  namespaces: readonly string[],
  { kubeconfig, workdir, machine }: Asked,
): Promise<void> {
  if (namespaces.length === 0) return;
  const names = namespaces.map((name) => `namespace/${name}`).join(' ');
  const place = machine
    ? { cwd: workdir, env: { HOME: workdir, KUBECONFIG: kubeconfig }, machine }
    : { cwd: workdir, env: environment(workdir, kubeconfig) };
  await script(`kubectl wait --for=delete ${names} --timeout=110s`, place, NAMESPACE);
}

/** Runs a script that must succeed. @throws Error with what it said */
export async function script(text: string, place: Place, timeout = SCRIPT): Promise<void> {
  const { status, output } = await runCommand(`set -e\n${text}`, place, timeout);
  if (status === 0) return;
  const why = status === undefined ? 'took too long' : `ended with status ${status}`;
  throw new Error(`a script before it ${why}: ${text.trim().slice(0, 200)}\n${output.trim().slice(-1500)}`);
}

/** Nothing of the person who runs this changes kubectl's answers. */
function environment(home: string, kubeconfig: string): NodeJS.ProcessEnv {
  const kept = { ...process.env };
  for (const key of Object.keys(kept)) if (/^(?:KUBE|npm_|NODE_|EDITOR$|LC_)/.test(key)) delete kept[key];
  return { ...kept, HOME: home, KUBECONFIG: kubeconfig, LANG: 'C', TZ: 'UTC' };
}

/** A Pod is refused until its namespace's default ServiceAccount is there; the CA's ConfigMap comes at the same time. */
function serviceAccountThere(namespace: string): string {
  return `for n in $(seq 60); do
  kubectl get -n ${namespace} serviceaccount/default configmap/kube-root-ca.crt && exit 0
  sleep 0.2
done
exit 1`;
}
