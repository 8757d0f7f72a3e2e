import type { Route, Routes, Sockets } from '#machine/sockets.ts';

/** In the kernel's words. */
export class RouteRefused extends Error {}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Whether a network holds an address. */
function holds(network: string, address: string): boolean {
  if (network === 'default') return true;
  const [base = '', bits = '32'] = network.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(base) / size) === Math.floor(numberOf(address) / size);
}

function length(network: string): number {
  return network === 'default' ? -1 : Number(network.split('/')[1] ?? 32);
}

/** What `ip route get` prints; undefined: there is no way. */
export function routeTo({ addresses, routes }: Sockets, address: string, uid: number): string | undefined {
  const [own = '127.0.0.1'] = addresses;
  if (address.startsWith('127.') || addresses.includes(address))
    return `local ${address} dev lo src ${address} uid ${uid} \n    cache <local> \n`;
  const best = routes
    .list()
    .filter(({ destination }) => holds(destination, address))
    .sort((a, b) => length(b.destination) - length(a.destination))[0];
  if (!best || best.type === 'blackhole') return undefined;
  const via = best.via === undefined ? '' : ` via ${best.via}`;
  return `${address}${via} dev ${best.device} src ${best.source ?? own} uid ${uid} \n    cache \n`;
}

/** @param verb add, replace, del @throws RouteRefused */
export function changeRoute(routes: Routes, verb: string, words: readonly string[]): void {
  const rest = [...words];
  const isBlackhole = rest[0] === 'blackhole';
  if (isBlackhole) rest.shift();
  const destination = (rest.shift() ?? '').replace(/\/32$/, '').replace(/^0\.0\.0\.0\/0$/, 'default');
  if (destination !== 'default' && !/^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d+)?$/.test(destination))
    throw new RouteRefused(`Error: inet prefix is expected rather than "${destination}".`);
  const known = routes.list();
  const before = known.find((each) => each.destination === destination);
  if (verb.startsWith('del')) {
    if (!before) throw new RouteRefused('RTNETLINK answers: No such process');
    routes.remove(destination);
    return;
  }
  if (before && verb === 'add') throw new RouteRefused('RTNETLINK answers: File exists');
  const value = (name: string) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
  const via = value('via');
  const isOnlink = rest.includes('onlink');
  const link =
    via === undefined ? undefined : known.find((each) => each.scope === 'link' && holds(each.destination, via));
  if (via !== undefined && !link && !isOnlink) throw new RouteRefused('Error: Nexthop has invalid gateway.');
  const device = value('dev') ?? link?.device;
  if (device === undefined && !isBlackhole) throw new RouteRefused('RTNETLINK answers: No such device');
  routes.set(made(destination, isBlackhole, device ?? '', via, isOnlink));
}

function made(
  destination: string,
  isBlackhole: boolean,
  device: string,
  via: string | undefined,
  isOnlink: boolean,
): Route {
  return {
    destination,
    device: isBlackhole ? '' : device,
    ...(isBlackhole && { type: 'blackhole' }),
    ...(via !== undefined && { via }),
    ...(via === undefined && !isBlackhole && { scope: 'link' }),
    ...(isOnlink && { isOnlink }),
  };
}
