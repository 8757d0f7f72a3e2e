import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import { Coroutine, type Routine } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { ruleText } from '#machine/rule-text.ts';
import { daemonSet as daemonSetKind } from '../api/kinds/apps/daemon-set.ts';
import { deployment as deploymentKind } from '../api/kinds/apps/deployment.ts';
import { event as eventKind } from '../api/kinds/core/event.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import type { AnyKind } from '../api/kinds/kinds.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import type { Pod } from '../api/types/pod.ts';
import {
  blockAffinity,
  CALICO_KINDS,
  clusterInformation,
  ipamBlock,
  ipamHandle,
  ipPool,
  tigeraStatus,
} from '../calico/kinds.ts';
import { Cluster, type ClusterState } from '../cluster.ts';
import { contains } from '../node/network/address.ts';
import { Running as Plain } from '../test-running.ts';
import { CALICO } from './calico.ts';

const START = parseTime('2026-11-23T00:00:00Z');
const NAMES = ['cp1', 'w1', 'w2'];
const CONFLIST = '/etc/cni/net.d/10-calico.conflist';
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const SETTLED = 90_000;
const WRONG_POOLS = [
  [undefined, 'spec: Required value'],
  [{}, 'spec.cidr: Required value'],
  [{ cidr: 5 }, 'spec.cidr: Invalid value: "integer": spec.cidr in body must be of type string: "integer"'],
  [{ cidr: '10.0.0.0' }, 'must be an IPv4 network'],
  [{ cidr: '10.0.0.0/16', blockSize: 8 }, 'block size must be between 20 and 32'],
  [{ cidr: '10.0.0.0/28' }, 'IP pool size is too small for use with Calico IPAM'],
  [{ cidr: '10.0.0.0/16', nodeSelector: 'has(x)' }, 'other than all() is not simulated here'],
] as const;

class Running extends Plain {
  constructor(saved?: ClusterState, later = 0) {
    const userland = { busybox: {}, debian: { get: getProgram } };
    super(1, { settled: SETTLED, profile: CALICO, userland, later, ...(saved && { saved }) });
  }

  override deploy(name: string, replicas: number): void {
    super.deploy(name, replicas);
    this.kernel.runFor(30_000);
  }

  podsIn(namespace: string, labelSelector?: string): readonly Pod[] {
    return this.client.list(podKind, { namespace, ...(labelSelector && { labelSelector }) }).items;
  }

  condition(node: string, wanted: string) {
    const { conditions = [] } = this.client.get(nodeKind, undefined, node).status;
    return conditions.find(({ type }) => type === wanted);
  }

  /** What a routine of a node gives back, or throws. */
  finish<T>(routine: Routine<T>): T {
    let result: { readonly value: T } | { readonly error: unknown } | undefined;
    new Coroutine(
      this.kernel,
      routine,
      (value) => (result = { value }),
      (error) => (result = { error }),
    );
    this.kernel.runFor(1_000);
    if (result && 'value' in result) return result.value;
    throw result?.error ?? new Error('it still waits');
  }

  /** What a Pod gets from port 80 of an address. */
  get(from: Pod, to: string): string {
    const { containerd } = this.node(from.spec.nodeName ?? '');
    const id = from.status.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? '';
    return this.finish(containerd.execSync(id, ['get', to], 10)).stdout;
  }

  /** A Pod of an app on a node. */
  podOn(node: string, app: string): Pod {
    const pod = this.pods(app).find(({ spec }) => spec.nodeName === node);
    if (!pod) throw new Error(`there is no Pod on ${node}`);
    return pod;
  }

  /** The blocks that a node has claimed. */
  blocks(node: string): readonly string[] {
    return this.client
      .list(blockAffinity)
      .items.filter(({ spec }) => spec.node === node)
      .map(({ spec }) => spec.cidr);
  }

  /** Which messages events of a reason have. */
  events(reason: string, namespace = 'default'): readonly string[] {
    return this.client
      .list(eventKind, { namespace, fieldSelector: `reason=${reason}` })
      .items.map(({ message = '' }) => message);
  }
}

