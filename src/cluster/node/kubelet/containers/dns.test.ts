import { describe, expect, it } from 'vitest';
import type { Pod, PodSpec } from '../../../api/types/pod.ts';
import { hostnameOf, hostsFile } from '../pods/pod-hostname.ts';
import { dnsConfigOf } from './dns.ts';

const NODE = 'nameserver 172.18.0.1\nsearch example.org\noptions edns0 ndots:0\n';

function pod(spec: Partial<PodSpec>, name = 'web'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
    spec: { containers: [], ...spec },
    status: {},
  };
}

describe("a Pod's name servers", () => {
  const of = (spec: Partial<PodSpec>) => dnsConfigOf(pod(spec), NODE, ['10.96.0.10']);

  it("are the cluster's, then the node's search list", () => {
    expect(of({ dnsPolicy: 'ClusterFirst' })).toEqual({
      servers: ['10.96.0.10'],
      searches: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'example.org'],
      options: ['ndots:5'],
    });
  });

  it("are the node's on its network, or when wished", () => {
    const node = { servers: ['172.18.0.1'], searches: ['example.org'], options: ['edns0', 'ndots:0'] };
    expect(of({ dnsPolicy: 'Default' })).toEqual(node);
    expect(of({ dnsPolicy: 'ClusterFirst', hostNetwork: true })).toEqual(node);
    expect(of({ dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }).servers).toEqual(['10.96.0.10']);
  });

  it('may be its own', () => {
    const dnsConfig = {
      nameservers: ['1.1.1.1'],
      searches: ['my.org'],
      options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
    };
    expect(of({ dnsPolicy: 'None', dnsConfig })).toEqual({
      servers: ['1.1.1.1'],
      searches: ['my.org'],
      options: ['ndots:2', 'edns0'],
    });
    expect(of({ dnsConfig }).options).toEqual(['ndots:2', 'edns0']);
  });
});

describe("a Pod's host name", () => {
  it('is its name, cut to what a host name may be', () => {
    expect(hostnameOf(pod({}))).toEqual({ hostname: 'web', domain: '' });
    expect(hostnameOf(pod({}, `${'a'.repeat(62)}-b`)).hostname).toBe('a'.repeat(62));
    expect(hostnameOf(pod({ hostname: 'db', subdomain: 'mysql' }))).toEqual({
      hostname: 'db',
      domain: 'mysql.shop.svc.cluster.local',
    });
  });

  it('stands in its /etc/hosts', () => {
    const hostAliases = [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }];
    expect(
      hostsFile(pod({ hostname: 'db', subdomain: 'mysql', hostAliases }), '10.244.1.2', 'NODE')
        .split('\n')
        .slice(7),
    ).toEqual([
      '10.244.1.2\tdb.mysql.shop.svc.cluster.local\tdb',
      '',
      '# Entries added by HostAliases.',
      '1.2.3.4\ta\tb',
      '',
    ]);
    expect(hostsFile(pod({ hostNetwork: true }), '', '127.0.0.1\tlocalhost\n')).toBe(
      '# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n',
    );
  });
});
