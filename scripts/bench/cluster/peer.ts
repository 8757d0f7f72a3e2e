import { setImmediate } from 'node:timers/promises';
import { BaseImage, Cluster, type ProcessContext } from '@ngrok/webernetes';
import { cpuSeconds, heapMegabytes, say } from './measure.ts';

/** The same work on webernetes: as many nodes, its clock stepped on so that nothing waits. */
class Web extends BaseImage {
  static readonly imageName = 'web';
  static readonly imageVersion = '1';
  readonly defaultCommand = ['server'];

  override async exec(context: ProcessContext): Promise<number> {
    return context.waitUntilKilled();
  }
}

const NODES = 11;
const BOOT = 60_000;
const LIMIT = 600_000;
const STEP = 100;
const LOOK = 5;

const pods = Number(process.argv[2]);
const atBoot = cpuSeconds();
const cluster = new Cluster({ nodes: NODES });
cluster.registerImage(Web);
cluster.clock.pause();
const ready = cluster.init();
let isReady = false;
ready.then(() => {
  isReady = true;
});
for (let waited = 0; !isReady && waited < BOOT; waited += STEP) await step();
const labels = { app: 'web' };
const scaled = (replicas: number) =>
  cluster.apply([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
      },
    },
  ] as never);
await during(scaled(0));
for (let waited = 0; waited < 5000; waited += STEP) await step();
const boot = cpuSeconds() - atBoot;

const start = cpuSeconds();
await during(scaled(pods));
let simulated = 0;
let running = 0;
for (let count = 1; running < pods && simulated < LIMIT; count += 1) {
  await step();
  simulated += STEP;
  if (count % LOOK !== 0) continue;
  const deployment = await during(cluster.api.appsv1.readNamespacedDeployment({ namespace: 'default', name: 'web' }));
  running = deployment.status?.readyReplicas ?? 0;
}
const cpu = cpuSeconds() - start;
say({ pods, cpu, boot, heap: heapMegabytes(), isComplete: running >= pods, simulated: simulated / 1000 });
process.exit(0);

async function step(): Promise<void> {
  cluster.clock.step(STEP);
  await setImmediate();
}

/** Its answers take simulated time, too. */
async function during<T>(answer: Promise<T>): Promise<T> {
  let isDone = false;
  const done = answer.finally(() => {
    isDone = true;
  });
  while (!isDone) await step();
  return done;
}
