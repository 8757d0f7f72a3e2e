import { describe, expect, it } from 'vitest';
import { sleep, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { deployment as deploymentKind } from './api/kinds/apps/deployment.ts';
import { event as eventKind } from './api/kinds/core/event.ts';
import { node as nodeKind } from './api/kinds/core/node.ts';
import { pod as podKind } from './api/kinds/pod/pod.ts';
import type { PodStatus } from './api/types/pod.ts';
import type { ClusterState } from './cluster.ts';
import type { Userland } from './images.ts';
import { Running } from './test-running.ts';

const SETTLED = 60_000;
/** Longer than any back-off. */
const MENDED = 400_000;

/** Writes a file into its container, says so, and waits. */
function* noter(process: ProcessContext) {
  if (!process.isResumed) process.files.writeText('/note', 'written');
  process.streams.out(`${readTextIfThere(process.files, '/note') ?? 'nothing'}\n`);
  return yield* wait<number>(() => undefined);
}

/** What it knows is in its head. */
const counter: Program = function* (process) {
  for (let count = 1; ; count += 1) {
    process.streams.out(`${count}\n`);
    yield* sleep(process.kernel, 10_000);
  }
};

const userland: Userland = { busybox: { noter: resuming(noter), counter }, debian: {} };

/** The cluster that goes on from what another one saved, which went through JSON, as it is kept; so many milliseconds later. */
function resumed(before: Running, later = 0, history = true): Running {
  const saved = JSON.parse(JSON.stringify(before.cluster.save({ history }))) as ClusterState;
  const after = new Running(1, { saved, userland, later });
  after.kernel.runFor(0);
  return after;
}

function run(running: Running, name: string, command: readonly string[]): void {
  const containers = [{ name, image: 'busybox', command }];
  const metadata = { name, namespace: 'default' };
  running.client.create(podKind, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } } as never);
}

function status(running: Running, name: string): PodStatus {
  return running.client.get(podKind, 'default', name).status;
}

function logOf(running: Running, pod: string): string {
  const { nodeName = '' } = running.client.get(podKind, 'default', pod).spec;
  const { containerd, files } = running.node(nodeName);
  const logs = containerd.containers().filter(({ config }) => config.name === pod);
  return logs.map(({ logFile }) => readTextIfThere(files, logFile) ?? '').join('');
}