describe('a cluster with Calico', () => {
  let running: Running;
  beforeAll(() => {
    running = new Running();
  });

  it('has one calico-node Pod on each node, and all else that the operator makes', () => {
    const pods = running.podsIn('calico-system');
    const names = pods.map(({ metadata }) => metadata.name.replace(/(?:-[a-z0-9]{8,10})?-[a-z0-9]{5}$/, '')).sort();
    const each = (name: string, count: number) => Array(count).fill(name);
    expect(names).toEqual([
      ...each('calico-kube-controllers', 1),
      ...each('calico-node', 3),
      ...each('calico-typha', 2),
      ...each('csi-node-driver', 3),
    ]);
    const all = running.client.list(podKind).items;
    expect(all.every(({ status }) => status.phase === 'Running')).toBe(true);
    expect(all.flatMap(({ status }) => status.containerStatuses ?? []).filter(({ ready }) => !ready)).toEqual([]);
    expect(
      running
        .podsIn('calico-system', 'k8s-app=calico-node')
        .map(({ spec }) => spec.nodeName)
        .sort(),
    ).toEqual(NAMES);
    for (const name of NAMES) {
      expect(running.condition(name, 'Ready')?.status).toBe('True');
      expect(running.condition(name, 'NetworkUnavailable')?.reason).toBe('CalicoIsUp');
    }
    const available = running.client.get(tigeraStatus, undefined, 'calico').status?.conditions;
    expect(available?.find(({ type }) => type === 'Available')?.status).toBe('True');
    // The operator finds nothing to bring back.
    expect(running.client.get(daemonSetKind, 'calico-system', 'calico-node').metadata.generation).toBe(1);
    expect(running.podsIn('kube-system').some(({ metadata }) => metadata.name.startsWith('kindnet'))).toBe(false);
  });

  it('has the configuration of the plugin on each node, for root alone', () => {
    for (const name of NAMES) {
      const { files } = running.node(name);
      const { name: network, cniVersion, plugins } = JSON.parse(files.readText(CONFLIST));
      expect([network, cniVersion]).toEqual(['k8s-pod-network', '1.0.0']);
      expect(plugins.map(({ type }: { type: string }) => type)).toEqual(['calico', 'portmap']);
      expect(plugins[0].ipam).toEqual({ assign_ipv4: 'true', assign_ipv6: 'false', type: 'calico-ipam' });
      expect(plugins[0].kubernetes.kubeconfig).toBe('/etc/cni/net.d/calico-kubeconfig');
      expect(files.readdir('/etc/cni/net.d')).toEqual(['10-calico.conflist', 'calico-kubeconfig']);
      for (const file of files.readdir('/etc/cni/net.d'))
        expect(files.stat(`/etc/cni/net.d/${file}`).mode & 0o777).toBe(0o600);
      expect(files.readdir('/opt/cni/bin')).toContain('calico-ipam');
      expect(files.readText('/var/lib/calico/nodename')).toBe(name);
    }
  });

  it("gives Pods addresses of their node's blocks, and writes down what it gave", () => {
    running.deploy('web', 6);
    const pods = running.pods('web');
    expect(pods.map(({ status }) => status.phase)).toEqual(Array(6).fill('Running'));
    for (const { metadata, spec, status } of pods) {
      const { podIP = '' } = status;
      const block = running.blocks(spec.nodeName ?? '').find((cidr) => contains(cidr, podIP));
      expect(block).toMatch(/^10\.244\.\d+\.\d+\/26$/);
      expect(metadata.annotations?.['cni.projectcalico.org/podIP']).toBe(`${podIP}/32`);
      const id = metadata.annotations?.['cni.projectcalico.org/containerID'] ?? '';
      const handle = running.client.get(ipamHandle, undefined, `k8s-pod-network.${id}`);
      expect(handle.spec.block).toEqual({ [block ?? '']: 1 });
      const route = running.node(spec.nodeName ?? '').sockets.routes.to(podIP);
      expect(route).toMatchObject({ destination: podIP, scope: 'link' });
      expect(route?.device).toMatch(/^cali[0-9a-f]{11}$/);
    }
    const used = (cidr: string) =>
      running.client
        .get(ipamBlock, undefined, cidr.replace(/[./]/g, '-'))
        .spec.allocations.filter((each) => each !== null);
    const before = NAMES.flatMap((name) => running.blocks(name)).flatMap(used).length;
    running.client.delete(deploymentKind, { metadata: { namespace: 'default', name: 'web' } });
    running.kernel.runFor(60_000);
    expect(NAMES.flatMap((name) => running.blocks(name)).flatMap(used).length).toBe(before - 6);
    expect(running.client.list(ipamHandle).items.length).toBe(before - 6);
  });

  it('has routes to the blocks of the others, and a blackhole for its own', () => {
    const { routes, netfilter } = running.node('w1').sockets;
    const [own = ''] = running.blocks('w1');
    const [other = ''] = running.blocks('w2');
    expect(routes.list()).toContainEqual({ destination: own, device: '', type: 'blackhole', protocol: '80' });
    const to = { destination: other, via: running.node('w2').address, device: 'eth0', protocol: '80', isOnlink: true };
    expect(routes.list()).toContainEqual(to);
    expect(
      netfilter.chain('nat', 'cali-nat-outgoing')?.rules.map((rule) => ruleText('cali-nat-outgoing', rule)),
    ).toEqual([
      '-A cali-nat-outgoing -m comment --comment "cali:flqWnvo8yq4ULQLa" -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully',
    ]);
    const elsewhere = { 'projectcalico.org/IPv4Address': '172.18.0.9/16' };
    running.client.patch(nodeKind, { metadata: { name: 'w2' } }, { metadata: { annotations: elsewhere } });
    running.kernel.runFor(1_000);
    expect(routes.list()).toContainEqual({ ...to, via: '172.18.0.9' });
    const here = { 'projectcalico.org/IPv4Address': `${running.node('w2').address}/16` };
    running.client.patch(nodeKind, { metadata: { name: 'w2' } }, { metadata: { annotations: here } });
    running.kernel.runFor(1_000);
    expect(routes.list()).toContainEqual(to);
    // The tunnel that these nodes do not need has an address all the same.
    const { annotations } = running.client.get(nodeKind, undefined, 'w1').metadata;
    expect(annotations?.['projectcalico.org/IPv4Address']).toBe('172.18.0.3/16');
    expect(contains(own, annotations?.['projectcalico.org/IPv4VXLANTunnelAddr'] ?? '')).toBe(true);
  });

  it('lets Pods of two nodes reach each other, as long as there is a way back; nobody answers at an address that no Pod has', () => {
    running.deploy('web', 4);
    const [one, other] = [running.podOn('w1', 'web'), running.podOn('w2', 'web')];
    expect(running.get(one, other.status.podIP ?? '')).toContain('Welcome to nginx!');
    expect(running.get(other, one.status.podIP ?? '')).toContain('Welcome to nginx!');
    const { routes } = running.node('w2').sockets;
    const back = routes.to(one.status.podIP ?? '');
    routes.remove(back?.destination ?? '');
    expect(running.get(one, other.status.podIP ?? '')).toBe('i/o timeout');
    if (back) routes.set(back);
    const [block = ''] = running.blocks('w1');
    const nobody = block.replace(/\d+\/26$/, (end) => `${Number.parseInt(end, 10) + 62}`);
    expect(running.get(one, nobody)).toBe('i/o timeout');
    expect(() => running.node('w1').sockets.connect('tcp', nobody, 80)).toThrow('connect: invalid argument');
  });

  it('can be saved, and goes on as it was', () => {
    running.deploy('saved', 2);
    const saved = JSON.parse(JSON.stringify(running.cluster.save())) as ClusterState;
    const after = new Running(saved, 3_600_000);
    after.kernel.runFor(60_000);
    const all = ({ client }: Running) =>
      client
        .list(podKind)
        .items.map(({ metadata, status }) => [
          metadata.name,
          status.phase,
          status.podIP,
          status.containerStatuses?.map(({ ready, restartCount }) => [ready, restartCount]),
        ]);
    expect(all(after)).toEqual(all(running));
    for (const name of NAMES) {
      const routes = ({ cluster }: Running) => cluster.nodes.get(name)?.sockets.routes.list();
      expect(routes(after)).toEqual(routes(running));
    }
    after.deploy('later', 2);
    const [one, other] = [after.podOn('w1', 'later'), after.podOn('w2', 'saved')];
    expect(after.get(one, other.status.podIP ?? '')).toContain('Welcome to nginx!');
    after.client.delete(deploymentKind, { metadata: { namespace: 'default', name: 'saved' } });
    after.kernel.runFor(60_000);
    expect(after.pods('saved')).toEqual([]);
    expect(after.node('w2').sockets.routes.to(other.status.podIP ?? '')?.type).toBe('blackhole');
    // Two came, two went, and theirs were given back.
    const handles = ({ client }: Running) => client.list(ipamHandle).items.length;
    expect(handles(after)).toBe(handles(running));
    expect(() => new Plain(1, { saved })).toThrow('a cluster with calico was saved, and cannot go on with kindnet');
    running.client.delete(deploymentKind, { metadata: { namespace: 'default', name: 'saved' } });
    running.kernel.runFor(60_000);
  });

  it('lists the kinds of Calico, and no others; what would have no effect here is refused', () => {
    const resources = running.client.request({ method: 'GET', path: '/apis/crd.projectcalico.org/v1' }) as {
      resources: { name: string }[];
    };
    expect(resources.resources.map(({ name }) => name)).toContain('ippools');
    for (const kind of CALICO_KINDS) expect(() => running.client.list(kind)).not.toThrow();
    const list = (path: string) => () => running.client.request({ method: 'GET', path });
    expect(list('/apis/projectcalico.org/v3/ippools')).toThrow('404 page not found');
    expect(list('/apis/crd.projectcalico.org/v1/networks')).toThrow('the server could not find the requested resource');
    const policy = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'GlobalNetworkPolicy',
      metadata: { name: 'deny' },
      spec: {},
    };
    const path = '/apis/crd.projectcalico.org/v1/globalnetworkpolicies';
    expect(() => running.client.request({ method: 'POST', path, body: policy })).toThrow(
      'is not simulated here; on a real cluster',
    );
    const pool = running.client.get(ipPool, undefined, 'default-ipv4-ippool');
    expect(() => running.client.patch(ipPool, pool, { spec: { vxlanMode: 'Always' } }, 'merge')).toThrow(
      'spec.vxlanMode: Forbidden',
    );
    for (const [spec, words] of WRONG_POOLS) {
      const wrong = { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name: 'wrong' }, spec };
      expect(() => running.client.create(ipPool, wrong as never)).toThrow(words);
    }
    expect(() => running.client.patch(ipPool, pool, {}, 'strategic')).toThrow(
      'the body of the request was in an unknown format',
    );
  });
});

