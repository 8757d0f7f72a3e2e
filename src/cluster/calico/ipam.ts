import { ApiError, isReason } from '../api/status.ts';
import type { Client } from '../client/client.ts';
import { networkAt, networkOf } from './ip-network.ts';
import { blockAffinity, ipamBlock, ipamHandle, ipPool } from './kinds.ts';
import type { AllocationAttribute, CalicoObject, IPAMBlockSpec, IPPoolSpec } from './types.ts';

const CRD = 'crd.projectcalico.org/v1';
/** Of a pool that does not say it. */
const BLOCK_SIZE = 26;

/** What an address is wanted for. */
export interface AddressRequest {
  /** The node, whose blocks are used. */
  readonly node: string;
  /** By which it is released: `k8s-pod-network.` and the sandbox's id. */
  readonly handle: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly use: 'Workload' | 'Tunnel';
}

/**
 * Calico's IPAM (libcalico-go, lib/ipam): each node claims blocks of the enabled pools, and gives out their addresses in turn. All of it is
 * kept in objects of the API. Where the real one starts looking for a free block by a random number whose seed is the node's name, this one
 * takes a hash of the name. Addresses of other nodes' blocks are not borrowed.
 *
 * @returns the address
 * @throws ApiError, ConnectionError; Error with the real words when there is none
 */
export function assignAddress(client: Client, request: AddressRequest): string {
  const { node, use } = request;
  const pools = client
    .list(ipPool)
    .items.map(({ spec }) => spec)
    .filter((pool) => !pool.disabled && pool.assignmentMode !== 'Manual' && usesOf(pool).includes(use));
  if (pools.length === 0) throw new Error(`no configured Calico pools for node ${node}`);
  for (const { spec } of client.list(blockAffinity).items) {
    if (spec.node !== node || spec.state !== 'confirmed' || !pools.some((pool) => holds(pool, spec.cidr))) continue;
    const block = client.find(ipamBlock, undefined, nameOf(spec.cidr));
    const address = block && assignFrom(client, block, request);
    if (address !== undefined) return address;
  }
  for (const pool of pools) {
    const block = claim(client, pool, node);
    const address = block && assignFrom(client, block, request);
    if (address !== undefined) return address;
  }
  const tried = pools.map(({ cidr }) => cidr).join(' ');
  throw new Error(`Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [${tried}]`);
}

/** Gives back what a handle holds; a handle that is not there held nothing. @throws ApiError, ConnectionError */
export function releaseHandle(client: Client, handle: string): void {
  const held = client.find(ipamHandle, undefined, handle);
  if (!held) return;
  for (const cidr of Object.keys(held.spec.block)) {
    const block = client.find(ipamBlock, undefined, nameOf(cidr));
    if (block) client.update(ipamBlock, { ...block, spec: released(block.spec, handle) });
  }
  client.delete(ipamHandle, held);
}

/** What a node that is gone had. @throws ApiError, ConnectionError */
export function releaseNode(client: Client, node: string): void {
  for (const affinity of client.list(blockAffinity).items) {
    if (affinity.spec.node !== node) continue;
    const block = client.find(ipamBlock, undefined, nameOf(affinity.spec.cidr));
    for (const { handle_id } of block?.spec.attributes ?? []) {
      const handle = client.find(ipamHandle, undefined, handle_id);
      if (handle) client.delete(ipamHandle, handle);
    }
    if (block) client.delete(ipamBlock, block);
    client.delete(blockAffinity, affinity);
  }
}

/** Tunnels have addresses of the pools that need them. */
function usesOf({ allowedUses = ['Workload', 'Tunnel'], vxlanMode = 'Never' }: IPPoolSpec): readonly string[] {
  return vxlanMode === 'Never' ? allowedUses.filter((use) => use !== 'Tunnel') : allowedUses;
}

/** `10-244-0-64-26` */
function nameOf(cidr: string): string {
  return cidr.replace(/[./]/g, '-');
}

function holds({ cidr }: IPPoolSpec, block: string): boolean {
  const pool = networkOf(cidr);
  const { base } = networkOf(block);
  return base >= pool.base && base < pool.base + pool.size;
}

