import type { EndpointSlice } from '../../api/types/policy.ts';

type Port = NonNullable<EndpointSlice['ports']>[number];

const OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const PRIME = 0x0000000001000000000000000000013bn;
const MASK = (1n << 128n) - 1n;

/** The real controller sorts the ports of a slice by a hash of how Go's spew writes their structs (endpointslice/util.portsInOrder). */
export function hashOfSlicePort({ name, protocol, port, appProtocol }: Port): string {
  const pointer = (type: string, value: string | number | undefined) => `(*${type})${value ?? '<nil>'}`;
  const members = [
    `Name:${pointer('string', name)}`,
    `Protocol:${pointer('v1.Protocol', protocol)}`,
    `Port:${pointer('int32', port)}`,
    `AppProtocol:${pointer('string', appProtocol)}`,
  ];
  return fnv128a(`(v1.EndpointPort){${members.join(' ')}}`);
}

export function sortedPorts(ports: readonly Port[]): readonly Port[] {
  return ports
    .map((port) => ({ port, hash: hashOfSlicePort(port) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .map(({ port }) => port);
}

/** Go's hash/fnv.New128a, in hexadecimal. What is hashed is ASCII: names, addresses, numbers. */
export function fnv128a(text: string): string {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(32, '0');
}