describe('a cluster with Calico that is broken', () => {
  let running: Running;
  beforeEach(() => {
    running = new Running();
  });

  it('starts calico-node anew when its Pod is deleted; Pods keep what they have meanwhile', () => {
    running.deploy('web', 4);
    const [one, other] = [running.podOn('w1', 'web'), running.podOn('w2', 'web')];
    const calico = () =>
      running.podsIn('calico-system', 'k8s-app=calico-node').find(({ spec }) => spec.nodeName === 'w1');
    const before = calico();
    if (before) running.client.delete(podKind, before);
    running.kernel.runFor(1_000);
    expect(running.condition('w1', 'NetworkUnavailable')).toMatchObject({ status: 'True', reason: 'CalicoIsDown' });
    expect(running.get(one, other.status.podIP ?? '')).toContain('Welcome to nginx!');
    running.kernel.runFor(60_000);
    expect(running.condition('w1', 'NetworkUnavailable')).toMatchObject({ status: 'False', reason: 'CalicoIsUp' });
    expect(calico()?.metadata.uid).not.toBe(before?.metadata.uid);
    expect(calico()?.status.containerStatuses?.every(({ ready }) => ready)).toBe(true);
  });

  it('makes a node NotReady that lost its configuration, until calico-node starts there again', () => {
    running.node('w1').files.unlink(CONFLIST);
    running.kernel.runFor(30_000);
    expect(running.condition('w1', 'Ready')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('cni plugin not initialized'),
    });
    const [pod] = running.podsIn('calico-system', 'k8s-app=calico-node').filter(({ spec }) => spec.nodeName === 'w1');
    if (pod) running.client.delete(podKind, pod);
    running.kernel.runFor(60_000);
    expect(running.condition('w1', 'Ready')?.status).toBe('True');
  });

  it('gives no address, and says why, when something is missing', () => {
    running.client.patch(nodeKind, { metadata: { name: 'w2' } }, { spec: { unschedulable: true } });
    const { files } = running.node('w1');
    const without = (path: string) => () => {
      files.rename(path, '/root/away');
      return () => files.rename('/root/away', path);
    };
    const withSpec = (kind: AnyKind, name: string, field: string, value: boolean) => () => {
      const patch = (spec: object) => running.client.patch(kind, { metadata: { name } }, { spec }, 'merge');
      patch({ [field]: value });
      return () => patch({ [field]: !value });
    };
    const cases = [
      [
        without('/var/lib/calico/nodename'),
        'stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/',
      ],
      [without('/opt/cni/bin/calico'), 'failed to find plugin "calico" in path [/opt/cni/bin]'],
      [without('/etc/cni/net.d/calico-kubeconfig'), 'stat /etc/cni/net.d/calico-kubeconfig: no such file or directory'],
      [
        withSpec(clusterInformation, 'default', 'datastoreReady', false),
        'Calico is currently not ready to process requests',
      ],
      [
        withSpec(ipPool, 'default-ipv4-ippool', 'disabled', true),
        'failed to request IPv4 addresses: no configured Calico pools for node w1',
      ],
    ] as const;
    for (const [index, [destroy, words]] of cases.entries()) {
      const undo = destroy();
      running.deploy(`web-${index}`, 1);
      expect(running.pods(`web-${index}`)[0]?.status.phase).toBe('Pending');
      const why = running.events('FailedCreatePodSandBox').find((message) => message.includes(words));
      expect(why, words).toMatch(
        /^Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "[0-9a-f]{64}": plugin type="calico" failed \(add\): /,
      );
      undo();
      running.kernel.runFor(60_000);
      expect(running.pods(`web-${index}`)[0]?.status.phase).toBe('Running');
    }
  });

  it('is not ready on a node that speaks BGP with nobody', () => {
    const port = { is: 'tcp', destination: 179 } as const;
    const elsewhere = { network: '127.0.0.0/8', negated: true };
    const rule = { destination: elsewhere, protocol: 'tcp', matches: [port], target: { to: 'DROP' } } as const;
    running.node('w1').sockets.netfilter.ensureRule('filter', 'OUTPUT', rule, 'first');
    running.kernel.runFor(120_000);
    const readiness = running
      .podsIn('calico-system', 'k8s-app=calico-node')
      .map(({ spec, status }) => [spec.nodeName, status.containerStatuses?.[0]?.ready]);
    // The others have each other.
    expect(Object.fromEntries(readiness)).toEqual({ cp1: true, w1: false, w2: true });
    const said = running.events('Unhealthy', 'calico-system').filter((message) => message.includes('BIRD'));
    expect(said.at(-1)).toContain(
      'Readiness probe failed: calico/node is not ready: BIRD is not ready: BGP not established with 172.18.0.2,172.18.0.4',
    );
  });

  it('has no address that a Pod chose for itself', () => {
    const annotations = { 'cni.projectcalico.org/ipAddrs': '["10.244.0.9"]' };
    const spec = { containers: [{ name: 'web', image: 'nginx' }] };
    const metadata = { name: 'choosy', namespace: 'default', annotations };
    running.client.create(podKind, { apiVersion: 'v1', kind: 'Pod', metadata, spec } as never);
    running.kernel.runFor(5_000);
    expect(running.events('FailedCreatePodSandBox')[0]).toContain('ipAddrs is not simulated here; on a real cluster');
  });

  it('has the operator say that it cannot change a pool', () => {
    const { client, kernel } = running;
    client.patch(ipPool, { metadata: { name: 'default-ipv4-ippool' } }, { spec: { natOutgoing: false } }, 'merge');
    kernel.runFor(5_000);
    const { status } = client.get(tigeraStatus, undefined, 'ippools');
    expect(status?.conditions?.find(({ type }) => type === 'Degraded')).toMatchObject({
      status: 'True',
      message: 'Unable to modify IP pools while Calico API server is unavailable',
    });
    const { netfilter } = running.node('w1').sockets;
    expect(netfilter.chain('nat', 'cali-nat-outgoing')?.rules).toEqual([]);
  });

  it('has the operator bring back what is deleted or changed', () => {
    const { client, kernel } = running;
    client.delete(daemonSetKind, { metadata: { namespace: 'calico-system', name: 'csi-node-driver' } });
    const typha = { metadata: { namespace: 'calico-system', name: 'calico-typha' } };
    client.patch(deploymentKind, typha, { spec: { replicas: 0 } });
    kernel.runFor(60_000);
    expect(running.podsIn('calico-system', 'k8s-app=csi-node-driver').length).toBe(3);
    expect(client.get(deploymentKind, 'calico-system', 'calico-typha').spec.replicas).toBe(2);
  });

  it('gives back the blocks of a node that is deleted', () => {
    const [block = ''] = running.blocks('w2');
    running.client.delete(nodeKind, { metadata: { name: 'w2' } });
    running.kernel.runFor(5_000);
    expect(running.blocks('w2')).toEqual([]);
    expect(running.client.list(ipamBlock).items.map(({ spec }) => spec.cidr)).not.toContain(block);
    expect(
      running
        .node('w1')
        .sockets.routes.list()
        .map(({ destination }) => destination),
    ).not.toContain(block);
  });

  it('takes Pods down once the API server answers again: without it no address can be given back', () => {
    running.deploy('web', 1);
    const [pod] = running.pods('web');
    const { nodeName = '' } = pod?.spec ?? {};
    const { containerd } = running.node(nodeName);
    const sandbox = containerd.podSandboxes().find(({ config }) => config.name === pod?.metadata.name);
    const { files } = running.node('cp1');
    const manifest = files.readText(MANIFEST);
    files.unlink(MANIFEST);
    running.kernel.runFor(40_000);
    // As `crictl stopp` asks.
    expect(() => running.finish(containerd.stopPodSandbox(sandbox?.id ?? ''))).toThrow(
      /plugin type="calico" failed \(delete\): error getting ClusterInformation: Get "https:\/\/10\.96\.0\.1:443\/.*connect: connection refused/,
    );
    files.writeText(MANIFEST, manifest);
    running.kernel.runFor(60_000);
    expect(() => running.finish(containerd.stopPodSandbox(sandbox?.id ?? ''))).not.toThrow();
  });
});

