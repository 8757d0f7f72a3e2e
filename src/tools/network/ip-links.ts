import type { Sockets } from '#machine/sockets.ts';

/** A network device. */
export interface LinkView {
  readonly index: number;
  readonly name: string;
  /** The index of its other end, of a pair. */
  readonly peer?: number;
  readonly mac: string;
  readonly mtu: number;
  readonly address?: {
    readonly local: string;
    readonly prefix: number;
    readonly scope: 'host' | 'global';
    readonly broadcast?: string;
  };
}

const WIRE_PREFIX = 16;
/** Docker gives the devices of machines numbers that grow over all of them. */
const FIRST_MACHINE_INDEX = 2;

/** The loopback, a device for each Pod, and the machine's on the wire. */
export function linksOf({ addresses, routes }: Sockets): readonly LinkView[] {
  const [own = ''] = addresses;
  const devices = [...new Set(routes.list().map(({ device }) => device))].filter(
    (name) => !['', 'lo', 'eth0'].includes(name),
  );
  const lo: LinkView = {
    index: 1,
    name: 'lo',
    mac: '00:00:00:00:00:00',
    mtu: 65_536,
    address: { local: '127.0.0.1', prefix: 8, scope: 'host' },
  };
  const pods = devices.map((name, order): LinkView => {
    const route = routes.list().find(({ device }) => device === name);
    // The plug-in ptp gives each end on the machine the gateway's address.
    const gateway = route?.scope === 'host' ? route.destination.replace(/\d+$/, '1') : undefined;
    return {
      index: order + 2,
      name,
      ...(name.startsWith('veth') && { peer: 2 }),
      mac: macOf(name),
      mtu: 1500,
      ...(gateway !== undefined && { address: { local: gateway, prefix: 32, scope: 'global' } }),
    };
  });
  const last = Number(own.split('.')[3] ?? 0);
  const index = FIRST_MACHINE_INDEX * last + devices.length + 2;
  const eth0: LinkView = {
    index,
    name: 'eth0',
    peer: index + 1,
    mac: `02:42:${own
      .split('.')
      .map((part) => Number(part).toString(16).padStart(2, '0'))
      .join(':')}`,
    mtu: 1500,
    address: {
      local: own,
      prefix: WIRE_PREFIX,
      scope: 'global',
      broadcast: own.split('.').slice(0, 2).concat('255', '255').join('.'),
    },
  };
  return [lo, ...pods, eth0];
}

/** Of its name: always the same. */
function macOf(name: string): string {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  const bytes = [0, 8, 16, 24].map((shift) => (hash >>> shift) & 0xff);
  return [0x02, 0x5e, ...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function fullName({ name, peer }: LinkView): string {
  return peer === undefined ? name : `${name}@if${peer}`;
}

function flagsOf({ name }: LinkView): readonly string[] {
  return name === 'lo' ? ['LOOPBACK', 'UP', 'LOWER_UP'] : ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'];
}

function stateOf({ name }: LinkView): string {
  return name === 'lo' ? 'UNKNOWN' : 'UP';
}

function first(link: LinkView, mode: string): string {
  const queue = link.name === 'lo' ? 'qlen 1000' : '';
  return `${link.index}: ${fullName(link)}: <${flagsOf(link).join()}> mtu ${link.mtu} qdisc noqueue state ${stateOf(link)} ${mode}group default ${queue}\n`;
}

function second(link: LinkView): string {
  const isLoopback = link.name === 'lo';
  return `    link/${isLoopback ? 'loopback' : 'ether'} ${link.mac} brd ${isLoopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'}\n`;
}

/** A device as `ip link` prints it. */
export function linkText(link: LinkView, { brief }: { readonly brief: boolean }): string {
  if (brief) return `${fullName(link).padEnd(16)} ${stateOf(link).padEnd(14)} ${link.mac} <${flagsOf(link).join()}> \n`;
  return first(link, 'mode DEFAULT ') + second(link);
}

/** A device as `ip addr` prints it. */
export function addressText(
  link: LinkView,
  { brief, family }: { readonly brief: boolean; readonly family: '4' | '6' | undefined },
): string {
  const { address } = link;
  if (brief) {
    const shown = address ? `${address.local}/${address.prefix} ` : '';
    return `${fullName(link).padEnd(16)} ${stateOf(link).padEnd(14)} ${shown}\n`;
  }
  const inet = address
    ? `    inet ${address.local}/${address.prefix} ${address.broadcast ? `brd ${address.broadcast} ` : ''}scope ${address.scope} ${link.name}\n       valid_lft forever preferred_lft forever\n`
    : '';
  if (family === '4') return inet === '' ? '' : first(link, '') + inet;
  return first(link, '') + second(link) + inet;
}

/** As `-j` prints it. */
export function addressJson(link: LinkView, object: 'address' | 'link') {
  const { address } = link;
  return {
    ifindex: link.index,
    ...(link.peer !== undefined && { link_index: link.peer }),
    ifname: link.name,
    flags: flagsOf(link),
    mtu: link.mtu,
    qdisc: 'noqueue',
    operstate: stateOf(link),
    ...(object === 'link' && { linkmode: 'DEFAULT' }),
    group: 'default',
    link_type: link.name === 'lo' ? 'loopback' : 'ether',
    address: link.mac,
    broadcast: link.name === 'lo' ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff',
    ...(object === 'address' && {
      addr_info: address
        ? [
            {
              family: 'inet',
              local: address.local,
              prefixlen: address.prefix,
              ...(address.broadcast && { broadcast: address.broadcast }),
              scope: address.scope,
              label: link.name,
              valid_life_time: 4_294_967_295,
              preferred_life_time: 4_294_967_295,
            },
          ]
        : [],
    }),
  };
}
