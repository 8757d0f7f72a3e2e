import type { Kernel } from '#kernel/kernel.ts';
import { CriError, type PodSandbox } from '#machine/cri.ts';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import type { Route } from '#machine/sockets.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { CniPlugin } from '../containerd/sandbox.ts';
import type { Network, NetworkNamespace } from '../network/network.ts';

/** The networks of a saved machine's sandboxes: id, address, routes, and the plugin that made it if it is another than ptp. */
export interface CniState {
  readonly last: number;
  readonly sandboxes: readonly (readonly [
    id: string,
    address: string,
    routes: readonly Route[],
    plugin?: JsonObject | undefined,
  ])[];
}

const DIRECTORY = '/etc/cni/net.d';
const PROGRAMS = '/opt/cni/bin';

/** The network of a sandbox, and the configuration of the plugin that made it if that is another than ptp. */
interface SandboxNetwork {
  readonly namespace: NetworkNamespace;
  readonly address: string;
  readonly plugin?: JsonObject;
}

/** What a plugin of another network does for a sandbox; the errors that it throws are its words. It remembers nothing. */
export interface CniDelegate {
  /** @param configuration of the plugin, from its file */
  add(sandbox: PodSandbox, configuration: JsonObject): { readonly ip: string; readonly host: NetworkNamespace };
  /** The network itself is taken down after it. */
  remove(sandbox: PodSandbox, configuration: JsonObject): void;
}

/**
 * The network of Pods as the configuration in /etc/cni/net.d says (containerd's go-cni, the plugins ptp and host-local): the first file
 * counts; an address of the node's range for each sandbox. A plugin of another type has its program in /opt/cni/bin.
 */
export class Cni implements CniPlugin {
  readonly #files: FileSystem;
  readonly #kernel: Kernel;
  readonly #machine: NetworkNamespace;
  readonly #network: Network;
  readonly #namespaces = new Map<string, SandboxNetwork>();
  #last = 1;
  /** What was read last, and what it says. */
  #read:
    | { readonly text: string; readonly range: string | undefined; readonly plugin: JsonObject | undefined }
    | undefined;
  readonly #delegates: Readonly<Record<string, CniDelegate>>;

  /**
   * @param machine whose rules and routes the packets of Pods pass
   * @param delegates by the type of plugin
   */
  constructor(
    kernel: Kernel,
    files: FileSystem,
    network: Network,
    machine: NetworkNamespace,
    delegates: Readonly<Record<string, CniDelegate>> = {},
  ) {
    this.#delegates = delegates;
    this.#kernel = kernel;
    this.#files = files;
    this.#network = network;
    this.#machine = machine;
  }

  notReady = (): string | undefined => {
    const { range, plugin } = this.#configuration() ?? {};
    return range === undefined && !this.#isDelegated(plugin) ? 'cni plugin not initialized' : undefined;
  };

  add(sandbox: PodSandbox): { readonly ip: string; readonly host: NetworkNamespace } {
    const { id } = sandbox;
    const { range: prefix, plugin } = this.#configuration() ?? {};
    if (plugin && this.#isDelegated(plugin)) {
      const added = this.#delegate('setup', 'add', plugin, id, (delegate) => delegate.add(sandbox, plugin));
      this.#namespaces.set(id, { namespace: added.host, address: added.ip, plugin });
      return added;
    }
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

  find(id: string): NetworkNamespace | undefined {
    return this.#namespaces.get(id)?.namespace;
  }

  save(): CniState {
    const sandboxes = [...this.#namespaces].map(
      ([id, { namespace, address, plugin }]) => [id, address, namespace.routes.list(), plugin] as const,
    );
    return { last: this.#last, sandboxes };
  }

  /** The networks of sandboxes of a saved machine; the routes to them are the machine's. */
  restore({ last, sandboxes }: CniState): void {
    this.#last = last;
    for (const [id, address, routes, plugin] of sandboxes) {
      const namespace = this.#network.behind(this.#machine);
      namespace.addAddress(address);
      for (const route of routes) namespace.routes.set(route);
      this.#namespaces.set(id, { namespace, address, ...(plugin && { plugin }) });
    }
  }

  #isDelegated(plugin: JsonObject | undefined): boolean {
    return plugin !== undefined && Object.hasOwn(this.#delegates, String(plugin['type']));
  }

  /** @throws CriError with the plugin's words */
  #delegate<T>(what: string, verb: string, plugin: JsonObject, id: string, call: (delegate: CniDelegate) => T): T {
    const type = String(plugin['type']);
    const fails = (why: string) =>
      new CriError(
        'Unknown',
        `failed to ${what} network for sandbox ${JSON.stringify(id)}: plugin type="${type}" ${why}`,
      );
    const delegate = this.#delegates[type];
    if (!delegate || !this.#files.exists(`${PROGRAMS}/${type}`))
      throw fails(`failed (${verb}): failed to find plugin ${JSON.stringify(type)} in path [${PROGRAMS}]`);
    try {
      return call(delegate);
    } catch (error) {
      throw fails(`failed (${verb}): ${(error as Error).message}`);
    }
  }

  /** @throws CriError when a plugin cannot; the sandbox keeps its network then */
  remove(sandbox: PodSandbox): void {
    const { id } = sandbox;
    const known = this.#namespaces.get(id);
    if (!known) return;
    const { plugin, namespace, address } = known;
    if (plugin) this.#delegate('destroy', 'delete', plugin, id, (delegate) => delegate.remove(sandbox, plugin));
    namespace.removeAddresses();
    this.#machine.routes.remove(address);
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

  /** Of the first file: the first three bytes of its range, and its first plugin. */
  #configuration(): { readonly range: string | undefined; readonly plugin: JsonObject | undefined } | undefined {
    if (!this.#files.exists(DIRECTORY)) return undefined;
    const [name] = this.#files.readdir(DIRECTORY).filter((each) => /\.(?:conflist|conf|json)$/.test(each));
    const text = name === undefined ? undefined : readTextIfThere(this.#files, `${DIRECTORY}/${name}`);
    if (text === undefined) return undefined;
    if (text !== this.#read?.text) this.#read = { text, range: rangeIn(text), plugin: pluginIn(text) };
    return this.#read;
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

/** The first plugin of a list. */
function pluginIn(text: string): JsonObject | undefined {
  try {
    const configuration = JSON.parse(text) as Json;
    const plugins = isObject(configuration) ? configuration['plugins'] : undefined;
    const first = Array.isArray(plugins) ? (plugins as readonly Json[])[0] : undefined;
    return isObject(first) ? first : undefined;
  } catch {
    return undefined;
  }
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
