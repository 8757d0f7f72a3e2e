import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Table } from '#machine/netfilter.ts';
import { ruleText } from '#machine/rule-text.ts';
import { service as serviceKind } from '../../api/kinds/core/service.ts';
import { endpointSlice as sliceKind } from '../../api/kinds/other/endpoint-slice.ts';
import type { Service } from '../../api/types/core.ts';
import { TestServer } from '../../apiserver/test-server.ts';
import { makeKubeletChains } from '../netfilter/kubelet-chains.ts';
import { machineRoutes } from '../network/machine-routes.ts';
import { Network, type NetworkNamespace } from '../network/network.ts';
import { Proxier } from './proxier.ts';

/** As `iptables-save` of a kind node (w1, v1.36.4) printed it, without what kind and Docker add for their own sake. */
const RECORDED = new URL('./recorded/iptables-save.txt', import.meta.url);
const WEB = [
  ['10.244.2.18', 'w1'],
  ['10.244.1.12', 'w2'],
  ['10.244.2.17', 'w1'],
] as const;

interface Behind {
  readonly address: string;
  readonly node: string;
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
}

class TestProxy {
  readonly test = new TestServer();
  readonly network = new Network(this.test.kernel);
  readonly machine = this.network.machine();
  readonly proxier: Proxier;

  constructor() {
    this.machine.addAddress('172.18.0.13');
    for (const route of machineRoutes('172.18.0.13')) this.machine.routes.set(route);
    makeKubeletChains(this.machine.netfilter);
    this.proxier = new Proxier({
      kernel: this.test.kernel,
      client: this.test.client,
      netfilter: this.machine.netfilter,
      nodeName: 'w1',
      clusterCidr: '10.244.0.0/16',
      minSyncPeriod: 1000,
      onError: (error) => {
        throw error;
      },
    });
    this.proxier.start();
  }

  service(namespace: string, name: string, spec: Partial<Service['spec']>): void {
    this.test.client.create(serviceKind, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
    } as never);
  }

  slice(
    namespace: string,
    service: string,
    ports: Readonly<Record<string, readonly [port: number, protocol: string]>>,
    behind: readonly Behind[],
  ): void {
    const named = { 'kubernetes.io/service-name': service };
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace, name: `${service}-x`, labels: named },
      addressType: 'IPv4',
      ports: Object.entries(ports).map(([name, [port, protocol]]) => ({ name, port, protocol })),
      endpoints: behind.map(({ address, node, ready = true, serving = ready, terminating = false }) => ({
        addresses: [address],
        nodeName: node,
        conditions: { ready, serving, terminating },
      })),
    };
    const before = this.test.client.find(sliceKind, namespace, `${service}-x`);
    if (before) this.test.client.update(sliceKind, { ...before, endpoints: slice.endpoints });
    else this.test.client.create(sliceKind, slice as never);
  }

  settle(): void {
    this.test.kernel.runFor(3000);
  }

  lines(table: Table): readonly string[] {
    const chains = this.machine.netfilter.chains(table);
    return [
      `*${table}`,
      ...chains.map(({ name, policy = '-' }) => `:${name} ${policy}`),
      ...chains.flatMap(({ name, rules }) => rules.map((rule) => ruleText(name, rule))),
      'COMMIT',
    ];
  }

  /** A Pod of the machine, on which a server answers. */
  pod(address: string, port = 80): NetworkNamespace {
    const pod = this.network.behind(this.machine);
    pod.addAddress(address);
    pod.listen({ protocol: 'tcp', address: '*', port, pid: 1, program: address, serves: {} });
    return pod;
  }
}

