import type { EndpointAddress, Endpoints } from '../../api/types/core.ts';
import { fnv128a } from '../endpointslice/port-hash.ts';

export type Subset = NonNullable<Endpoints['subsets']>[number];
export type Port = NonNullable<Subset['ports']>[number] & { readonly appProtocol?: string };

/**
 * The real controller sorts ports and subsets by a hash of how Go's spew writes their structs (pkg/api/v1/endpoints.portsByHash), so that
 * the order of `kubectl get endpoints` follows from it.
 */
export function hashOfPort(port: Port): string {
  return fnv128a(`(v1.EndpointPort)${writePort(port)}`);
}

export function hashOfSubset({ addresses, notReadyAddresses, ports }: Subset): string {
  const parts = [
    `Addresses:${writeList('EndpointAddress', addresses, writeAddress)}`,
    `NotReadyAddresses:${writeList('EndpointAddress', notReadyAddresses, writeAddress)}`,
    `Ports:${writeList('EndpointPort', ports, writePort)}`,
  ];
  return fnv128a(`(v1.EndpointSubset){${parts.join(' ')}}`);
}

function writePort({ name = '', port, protocol = '', appProtocol }: Port): string {
  return `{Name:(string)${name} Port:(int32)${port} Protocol:(v1.Protocol)${protocol} AppProtocol:(*string)${appProtocol ?? '<nil>'}}`;
}

function writeAddress({ ip, hostname = '', nodeName, targetRef }: EndpointAddress): string {
  const members = {
    Kind: '(string)',
    Namespace: '(string)',
    Name: '(string)',
    UID: '(types.UID)',
    APIVersion: '(string)',
    ResourceVersion: '(string)',
    FieldPath: '(string)',
  };
  const values: Readonly<Record<string, string | undefined>> = {
    Kind: targetRef?.kind,
    Namespace: targetRef?.namespace,
    Name: targetRef?.name,
    UID: targetRef?.uid,
  };
  const reference = Object.entries(members).map(([name, type]) => `${name}:${type}${values[name] ?? ''}`);
  const target = targetRef ? `{${reference.join(' ')}}` : '<nil>';
  return `{IP:(string)${ip} Hostname:(string)${hostname} NodeName:(*string)${nodeName ?? '<nil>'} TargetRef:(*v1.ObjectReference)${target}}`;
}

function writeList<T>(type: string, list: readonly T[] | undefined, write: (item: T) => string): string {
  return `([]v1.${type})${list ? `[${list.map(write).join(' ')}]` : '<nil>'}`;
}
