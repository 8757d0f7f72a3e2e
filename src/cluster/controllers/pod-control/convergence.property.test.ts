import { describe, expect, it } from 'vitest';
import { daemonSet as daemonSetKind } from '../../api/kinds/apps/daemon-set.ts';
import { deployment as deploymentKind } from '../../api/kinds/apps/deployment.ts';
import { replicaSet as replicaSetKind } from '../../api/kinds/apps/replica-set.ts';
import { statefulSet as statefulSetKind } from '../../api/kinds/apps/stateful-set.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { controllerOf, type KubeObject } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../api/types/workloads.ts';
import { Informers } from '../../client/informers.ts';
import { startDaemonSet } from '../daemonset/daemonset.ts';
import { startDeployment } from '../deployment/deployment.ts';
import { startGarbageCollector } from '../garbage-collector/garbage-collector.ts';
import { startReplicaSet } from '../replicaset/replicaset.ts';
import { startStatefulSet } from '../statefulset/statefulset.ts';
import { indexByController, ownedBy } from './owner.ts';
import { isActive, isReady } from './pod-state.ts';
import { imageOf, TestCluster, template } from './test-cluster.ts';

// Random operations of users, at random moments, also while the controllers are stopped: whatever was done, in the end there are the Pods
// that the newest specs want, of the newest templates, ready, and nobody's Pods beside them.

const CONTROLLERS = [startDeployment, startReplicaSet, startDaemonSet, startStatefulSet, startGarbageCollector];
const NODES = ['n1', 'n2', 'n3', 'n4'];
const LABEL = { role: 'agent' };

const OWNERS: readonly (readonly [AnyKind, string])[] = [
  [deploymentKind, 'web'],
  [deploymentKind, 'slow'],
  [statefulSetKind, 'db'],
  [daemonSetKind, 'agent'],
];

type Template = ReturnType<typeof template>;

class World {
  readonly cluster: TestCluster;
  readonly #excesses: string[] = [];
  #areStopped = false;