/** The next free block becomes the node's; undefined when there is none. */
function claim(client: Client, pool: IPPoolSpec, node: string): CalicoObject<IPAMBlockSpec> | undefined {
  const { base, size } = networkOf(pool.cidr);
  const bits = pool.blockSize ?? BLOCK_SIZE;
  const blockSize = 2 ** (32 - bits);
  const count = Math.floor(size / blockSize);
  const taken = new Set(client.list(ipamBlock).items.map(({ spec }) => spec.cidr));
  const first = hashOf(node) % Math.max(1, count);
  for (let tries = 0; tries < count; tries += 1) {
    const cidr = networkAt(base + ((first + tries) % count) * blockSize, bits);
    if (taken.has(cidr)) continue;
    const spec = { cidr, deleted: 'false', node, state: 'pending', type: 'host' } as const;
    const metadata = { name: `${node}-${nameOf(cidr)}` };
    const pending = client.create(blockAffinity, { apiVersion: CRD, kind: 'BlockAffinity', metadata, spec });
    const block = client.create(ipamBlock, {
      apiVersion: CRD,
      kind: 'IPAMBlock',
      metadata: { name: nameOf(cidr) },
      spec: emptyBlock(cidr, node, blockSize),
    });
    client.update(blockAffinity, { ...pending, spec: { ...spec, state: 'confirmed' } });
    return block;
  }
  return undefined;
}

function emptyBlock(cidr: string, node: string, size: number): IPAMBlockSpec {
  return {
    affinity: `host:${node}`,
    allocations: Array.from({ length: size }, () => null),
    attributes: [],
    cidr,
    deleted: false,
    // The real one begins with the time, so that a block that was deleted does not count from 0 again.
    sequenceNumber: 0,
    sequenceNumberForAllocation: {},
    strictAffinity: false,
    unallocated: Array.from({ length: size }, (_, ordinal) => ordinal),
  };
}

/** Undefined for a block that is full. */
function assignFrom(
  client: Client,
  block: CalicoObject<IPAMBlockSpec>,
  { handle, attributes }: AddressRequest,
): string | undefined {
  const { spec } = block;
  const [ordinal, ...unallocated] = spec.unallocated;
  if (ordinal === undefined) return undefined;
  const attribute: AllocationAttribute = { handle_id: handle, secondary: attributes };
  client.update(ipamBlock, {
    ...block,
    spec: {
      ...spec,
      allocations: spec.allocations.with(ordinal, spec.attributes.length),
      attributes: [...spec.attributes, attribute],
      sequenceNumber: spec.sequenceNumber + 1,
      sequenceNumberForAllocation: { ...spec.sequenceNumberForAllocation, [ordinal]: spec.sequenceNumber },
      unallocated,
    },
  });
  count(client, handle, spec.cidr);
  const { base } = networkOf(spec.cidr);
  return networkAt(base + ordinal);
}

function count(client: Client, handle: string, cidr: string): void {
  const spec = { block: { [cidr]: 1 }, deleted: false, handleID: handle };
  try {
    client.create(ipamHandle, { apiVersion: CRD, kind: 'IPAMHandle', metadata: { name: handle }, spec });
  } catch (error) {
    if (!(error instanceof ApiError) || !isReason(error, 'AlreadyExists')) throw error;
    const held = client.get(ipamHandle, undefined, handle);
    const block = { ...held.spec.block, [cidr]: (held.spec.block[cidr] ?? 0) + 1 };
    client.update(ipamHandle, { ...held, spec: { ...held.spec, block } });
  }
}

/** An address that was given back is the last in the queue. */
function released(spec: IPAMBlockSpec, handle: string): IPAMBlockSpec {
  const freed: number[] = [];
  const kept = spec.attributes.flatMap(({ handle_id }, index) => (handle_id === handle ? [] : [index]));
  const allocations = spec.allocations.map((place, ordinal) => {
    if (place === null) return null;
    const next = kept.indexOf(place);
    if (next >= 0) return next;
    freed.push(ordinal);
    return null;
  });
  const numbers = Object.entries(spec.sequenceNumberForAllocation).filter(([ordinal]) => !freed.includes(+ordinal));
  return {
    ...spec,
    allocations,
    attributes: spec.attributes.filter((_, index) => kept.includes(index)),
    sequenceNumber: spec.sequenceNumber + 1,
    sequenceNumberForAllocation: Object.fromEntries(numbers),
    unallocated: [...spec.unallocated, ...freed],
  };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
