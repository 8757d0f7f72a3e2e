import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ClusterState } from '../cluster/cluster.ts';
import type { ClusterProfile } from '../cluster/profiles/profile.ts';
import { NotKept, readKept, writeKept } from './kept-cluster.ts';
import { type Options, readOptions, UsageError } from './options.ts';
import { type ServedCluster, serveCluster } from './serve-cluster.ts';
import { addUsers } from './users.ts';

const HELP = `A small real Kubernetes cluster, served to the real kubectl on this machine alone.

  npm run cluster                      on https://127.0.0.1:16443
  npm run cluster -- --port 0          on any port that is free
  npm run cluster -- --folder DIR      where the kubeconfigs go (default: test-results/cluster)
  npm run cluster -- --profile wide    ten workers, room for 1,000 Pods (default: lessons, with two)
  npm run cluster -- --profile calico  the lessons' cluster with Calico as its network
  npm run cluster -- --seed 7          another run; the same seed gives the same cluster
  npm run cluster -- --speed 10        simulated time passes ten times as fast
  npm run cluster -- --keep FILE       goes on from FILE, if it is there, and is kept in it at the end
  npm run cluster -- --verbose         what the kubelets say

Then, in another terminal:  kubectl --kubeconfig DIR/admin.conf get nodes`;

/** Something outside is not as it must be; the message is one sentence. */
class Refusal extends Error {}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else await run(options);
} catch (error) {
  if (error instanceof UsageError) fail(`${error.message} npm run cluster -- --help says more.`, 2);
  else if (error instanceof Refusal) fail(error.message, 1);
  else throw error;
}

function fail(sentence: string, code: number): void {
  console.error(sentence);
  process.exitCode = code;
}

async function run({ port, folder: name, profile, seed, speed, verbose, keep }: Options): Promise<void> {
  const folder = resolve(name);
  await writing(folder, () => mkdir(folder, { recursive: true }));
  const log = (node: string, unit: string, line: string) => console.log(`${node} ${unit}: ${line}`);
  const saved = keep === undefined ? undefined : await kept(keep, profile);
  const served = await serveCluster({
    port,
    seed,
    speed,
    ...(profile && { profile }),
    ...(saved && { saved }),
    ...(verbose && { onLog: log }),
  }).catch((error: NodeJS.ErrnoException) => {
    throw portRefusal(port, error) ?? error;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(served, keep));
  try {
    await writeKubeconfigs(folder, served);
  } catch (error) {
    await served.close();
    throw error;
  }
  console.log(instructions(served, folder, keep));
}

async function kept(file: string, profile: ClusterProfile | undefined): Promise<ClusterState | undefined> {
  let state: ClusterState | undefined;
  try {
    state = await readKept(file);
  } catch (error) {
    throw new Refusal(
      error instanceof NotKept ? error.message : `${file} cannot be read (${(error as Error).message}).`,
    );
  }
  if (state && (state.network ?? '') !== (profile?.network?.name ?? ''))
    throw new Refusal(
      `${file} keeps a cluster with ${state.network ?? 'kindnet'}; say --profile ${state.network ?? 'lessons'}.`,
    );
  if (state && profile && state.profile.nodes.length !== profile.nodes.length)
    throw new Refusal(`${file} keeps a cluster of another profile; leave --profile out, or take another --keep FILE.`);
  return state;
}

async function end(served: ServedCluster, keep: string | undefined): Promise<void> {
  // What happens meanwhile would be lost.
  served.pacer.stop();
  if (keep !== undefined) {
    try {
      await writeKept(keep, served.cluster.save());
    } catch (error) {
      fail(`The cluster could not be kept in ${keep} (${(error as Error).message}).`, 1);
    }
  }
  await served.close();
}

function portRefusal(port: number, { code, message }: NodeJS.ErrnoException): Refusal | undefined {
  if (code === 'EADDRINUSE')
    return new Refusal(`Port ${port} of 127.0.0.1 is in use; --port 0 takes one that is free, --port N another.`);
  if (code === 'EACCES')
    return new Refusal(`Port ${port} of 127.0.0.1 cannot be had (${message}); --port N takes another.`);
  return undefined;
}

async function writeKubeconfigs(folder: string, served: ServedCluster): Promise<void> {
  const files = served.answers ? addUsers(served) : { 'admin.conf': served.kubeconfig('admin.conf') };
  for (const [name, text] of Object.entries(files)) {
    await writing(folder, () => writeFile(join(folder, name), text, { mode: 0o600 }));
  }
}

async function writing(folder: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new Refusal(`Nothing can be written to ${folder} (${(error as Error).message}); --folder DIR takes another.`);
  }
}

function instructions({ address, answers }: ServedCluster, folder: string, keep: string | undefined): string {
  const end = keep === undefined ? 'nothing of it is kept' : `it is kept in ${keep}`;
  const broken = answers ? '' : '\nIts API server is not there, as it was left; that of a cluster without --keep is.\n';
  return `The cluster answers at ${address}. Ctrl+C ends it; ${end}.
${broken}
  export KUBECONFIG=${join(folder, 'admin.conf')}
  kubectl get nodes

Others, who may less:

  kubectl --kubeconfig ${join(folder, 'read-only.conf')} get pods -A          # user read-only: ClusterRole view
  kubectl --kubeconfig ${join(folder, 'service-account.conf')} get pods      # ServiceAccount default/robot: edit in default`;
}