it('is not ready before calico-node has been there, and the same seed gives the same run', () => {
  const states = (seed: number) => {
    const kernel = new Kernel({ start: START, seed });
    const cluster = new Cluster({ kernel, profile: CALICO });
    cluster.start();
    const seen: unknown[] = [];
    for (let seconds = 0; seconds < 60; seconds += 2) {
      kernel.runFor(2_000);
      seen.push(
        [...cluster.nodes.values()].map(({ containerd, files }) => [
          safe(() => containerd.status().networkReady),
          files.exists(CONFLIST),
        ]),
      );
    }
    return seen;
  };
  const once = states(7);
  expect(once[3]).toEqual(Array(3).fill([false, false]));
  expect(once.at(-1)).toEqual(Array(3).fill([true, true]));
  expect(states(7)).toEqual(once);
});

function safe<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** Says what the first page of an address is, or why there is none. */
// biome-ignore lint/correctness/useYield: it waits for nothing
const getProgram: Program = function* get({ argv, sockets, streams }: ProcessContext): Routine<number> {
  try {
    const { http } = sockets.connect('tcp', argv[1] ?? '', 80).serves;
    streams.out(String(http?.({ method: 'GET', path: '/' }).body));
  } catch (error) {
    streams.out((error as Error).message);
  }
  return 0;
};