  constructor(seed: number) {
    // Every other time the controllers hear of things late.
    const lag = seed % 2 === 0 ? { lag: () => this.random.int(400) } : {};
    this.cluster = new TestCluster(CONTROLLERS, { seed, readyAfter: () => 200 + this.random.int(2000), ...lag });
    this.#audit();
    for (const name of NODES) this.cluster.addNode(name, LABEL);
    const spec = (app: string, more: object = {}) => ({
      replicas: 3,
      selector: { matchLabels: { app } },
      template: template(app, `${app}:1`),
      ...more,
    });
    this.#create(deploymentKind, 'web', spec('web'));
    this.#create(deploymentKind, 'slow', spec('slow', { minReadySeconds: 2, strategy: { type: 'Recreate' } }));
    this.#create(statefulSetKind, 'db', spec('db', { serviceName: 'db' }));
    const { replicas: _, ...agent } = spec('agent');
    const { spec: agentSpec, ...rest } = agent.template as Template;
    this.#create(daemonSetKind, 'agent', {
      ...agent,
      template: { ...rest, spec: { ...agentSpec, nodeSelector: LABEL } },
    });
  }

  get random() {
    return this.cluster.kernel.random;
  }

  #create(kind: AnyKind, name: string, spec: object): void {
    const { group, version } = kind;
    this.cluster.client.create(kind, {
      apiVersion: `${group}/${version}`,
      kind: kind.kind,
      metadata: { name, namespace: 'default' },
      spec,
    });
  }

  #patch(kind: AnyKind, name: string, spec: object): void {
    this.cluster.client.patch(kind, { metadata: { name, namespace: 'default' } }, { spec });
  }

  #setImage(kind: AnyKind, name: string): void {
    const image = `${name}:${1 + this.random.int(4)}`;
    this.#patch(kind, name, { template: { spec: { containers: [{ name, image }] } } });
  }

  act(): void {
    const { random } = this;
    const deployment = random.pick(['web', 'slow']);
    const action = random.int(13);
    if (action <= 1) this.#patch(deploymentKind, deployment, { replicas: random.int(9) });
    else if (action <= 3) this.#setImage(deploymentKind, deployment);
    else if (action === 4) this.#patch(deploymentKind, deployment, { paused: random.int(2) === 0 });
    else if (action === 5) this.#patch(statefulSetKind, 'db', { replicas: random.int(6) });
    else if (action === 6) this.#setImage(statefulSetKind, 'db');
    else if (action === 7) this.#setImage(daemonSetKind, 'agent');
    else if (action === 8) this.#changeNode();
    else if (action === 9) this.#deletePod();
    else if (action === 10) this.#takePodAway();
    else if (action === 11) this.#replace();
    else if (this.#areStopped) this.#startControllers();
    else {
      this.cluster.stopControllers();
      this.#areStopped = true;
    }
    this.cluster.run(random.int(3000) / 1000);
  }

  /** Deletes an owner and makes another one of its name: the Pods of the former go, and none of them counts for the new one. */
  #replace(): void {
    const [kind, name] = this.random.pick(OWNERS);
    const { spec } = this.#get<KubeObject & { readonly spec: object }>(kind, name);
    this.cluster.client.delete(kind, { metadata: { name, namespace: 'default' } }, { propagationPolicy: 'Background' });
    this.cluster.run(this.random.int(2) * 2);
    this.#create(kind, name, spec);
  }

  #startControllers(): void {
    this.cluster.startControllers(CONTROLLERS);
    this.#areStopped = false;
  }

  #changeNode(): void {
    const role = this.random.int(2) === 0 ? 'agent' : 'other';
    this.cluster.client.patch(
      nodeKind,
      { metadata: { name: this.random.pick(NODES) } },
      { metadata: { labels: { role } } },
    );
  }

  #deletePod(): void {
    const pods = this.cluster.pods();
    if (pods.length > 0) this.cluster.client.delete(podKind, this.random.pick(pods));
  }

  /** As somebody does who wants to look into a Pod while another one takes its place; a StatefulSet's has a name that nobody can take. */
  #takePodAway(): void {
    const pods = this.cluster
      .pods()
      .filter(({ metadata }) => !['taken', 'db'].includes(metadata.labels?.['app'] ?? ''));
    if (pods.length === 0) return;
    this.cluster.client.patch(podKind, this.random.pick(pods), { metadata: { labels: { app: 'taken' } } });
  }

  /** Looks on: a ReplicaSet never gets more Pods than it ever wanted. */
  #audit(): void {
    const informers = new Informers(this.cluster.kernel, this.cluster.client);
    const sets = informers.of(replicaSetKind);
    const pods = informers.of(podKind);
    const mostWanted = new Map<string, number>();
    const see = ({ metadata, spec }: ReplicaSet) =>
      mostWanted.set(metadata.uid, Math.max(spec.replicas, mostWanted.get(metadata.uid) ?? 0));
    sets.handle({ added: see, updated: see });
    indexByController(pods);
    pods.handle({
      added: (pod) => {
        const owner = controllerOf(pod);
        if (owner?.kind !== 'ReplicaSet') return;
        const most = mostWanted.get(owner.uid) ?? 0;
        const count = ownedBy(pods, owner.uid).filter(isActive).length;
        if (count > most) this.#excesses.push(`${owner.name} has ${count} Pods and never wanted more than ${most}`);
      },
    });
    informers.start();
  }

  settle(): void {
    if (this.#areStopped) this.#startControllers();
    for (const name of ['web', 'slow']) this.#patch(deploymentKind, name, { paused: false });
    this.cluster.run(180);
  }

  check(): void {
    for (const name of ['web', 'slow']) this.#checkDeployment(name);
    this.#checkStatefulSet();
    this.#checkDaemonSet();
    this.#checkOwners();
    expect(this.#excesses).toEqual([]);
    // What a deleted owner leaves in the way, or a sync that still believes in it, is reported and mended.
    const errors = this.cluster.errors.filter((line) => line.startsWith('E') && !/not found|already exists/.test(line));
    expect(errors).toEqual([]);
  }

  #checkDeployment(name: string): void {
    const { spec, status, metadata } = this.#get<Deployment>(deploymentKind, name);
    this.#checkPods(name, spec.replicas, spec.template);
    expect(status.observedGeneration).toBe(metadata.generation);
    expect([status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas]).toEqual(
      Array(4).fill(spec.replicas || undefined),
    );
    expect([status.unavailableReplicas, status.terminatingReplicas]).toEqual([undefined, 0]);
    const sets = this.cluster.client.list<ReplicaSet>(replicaSetKind, { namespace: 'default' }).items;
    const own = sets.filter((set) => controllerOf(set)?.uid === metadata.uid);
    const sizes = own.map((set) => set.spec.replicas).filter((replicas) => replicas > 0);
    expect(sizes).toEqual(spec.replicas > 0 ? [spec.replicas] : []);
  }

  #checkStatefulSet(): void {
    const { spec, status, metadata } = this.#get<StatefulSet>(statefulSetKind, 'db');
    const pods = this.#checkPods('db', spec.replicas, spec.template);
    expect(pods.map((pod) => pod.metadata.name).sort()).toEqual(
      Array.from({ length: spec.replicas }, (_, ordinal) => `db-${ordinal}`),
    );
    expect(status).toMatchObject({ replicas: spec.replicas, availableReplicas: spec.replicas });
    expect(status.observedGeneration).toBe(metadata.generation);
    expect(status.currentRevision).toBe(status.updateRevision);
  }

  #checkDaemonSet(): void {
    const { spec, status } = this.#get<DaemonSet>(daemonSetKind, 'agent');
    const nodes = this.cluster.client
      .list(nodeKind)
      .items.filter(({ metadata }) => metadata.labels?.['role'] === 'agent')
      .map(({ metadata }) => metadata.name);
    const pods = this.#checkPods('agent', nodes.length, spec.template);
    expect(pods.map((pod) => pod.spec.nodeName).sort()).toEqual(nodes.sort());
    expect([status.desiredNumberScheduled, status.numberReady, status.numberMisscheduled]).toEqual([
      nodes.length,
      nodes.length,
      0,
    ]);
  }

  #checkPods(app: string, replicas: number, { spec }: Template): Pod[] {
    const pods = [...this.cluster.pods({ app })];
    expect(pods.filter((pod) => isActive(pod) && isReady(pod)).length).toBe(replicas);
    expect(pods.length).toBe(replicas);
    for (const pod of pods) expect(imageOf(pod)).toBe(spec.containers[0]?.image);
    return pods;
  }

  /** Pods that were taken away are nobody's; each other has an owner that exists. */
  #checkOwners(): void {
    const kinds: AnyKind[] = [replicaSetKind, statefulSetKind, daemonSetKind];
    const owners = kinds.flatMap(
      (kind) => this.cluster.client.list(kind, { namespace: 'default' }).items as KubeObject[],
    );
    const uids = new Set(owners.map(({ metadata }) => metadata.uid));
    for (const pod of this.cluster.pods()) {
      const owner = controllerOf(pod);
      if (pod.metadata.labels?.['app'] === 'taken') expect(owner).toBeUndefined();
      else expect(uids).toContain(owner?.uid);
    }
  }

  #get<T extends KubeObject>(kind: AnyKind, name: string): T {
    return this.cluster.client.get(kind, 'default', name) as T;
  }
}

function run(seed: number): void {
  const world = new World(seed);
  for (let step = 0; step < 40; step += 1) world.act();
  world.settle();
  world.check();
}

describe('whatever is asked for, the Pods converge', () => {
  for (let seed = 1; seed <= 20; seed += 1) it(`seed ${seed}`, () => run(seed));
});
