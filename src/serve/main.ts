import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { serveCluster } from './serve-cluster.ts';

const HELP = `A small real Kubernetes cluster, served to the real kubectl on this machine alone.

  npm run cluster                      on https://127.0.0.1:16443
  npm run cluster -- --port 0          on any port that is free
  npm run cluster -- --folder DIR      where the kubeconfigs go (default: test-results/cluster)
  npm run cluster -- --seed 7          another run; the same seed gives the same cluster
  npm run cluster -- --speed 10        simulated time passes ten times as fast
  npm run cluster -- --verbose         what the kubelets say

Then, in another terminal:  kubectl --kubeconfig DIR/admin.conf get nodes`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '16443' },
    folder: { type: 'string', default: 'test-results/cluster' },
    seed: { type: 'string', default: '1' },
    speed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(HELP);
else await run();

async function run(): Promise<void> {
  const served = await serveCluster({
    port: number('port', values.port),
    seed: number('seed', values.seed),
    speed: number('speed', values.speed),
    ...(values.verbose && {
      onLog: (node: string, unit: string, line: string) => console.log(`${node} ${unit}: ${line}`),
    }),
  });
  const folder = resolve(values.folder);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'admin.conf'), served.kubeconfig('admin.conf'), { mode: 0o600 });
  console.log(`The cluster answers at ${served.address}. Ctrl+C ends it; nothing of it is kept.

  export KUBECONFIG=${join(folder, 'admin.conf')}
  kubectl get nodes`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void served.close());
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0)) {
    console.error(`--${name} is a number, not ${JSON.stringify(text)}. npm run cluster -- --help says more.`);
    process.exit(2);
  }
  return value;
}