describe('the rules', () => {
  it('are those of a real node, to the letter', async () => {
    const proxy = new TestProxy();
    const { machine, test } = proxy;
    // kindnetd's, on the same node.
    machine.netfilter.setChain('nat', 'KIND-MASQ-AGENT', [
      {
        destination: { network: '10.244.0.0/16' },
        matches: [{ is: 'comment', text: 'kind-masq-agent: local traffic is not subject to MASQUERADE' }],
        target: { to: 'RETURN' },
      },
      {
        matches: [
          { is: 'comment', text: 'kind-masq-agent: outbound traffic is subject to MASQUERADE (must be last in chain)' },
        ],
        target: { to: 'MASQUERADE' },
      },
    ]);
    const all =
      'kind-masq-agent: ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom KIND-MASQ-AGENT chain';
    machine.netfilter.ensureRule(
      'nat',
      'POSTROUTING',
      {
        matches: [
          { is: 'addrtype', side: 'dst', negated: true },
          { is: 'comment', text: all },
        ],
        target: { to: 'chain', chain: 'KIND-MASQ-AGENT' },
      },
      'last',
    );
    const kubernetes = test.client.get(serviceKind, 'default', 'kubernetes');
    expect(kubernetes.spec.clusterIP).toBe('10.96.0.1');
    for (const slice of test.client.list(sliceKind, { namespace: 'default' }).items)
      test.client.update(sliceKind, {
        ...slice,
        endpoints: [{ addresses: ['172.18.0.11'], conditions: { ready: true } }],
      });
    proxy.service('kube-system', 'kube-dns', {
      clusterIP: '10.96.0.10',
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    });
    proxy.slice('kube-system', 'kube-dns', { dns: [53, 'UDP'], 'dns-tcp': [53, 'TCP'], metrics: [9153, 'TCP'] }, [
      { address: '10.244.0.3', node: 'cp1' },
      { address: '10.244.0.2', node: 'cp1' },
    ]);
    const port = { port: 80, protocol: 'TCP', targetPort: 80 };
    const services: Readonly<Record<string, Partial<Service['spec']>>> = {
      web: { clusterIP: '10.96.50.1' },
      named: {
        clusterIP: '10.96.50.2',
        ports: [
          { name: 'http', port: 8080, protocol: 'TCP', targetPort: 'http' },
          { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        ],
      },
      none: { clusterIP: '10.96.50.3' },
      node: { clusterIP: '10.96.50.4', type: 'NodePort', ports: [{ ...port, nodePort: 30080 }] },
      local: {
        clusterIP: '10.96.50.5',
        type: 'NodePort',
        externalTrafficPolicy: 'Local',
        ports: [{ ...port, nodePort: 30081 }],
      },
      sticky: { clusterIP: '10.96.50.6', sessionAffinity: 'ClientIP' },
      inner: { clusterIP: '10.96.50.7', internalTrafficPolicy: 'Local' },
      headless: { clusterIP: 'None' },
      nodenone: { clusterIP: '10.96.50.8', type: 'NodePort', ports: [{ ...port, nodePort: 30082 }] },
    };
    test.asAdmin('POST', '/api/v1/namespaces', { metadata: { name: 'px' } });
    for (const [name, spec] of Object.entries(services)) {
      proxy.service('px', name, spec);
      if (name.endsWith('none')) continue;
      const ports =
        name === 'named' ? ({ http: [80, 'TCP'], dns: [53, 'UDP'] } as const) : ({ '': [80, 'TCP'] } as const);
      proxy.slice(
        'px',
        name,
        ports,
        WEB.map(([address, node]) => ({ address, node })),
      );
    }
    proxy.settle();
    const recorded = (await readFile(RECORDED, 'utf8')).trimEnd().split('\n');
    const own = (['nat', 'filter', 'mangle'] as const).flatMap((table) => proxy.lines(table));
    // Go's maps have no order: neither have rules of different Services in the chains that they share.
    const shared = /^-A KUBE-(?:SERVICES -d|NODEPORTS|EXTERNAL)/;
    const ordered = (lines: readonly string[]) => lines.filter((line) => !shared.test(line));
    expect(ordered(own)).toEqual(ordered(recorded));
    const unordered = (lines: readonly string[]) => lines.filter((line) => shared.test(line)).sort();
    expect(unordered(own)).toEqual(unordered(recorded));
  });

  it('follow what changes, a second apart at the least, and go with their Service', () => {
    const proxy = new TestProxy();
    proxy.service('default', 'web', { clusterIP: '10.96.7.7' });
    proxy.settle();
    const rules = () => proxy.lines('nat').filter((line) => line.includes('default/web'));
    expect(rules()).toEqual([]);
    proxy.slice('default', 'web', { '': [80, 'TCP'] }, [{ address: '10.244.1.2', node: 'w2' }]);
    proxy.settle();
    expect(rules().length).toBe(5);
    proxy.slice('default', 'web', { '': [80, 'TCP'] }, [{ address: '10.244.1.3', node: 'w2' }]);
    proxy.test.kernel.runFor(1);
    proxy.slice('default', 'web', { '': [80, 'TCP'] }, [{ address: '10.244.1.4', node: 'w2' }]);
    proxy.test.kernel.runFor(500);
    expect(rules().join()).toContain('10.244.1.3:80');
    proxy.test.kernel.runFor(600);
    expect(rules().join()).toContain('10.244.1.4:80');
    proxy.test.client.delete(serviceKind, { metadata: { namespace: 'default', name: 'web' } });
    proxy.settle();
    expect(rules()).toEqual([]);
  });
});

describe('the traffic', () => {
  function withWeb(spec: Partial<Service['spec']> = {}): TestProxy {
    const proxy = new TestProxy();
    proxy.service('default', 'web', { clusterIP: '10.96.7.7', ...spec });
    proxy.slice('default', 'web', { '': [80, 'TCP'] }, [
      { address: '10.244.2.2', node: 'w1' },
      { address: '10.244.2.3', node: 'w1' },
    ]);
    proxy.settle();
    return proxy;
  }

  it('to a Service ends at its Pods, in equal shares, from Pods, from the node, and from one of them', () => {
    const proxy = withWeb();
    const one = proxy.pod('10.244.2.2');
    proxy.pod('10.244.2.3');
    const client = proxy.pod('10.244.2.9');
    for (const from of [client, proxy.machine, one]) {
      const counts = new Map<string, number>();
      for (let round = 0; round < 400; round += 1) {
        const { program } = from.connect('tcp', '10.96.7.7', 80);
        counts.set(program, (counts.get(program) ?? 0) + 1);
      }
      for (const address of ['10.244.2.2', '10.244.2.3']) {
        expect(counts.get(address)).toBeGreaterThan(150);
      }
    }
    expect(() => client.connect('tcp', '10.96.7.7', 81)).toThrow('i/o timeout');
  });

  it('is refused where nobody is behind', () => {
    const proxy = withWeb({
      type: 'NodePort',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30080 }],
    });
    proxy.slice('default', 'web', { '': [80, 'TCP'] }, []);
    proxy.settle();
    const client = proxy.pod('10.244.2.9');
    expect(() => client.connect('tcp', '10.96.7.7', 80)).toThrow('connect: connection refused');
    expect(() => proxy.machine.connect('tcp', '10.96.7.7', 80)).toThrow('connect: connection refused');
    expect(() => client.connect('tcp', '172.18.0.13', 30080)).toThrow('connect: connection refused');
  });

  it('goes to those that still serve when none is ready', () => {
    const proxy = withWeb();
    proxy.pod('10.244.2.2');
    proxy.slice('default', 'web', { '': [80, 'TCP'] }, [
      { address: '10.244.2.2', node: 'w1', ready: false, serving: true, terminating: true },
      { address: '10.244.2.3', node: 'w1', ready: false },
    ]);
    proxy.settle();
    expect(proxy.machine.connect('tcp', '10.96.7.7', 80).program).toBe('10.244.2.2');
  });

  it('comes through the port of a node, over its own addresses too', () => {
    const proxy = withWeb({
      type: 'NodePort',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30080 }],
    });
    proxy.pod('10.244.2.2');
    proxy.pod('10.244.2.3');
    const client = proxy.pod('10.244.2.9');
    for (const [from, to] of [
      [client, '172.18.0.13'],
      [proxy.machine, '172.18.0.13'],
      [proxy.machine, '127.0.0.1'],
    ] as const) {
      expect(from.connect('tcp', to, 30080).program).toMatch(/^10\.244\.2\.[23]$/);
    }
  });

  it('of one client sticks to a Pod, until it was away for too long', () => {
    const proxy = withWeb({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } });
    proxy.pod('10.244.2.2');
    proxy.pod('10.244.2.3');
    const client = proxy.pod('10.244.2.9');
    const seen = () => client.connect('tcp', '10.96.7.7', 80).program;
    const first = seen();
    for (let round = 0; round < 30; round += 1) expect(seen()).toBe(first);
    const after = new Set<string>();
    for (let round = 0; round < 30; round += 1) {
      proxy.test.kernel.runFor(61_000);
      after.add(seen());
    }
    expect(after.size).toBe(2);
  });

  it('goes on when kube-proxy ends, by the rules that it left', () => {
    const proxy = withWeb();
    proxy.pod('10.244.2.2');
    proxy.pod('10.244.2.3');
    proxy.proxier.stop();
    proxy.slice('default', 'web', { '': [80, 'TCP'] }, []);
    proxy.service('default', 'late', { clusterIP: '10.96.7.8' });
    proxy.settle();
    expect(proxy.machine.connect('tcp', '10.96.7.7', 80).program).toMatch(/^10\.244/);
    expect(() => proxy.machine.connect('tcp', '10.96.7.8', 80)).toThrow('i/o timeout');
  });
});

