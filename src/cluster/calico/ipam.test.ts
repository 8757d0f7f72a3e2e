import { beforeEach, describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { KINDS } from '../api/kinds/kinds.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Client } from '../client/client.ts';
import { Store } from '../store/store.ts';
import { assignAddress, releaseHandle, releaseNode } from './ipam.ts';
import { blockAffinity, CALICO_KINDS, ipamBlock, ipamHandle, ipPool } from './kinds.ts';
import type { IPPoolSpec } from './types.ts';

let client: Client;

beforeEach(() => {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const server = new ApiServer({ kernel, store: new Store(kernel), kinds: [...KINDS, ...CALICO_KINDS] });
  client = new Client(server.connectAs({ name: 'admin', groups: ['system:masters'] }), 'test');
});

function pool(name: string, spec: IPPoolSpec): void {
  client.create(ipPool, { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name }, spec });
}

function assign(node: string, handle: string): string {
  return assignAddress(client, { node, handle, attributes: { node }, use: 'Workload' });
}

const cidrs = (node: string) =>
  client
    .list(blockAffinity)
    .items.filter(({ spec }) => spec.node === node)
    .map(({ spec }) => spec.cidr);

describe('IPAM', () => {
  it('claims a block for a node, and gives its addresses out in turn', () => {
    pool('one', { cidr: '10.244.0.0/16' });
    const first = assign('w1', 'a');
    const [block = ''] = cidrs('w1');
    expect(block).toBe(`${first}/26`);
    const [, base = '', last = ''] = /^(.*\.)(\d+)$/.exec(first) ?? [];
    expect([assign('w1', 'b'), assign('w1', 'c')]).toEqual([`${base}${+last + 1}`, `${base}${+last + 2}`]);
    const [affinity] = client.list(blockAffinity).items;
    expect(affinity?.metadata.name).toBe(`w1-${block.replace(/[./]/g, '-')}`);
    expect(affinity?.spec).toEqual({ cidr: block, deleted: 'false', node: 'w1', state: 'confirmed', type: 'host' });
    const { spec } = client.get(ipamBlock, undefined, block.replace(/[./]/g, '-'));
    expect(spec).toMatchObject({ affinity: 'host:w1', cidr: block });
    expect(spec.allocations.slice(0, 4)).toEqual([0, 1, 2, null]);
    expect(spec.unallocated.length).toBe(61);
    expect(spec.attributes.map(({ handle_id }) => handle_id)).toEqual(['a', 'b', 'c']);
  });

  it('gives an address that came back again after all others', () => {
    pool('small', { cidr: '10.0.0.0/29', blockSize: 29 });
    const addresses = ['a', 'b', 'c', 'd'].map((handle) => assign('w1', handle));
    releaseHandle(client, 'b');
    expect(client.find(ipamHandle, undefined, 'b')).toBeUndefined();
    const { spec } = client.get(ipamBlock, undefined, '10-0-0-0-29');
    expect(spec.allocations).toEqual([0, null, 1, 2, null, null, null, null]);
    expect(spec.attributes.map(({ handle_id }) => handle_id)).toEqual(['a', 'c', 'd']);
    expect(['e', 'f', 'g', 'h', 'i'].map((handle) => assign('w1', handle))).toEqual([
      '10.0.0.4',
      '10.0.0.5',
      '10.0.0.6',
      '10.0.0.7',
      addresses[1],
    ]);
    expect(() => assign('w1', 'j')).toThrow(
      'Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.0.0.0/29]',
    );
  });

  it('claims a further block when the first is full, and never one of another node', () => {
    pool('small', { cidr: '10.0.0.0/28', blockSize: 30 });
    const given = Array.from({ length: 16 }, (_, index) => assign(index % 2 === 0 ? 'w1' : 'w2', `h${index}`));
    expect(new Set(given).size).toBe(16);
    expect([cidrs('w1').length, cidrs('w2').length]).toEqual([2, 2]);
    expect(new Set([...cidrs('w1'), ...cidrs('w2')]).size).toBe(4);
  });

  it('uses the pools that are enabled, one after the other', () => {
    pool('a-disabled', { cidr: '10.1.0.0/24', disabled: true });
    pool('b-tiny', { cidr: '10.2.0.0/30', blockSize: 30 });
    pool('c-next', { cidr: '10.3.0.0/24' });
    const given = Array.from({ length: 5 }, (_, index) => assign('w1', `h${index}`));
    expect(given.map((address) => address.split('.')[1])).toEqual(['2', '2', '2', '2', '3']);
    client.patch(ipPool, { metadata: { name: 'c-next' } }, { spec: { disabled: true } }, 'merge');
    expect(() => assign('w2', 'other')).toThrow('No IPs available in pools: [10.2.0.0/30]');
    client.delete(ipPool, { metadata: { name: 'b-tiny' } });
    expect(() => assign('w2', 'other')).toThrow('no configured Calico pools for node w2');
  });

  it('uses a pool for what it is meant for', () => {
    pool('manual', { cidr: '10.1.0.0/24', assignmentMode: 'Manual' });
    pool('tunnels', { cidr: '10.2.0.0/24', allowedUses: ['Tunnel'], vxlanMode: 'CrossSubnet' });
    expect(() => assign('w1', 'a')).toThrow('no configured Calico pools for node w1');
    pool('without', { cidr: '10.3.0.0/24' });
    expect(assign('w1', 'a')).toMatch(/^10\.3\.0\./);
    const tunnel = { node: 'w1', handle: 'tunnel', attributes: {}, use: 'Tunnel' } as const;
    expect(assignAddress(client, tunnel)).toMatch(/^10\.2\.0\./);
  });

  it('counts the addresses of a handle, and releases all of them', () => {
    pool('one', { cidr: '10.244.0.0/16' });
    assign('w1', 'twice');
    assign('w1', 'twice');
    expect(client.get(ipamHandle, undefined, 'twice').spec.block).toEqual({ [cidrs('w1')[0] ?? '']: 2 });
    releaseHandle(client, 'twice');
    expect(client.list(ipamBlock).items[0]?.spec.attributes).toEqual([]);
    expect(() => releaseHandle(client, 'twice')).not.toThrow();
  });

  it('forgets a node with all that it had', () => {
    pool('one', { cidr: '10.244.0.0/16' });
    assign('w1', 'a');
    assign('w2', 'b');
    releaseNode(client, 'w1');
    expect(cidrs('w1')).toEqual([]);
    expect(client.list(ipamHandle).items.map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(client.list(ipamBlock).items.map(({ spec }) => spec.affinity)).toEqual(['host:w2']);
  });
});
