import type { DnsAnswer, DnsHandler } from '#machine/sockets.ts';

/** Seconds for which a container engine's name server lets its answers be kept. */
const TTL = 600;

/** The name server of the network that machines are in: it knows them by their names, as a container engine's does. */
export function machineNames(machines: readonly { readonly name: string; readonly address: string }[]): DnsHandler {
  return (name, type): DnsAnswer => {
    const machine = machines.find((each) => each.name === name.replace(/\.$/, ''));
    if (!machine) return { code: 'NXDOMAIN', records: [] };
    return { code: 'NOERROR', records: type === 'A' ? [{ name, type, ttl: TTL, data: machine.address }] : [] };
  };
}