describe('the ways between machines', () => {
  it('need a route there and a route back', () => {
    const { kernel } = new TestServer();
    const network = new Network(kernel);
    const machines = ['172.18.0.3', '172.18.0.4'].map((address) => {
      const machine = network.machine();
      machine.addAddress(address);
      for (const route of machineRoutes(address)) machine.routes.set(route);
      return machine;
    });
    const [one, other] = machines;
    if (!one || !other) throw new Error('two machines');
    const pod = network.behind(one);
    pod.addAddress('10.244.1.2');
    const server = network.behind(other);
    server.addAddress('10.244.2.2');
    server.listen({ protocol: 'tcp', address: '*', port: 80, pid: 1, program: 'server', serves: {} });
    expect(() => pod.connect('tcp', '10.244.2.2', 80)).toThrow('i/o timeout');
    one.routes.set({ destination: '10.244.2.0/24', via: '172.18.0.4', device: 'eth0' });
    expect(() => pod.connect('tcp', '10.244.2.2', 80)).toThrow('i/o timeout');
    other.routes.set({ destination: '10.244.1.0/24', via: '172.18.0.3', device: 'eth0' });
    expect(pod.connect('tcp', '10.244.2.2', 80).program).toBe('server');
    other.setUp(false);
    expect(() => pod.connect('tcp', '10.244.2.2', 80)).toThrow('i/o timeout');
    expect(() => pod.connect('tcp', '172.18.0.9', 80)).toThrow('connect: no route to host');
    expect(() => pod.connect('tcp', '10.244.1.2', 80)).toThrow('connect: connection refused');
  });
});
