import type { Kernel } from '#kernel/kernel.ts';
import { CriError, type PodSandbox } from '#machine/cri.ts';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import type { Route } from '#machine/sockets.ts';
import { isObject } from '../../api/json.ts';
import type { CniPlugin } from '../containerd/sandbox.ts';
import type { Network, NetworkNamespace } from '../network/network.ts';

const DIRECTORY = '/etc/cni/net.d';

/**
 * The network of Pods as the configuration in /etc/cni/net.d says (containerd's go-cni, the plugins ptp and host-local): the first file
 * counts; an address of the node's range for each sandbox.
 */
export class Cni implements CniPlugin {
  readonly #files: FileSystem;
  readonly #kernel: Kernel;
  readonly #machine: NetworkNamespace;
  readonly #network: Network;
  readonly #namespaces = new Map<string, { readonly namespace: NetworkNamespace; readonly address: string }>();
  #last = 1;
  /** What was read last, and what it says. */
  #read: { readonly text: string; readonly range: string | undefined } | undefined;

  /** @param machine whose rules and routes the packets of Pods pass */
  constructor(kernel: Kernel, files: FileSystem, network: Network, machine: NetworkNamespace) {
    this.#kernel = kernel;
    this.#files = files;
    this.#network = network;
    this.#machine = machine;
  }

  notReady = (): string | undefined => (this.#range() === undefined ? 'cni plugin not initialized' : undefined);

  add({ id }: PodSandbox): { readonly ip: string; readonly host: NetworkNamespace } {
    const prefix = this.#range();
    if (prefix === undefined)
      throw new CriError(
        'Unknown',
        `failed to setup network for sandbox ${JSON.stringify(id)}: cni plugin not initialized`,
      );
    const address = this.#freeAddress(prefix);
    if (address === undefined) {
      throw new CriError(
        'Unknown',
        `failed to setup network for sandbox ${JSON.stringify(id)}: plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${prefix}.1-${prefix}.254`,
      );
    }
    const namespace = this.#network.behind(this.#machine);
    namespace.addAddress(address);
    for (const route of podRoutes(prefix, address)) namespace.routes.set(route);
    const device = `veth${this.#kernel.random
      .int(2 ** 32)
      .toString(16)
      .padStart(8, '0')}`;
    this.#machine.routes.set({ destination: address, device, scope: 'host' });
    this.#namespaces.set(id, { namespace, address });
    return { ip: address, host: namespace };
  }

  remove({ id }: PodSandbox): void {
    const known = this.#namespaces.get(id);
    if (!known) return;
    known.namespace.removeAddresses();
    this.#machine.routes.remove(known.address);
    this.#namespaces.delete(id);
  }

  /** host-local gives addresses in turn, so that one that was given back is not the next. */
  #freeAddress(prefix: string): string | undefined {
    for (let tries = 0; tries < 254; tries += 1) {
      this.#last = this.#last >= 254 ? 2 : this.#last + 1;
      const address = `${prefix}.${this.#last}`;
      if (!this.#network.at(address)) return address;
    }
    return undefined;
  }

  /** The first three bytes of the range of the first configuration. */
  #range(): string | undefined {
    if (!this.#files.exists(DIRECTORY)) return undefined;
    const [name] = this.#files.readdir(DIRECTORY).filter((each) => /\.(?:conflist|conf|json)$/.test(each));
    const text = name === undefined ? undefined : readTextIfThere(this.#files, `${DIRECTORY}/${name}`);
    if (text === undefined) return undefined;
    if (text !== this.#read?.text) this.#read = { text, range: rangeIn(text) };
    return this.#read.range;
  }
}

/** A Pod sends all to its machine (the plugin ptp). */
function podRoutes(prefix: string, address: string): readonly Route[] {
  const gateway = `${prefix}.1`;
  const device = 'eth0';
  return [
    { destination: 'default', via: gateway, device },
    { destination: `${prefix}.0/24`, via: gateway, device, source: address },
    { destination: gateway, device, scope: 'link', source: address },
  ];
}

function rangeIn(text: string): string | undefined {
  try {
    const configuration: unknown = JSON.parse(text);
    const subnet = isObject(configuration)
      ? /"subnet":"(?<prefix>\d+\.\d+\.\d+)\.0\/24"/.exec(JSON.stringify(configuration))
      : undefined;
    return subnet?.groups?.['prefix'];
  } catch {
    return undefined;
  }
}
