import { expect, test } from 'vitest';
import type { Service } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { subsetsOf, truncate } from './subsets.ts';

function pod(number: number, isReady = true): Pod {
  const ip = `10.244.${Math.floor(number / 250)}.${number % 250}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `p${number}`,
      namespace: 'kube-system',
      uid: `${number}`,
      resourceVersion: '1',
      creationTimestamp: '',
    },
    spec: { nodeName: 'w1', containers: [{ name: 'dns', ports: [{ name: 'metrics', containerPort: 9153 }] }] },
    status: { podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  };
}

const dns: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace: 'kube-system', uid: 's', resourceVersion: '1', creationTimestamp: '' },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.10',
    ipFamilies: ['IPv4'],
    selector: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
      { name: 'metrics', port: 9153, targetPort: 'metrics', protocol: 'TCP' },
    ],
  },
  status: {},
};

test('ports that the same Pods offer share a subset, in the order of their hashes', () => {
  const [subset, ...rest] = subsetsOf(dns, [pod(3), pod(2), pod(4, false)]);
  expect(rest).toEqual([]);
  expect(subset?.addresses?.map(({ ip }) => ip)).toEqual(['10.244.0.2', '10.244.0.3']);
  expect(subset?.notReadyAddresses?.map(({ ip }) => ip)).toEqual(['10.244.0.4']);
  expect(subset?.ports).toEqual([
    { name: 'metrics', port: 9153, protocol: 'TCP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ]);
});

test('a Pod without the named port has a subset of its own', () => {
  const other = pod(5);
  const subsets = subsetsOf(dns, [pod(2), { ...other, spec: { ...other.spec, containers: [{ name: 'dns' }] } }]);
  const shown = subsets.map(({ addresses, ports }) => [addresses?.map(({ ip }) => ip), ports?.map(({ port }) => port)]);
  expect(shown.sort((a, b) => (a[1]?.length ?? 0) - (b[1]?.length ?? 0))).toEqual([
    [['10.244.0.2'], [9153]],
    [
      ['10.244.0.2', '10.244.0.5'],
      [53, 53],
    ],
  ]);
});

test('beyond a thousand addresses the not ready are left out first', () => {
  const pods = Array.from({ length: 1100 }, (_, index) => pod(index, index >= 300));
  const { subsets, isCut } = truncate(subsetsOf(dns, pods));
  expect(isCut).toBe(true);
  expect(subsets[0]?.addresses).toHaveLength(800);
  expect(subsets[0]?.notReadyAddresses).toHaveLength(200);
  expect(truncate(subsetsOf(dns, pods.slice(0, 1000))).isCut).toBe(false);
});