describe('a cluster that was saved goes on as it was', () => {
  it('nothing restarts, nobody is told, no lease is lost, and new work is done', () => {
    const before = new Running();
    before.deploy('web', 3);
    before.kernel.runFor(SETTLED);
    const pods = (running: Running) =>
      running.client.list(podKind).items.map(({ metadata, spec, status: now }) => [metadata.uid, spec.nodeName, now]);
    const events = (running: Running) =>
      running.client
        .list(eventKind)
        .items.map(({ involvedObject, reason, count }) => `${involvedObject.name} ${reason} ${count}`)
        .sort();
    const after = resumed(before);
    expect(after.ready()).toBe(200);
    after.kernel.runFor(SETTLED);
    expect(pods(after)).toEqual(pods(before));
    expect(events(after)).toEqual(events(before));
    expect(after.said).toEqual([]);
    expect(after.log('kube-controller-manager')).toBe(before.log('kube-controller-manager'));

    after.client.patch(deploymentKind, { metadata: { namespace: 'default', name: 'web' } }, { spec: { replicas: 5 } });
    after.kernel.runFor(SETTLED);
    expect(after.phases('web')).toEqual(Array(5).fill('Running'));
    const ready = after.client.list(nodeKind).items.map(({ status: now }) => now.conditions?.at(-1)?.status);
    expect(ready).toEqual(['True', 'True', 'True']);
  });

  it('a week later, without history', () => {
    const before = new Running();
    before.deploy('web', 3);
    before.kernel.runFor(SETTLED);
    const after = resumed(before, 7 * 24 * 3_600_000, false);
    expect(after.ready()).toBe(200);
    after.kernel.runFor(SETTLED);
    const restarts = after.client
      .list(podKind)
      .items.flatMap(({ status: now }) =>
        (now.containerStatuses ?? []).map(({ restartCount, ready }) => [restartCount, ready]),
      );
    expect(restarts).toEqual(Array(restarts.length).fill([0, true]));
    expect(after.phases('web')).toEqual(Array(3).fill('Running'));
    const ready = after.client.list(nodeKind).items.map(({ status: now }) => now.conditions?.at(-1)?.status);
    expect(ready).toEqual(['True', 'True', 'True']);
  });

  it('the same twice: what goes on is saved as what went on', () => {
    const before = new Running();
    before.deploy('web', 2);
    before.kernel.runFor(SETTLED);
    const { nodes } = resumed(before).cluster.save();
    const first = JSON.parse(JSON.stringify(before.cluster.save())) as ClusterState;
    expect(JSON.parse(JSON.stringify(nodes.map(([, node]) => node.containerd)))).toEqual(
      first.nodes.map(([, node]) => node.containerd),
    );
    expect(nodes.map(([, { network, cni, images }]) => JSON.stringify([network, cni, images]))).toEqual(
      first.nodes.map(([, { network, cni, images }]) => JSON.stringify([network, cni, images])),
    );
  });

  it('files of containers are what they were; a process whose memory is lost ends, and is begun again', () => {
    const before = new Running(1, { userland });
    run(before, 'note', ['noter']);
    run(before, 'count', ['counter']);
    before.kernel.runFor(25_000);
    const after = resumed(before);
    after.kernel.runFor(SETTLED);
    expect(logOf(after, 'note')).toBe(logOf(before, 'note'));
    const id = status(before, 'note').containerStatuses?.[0]?.containerID;
    expect(status(after, 'note').containerStatuses?.[0]).toMatchObject({ restartCount: 0, containerID: id });
    const again = resumed(after);
    again.kernel.runFor(SETTLED);
    const [note] = again
      .node(again.client.get(podKind, 'default', 'note').spec.nodeName ?? '')
      .containerd.save()
      .containers.filter(({ config }) => config.name === 'note');
    expect(note?.changes?.entries?.map(([name, , , held]) => [name, held])).toEqual([['note', 'written']]);

    expect(status(after, 'count').containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      state: { running: {} },
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
    });
  });

  it('broken as it was: a kubelet that was stopped, a manifest that was wrong', () => {
    const before = new Running();
    before.kubelet('w2', 'stop');
    const manifest = before.manifest('kube-scheduler');
    before.setManifest('kube-scheduler', manifest.replace('- kube-scheduler\n', '- kube-scheduler\n    - --no-such\n'));
    before.kernel.runFor(SETTLED);
    const after = resumed(before);
    after.deploy('web', 2);
    after.kernel.runFor(SETTLED);
    expect(after.node('w2').units.status('kubelet').activeState).toBe('inactive');
    const w2 = after.client.get(nodeKind, undefined, 'w2').status.conditions?.at(-1);
    expect(w2?.status).toBe('Unknown');
    expect(after.phases('web')).toEqual(['Pending', 'Pending']);
    after.setManifest('kube-scheduler', manifest);
    after.kubelet('w2', 'start');
    after.kernel.runFor(MENDED);
    expect(after.phases('web')).toEqual(['Running', 'Running']);
  });

  it('in the middle of coming up', () => {
    for (const moment of [500, 3_000, 7_000, 11_000]) {
      const before = new Running(1, { settled: moment });
      const after = resumed(before);
      after.kernel.runFor(SETTLED);
      const nodes = after.client
        .list(nodeKind)
        .items.map(({ metadata, status: now }) => [metadata.name, now.conditions?.at(-1)?.status]);
      expect([moment, nodes]).toEqual([
        moment,
        [
          ['cp1', 'True'],
          ['w1', 'True'],
          ['w2', 'True'],
        ],
      ]);
    }
  });

  it('the same state gives the same run', () => {
    const before = new Running();
    before.deploy('web', 2);
    before.kernel.runFor(3000);
    const [one, other] = [resumed(before), resumed(before)];
    for (const running of [one, other]) running.kernel.runFor(SETTLED);
    expect(JSON.stringify(one.cluster.save())).toBe(JSON.stringify(other.cluster.save()));
  });
});
