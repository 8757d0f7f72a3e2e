import type { Route } from '#machine/sockets.ts';

const DEVICE = 'eth0';

/** What a machine of the wire 172.18.0.0/16 begins with. */
export function machineRoutes(address: string): readonly Route[] {
  return [
    { destination: 'default', via: '172.18.0.1', device: DEVICE },
    { destination: '172.18.0.0/16', device: DEVICE, protocol: 'kernel', scope: 'link', source: address },
  ];
}
