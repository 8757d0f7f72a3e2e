import { expect, it } from 'vitest';
import { Random } from '#kernel/random.ts';
import { deployment as deploymentKind } from './api/kinds/apps/deployment.ts';
import { replicaSet as replicaSetKind } from './api/kinds/apps/replica-set.ts';
import { node as nodeKind } from './api/kinds/core/node.ts';
import { pod as podKind } from './api/kinds/pod/pod.ts';
import { controllerOf } from './api/object.ts';
import { ApiError } from './api/status.ts';
import { ConnectionError } from './client/connection.ts';
import { Running } from './test-running.ts';

const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const NODES = ['cp1', 'w1', 'w2'];
const UNITS = ['kubelet.service', 'containerd.service'];
const NAMES = ['a', 'b', 'c'];
/** Longer than every back-off, grace period and eviction. */
const CALM = 900_000;

/** One thing that somebody does to the cluster, whether it can be done or not. */
function act(running: Running, random: Random, wanted: Map<string, number>): void {
  const name = random.pick(NAMES);
  const replicas = random.int(5);
  try {
    if (!wanted.has(name)) {
      running.deploy(name, replicas);
      wanted.set(name, replicas);
    } else if (random.int(4) === 0) {
      running.client.delete(deploymentKind, { metadata: { namespace: 'default', name } });
      wanted.delete(name);
    } else {
      running.client.patch(deploymentKind, { metadata: { namespace: 'default', name } }, { spec: { replicas } });
      wanted.set(name, replicas);
    }
  } catch (error) {
    // While the API server or etcd is away nothing can be asked for.
    if (!(error instanceof ConnectionError || error instanceof ApiError)) throw error;
  }
}

it.each([1, 2, 5])('whatever stops and starts at random, everything converges: seed %i', (seed) => {
  const random = new Random(seed);
  const running = new Running(seed);
  const manifests = new Map(COMPONENTS.map((name) => [name, running.manifest(name)]));
  const away = new Set<string>();
  const stopped = new Set<string>();
  const wanted = new Map<string, number>();
  for (let step = 0; step < 40; step += 1) {
    act(running, random, wanted);
    const component = random.pick(COMPONENTS);
    if (random.int(3) === 0) {
      running.setManifest(component, away.has(component) ? (manifests.get(component) ?? '') : '');
      if (!away.delete(component)) away.add(component);
    }
    const [node, unit] = [random.pick(NODES), random.pick(UNITS)];
    if (random.int(4) === 0) {
      const key = `${node} ${unit}`;
      running.unit(node, unit, stopped.has(key) ? 'start' : 'stop');
      if (!stopped.delete(key)) stopped.add(key);
    }
    running.kernel.runFor(1000 + random.int(60_000));
  }
  for (const name of away) running.setManifest(name, manifests.get(name) ?? '');
  for (const unit of UNITS.toReversed()) {
    for (const node of NODES) if (stopped.has(`${node} ${unit}`)) running.unit(node, unit, 'start');
    running.kernel.runFor(5000);
  }
  running.kernel.runFor(CALM);

  const { client } = running;
  const ready = client
    .list(nodeKind)
    .items.map(({ metadata, status }) => [
      metadata.name,
      status.conditions?.find(({ type }) => type === 'Ready')?.status,
    ]);
  expect(ready).toEqual(NODES.map((name) => [name, 'True']));
  const sets = new Set(client.list(replicaSetKind, { namespace: 'default' }).items.map(({ metadata }) => metadata.uid));
  const pods = client.list(podKind, { namespace: 'default' }).items;
  for (const pod of pods) expect(sets.has(controllerOf(pod)?.uid ?? '')).toBe(true);
  for (const name of NAMES) {
    const phases = running.phases(name).map((phase) => phase ?? '');
    const deployment = client.find(deploymentKind, 'default', name);
    expect([name, phases]).toEqual([name, Array(deployment?.spec.replicas ?? 0).fill('Running')]);
    expect(deployment?.status.readyReplicas ?? 0).toBe(deployment?.spec.replicas ?? 0);
  }
});
