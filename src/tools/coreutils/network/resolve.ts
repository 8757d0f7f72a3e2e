import { readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { ConnectError } from '#machine/sockets.ts';

/** What a name server says of a name; undefined when there is none that answers. */
export interface NameServer {
  readonly address: string;
  readonly search: readonly string[];
  readonly dots: number;
}

/** As /etc/resolv.conf has it. */
export function nameServer({ files }: ProcessContext): NameServer | undefined {
  const config = readTextIfThere(files, '/etc/resolv.conf') ?? '';
  const address = /^nameserver\s+(?<server>\S+)/m.exec(config)?.groups?.['server'];
  if (address === undefined) return undefined;
  const search = /^search\s+(?<list>.*)$/m.exec(config)?.groups?.['list']?.trim().split(/\s+/) ?? [];
  const dots = Number(/^options\s.*\bndots:(?<dots>\d+)/m.exec(config)?.groups?.['dots'] ?? 1);
  return { address, search, dots };
}

export function isAddress(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text);
}

/** The address of a host, as the C library finds it: itself, what /etc/hosts says, then the name server with its search list. */
export function resolveHost(process: ProcessContext, host: string): string | undefined {
  if (isAddress(host)) return host;
  const hosts = readTextIfThere(process.files, '/etc/hosts') ?? '';
  for (const line of hosts.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address !== undefined && isAddress(address) && names.includes(host)) return address;
  }
  if (host === 'localhost') return '127.0.0.1';
  const server = nameServer(process);
  if (!server) return undefined;
  const isAbsolute = host.endsWith('.');
  const name = host.replace(/\.$/, '');
  const searched = isAbsolute ? [] : server.search.map((domain) => `${name}.${domain}`);
  const candidates = name.split('.').length - 1 >= server.dots ? [name, ...searched] : [...searched, name];
  for (const candidate of candidates) {
    try {
      const answer = process.sockets.connect('udp', server.address, 53).serves.dns?.(candidate, 'A');
      const record = answer?.records.find(({ type }) => type === 'A');
      if (record) return record.data;
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
    }
  }
  return undefined;
}
