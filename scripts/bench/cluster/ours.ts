import { Kernel } from '#kernel/kernel.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { deployment } from '../../../src/cluster/api/kinds/apps/deployment.ts';
import { Client } from '../../../src/cluster/client/client.ts';
import { dial } from '../../../src/cluster/client/dial.ts';
import { Cluster } from '../../../src/cluster/cluster.ts';
import { readKubeconfig } from '../../../src/cluster/components/credentials.ts';
import { WIDE } from '../../../src/cluster/profiles/wide.ts';
import { cpuSeconds, heapMegabytes, say } from './measure.ts';

/** Simulated milliseconds: until everything of a new cluster runs, and at most for the Pods. */
const BOOT = 90_000;
const LIMIT = 600_000;
const STEP = 500;

const pods = Number(process.argv[2]);
const kernel = new Kernel({ start: Date.UTC(2026, 0, 1), seed: 1 });
const cluster = new Cluster({ kernel, profile: WIDE });
const atBoot = cpuSeconds();
cluster.start();
kernel.runFor(BOOT);
const boot = cpuSeconds() - atBoot;

const [controlPlane] = cluster.nodes.values();
if (!controlPlane) throw new Error('a cluster has a control plane');
const { files, sockets } = controlPlane;
const admin = readKubeconfig(readTextIfThere(files, '/etc/kubernetes/admin.conf') ?? '', files);
const client = new Client(dial(kernel, sockets, admin), 'bench');
const labels = { app: 'web' };
client.create(deployment, {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
} as never);
kernel.runFor(STEP);

let longest = 0;
let last = 0;
const yieldAfterEach = () => {
  const now = performance.now();
  longest = Math.max(longest, now - last);
  last = now;
  return false;
};
const start = cpuSeconds();
const began = kernel.now;
client.patch(deployment, { metadata: { namespace: 'default', name: 'web' } }, { spec: { replicas: pods } });
const isRunning = () => (client.get(deployment, 'default', 'web').status.readyReplicas ?? 0) >= pods;
while (!isRunning() && kernel.now - began < LIMIT) {
  last = performance.now();
  kernel.runUntil(kernel.now + STEP, { isEnough: yieldAfterEach });
}
const cpu = cpuSeconds() - start;
say({
  pods,
  cpu,
  boot,
  longest,
  heap: heapMegabytes(),
  isComplete: isRunning(),
  simulated: (kernel.now - began) / 1000,
});
