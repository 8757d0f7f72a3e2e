import type { DnsAnswer } from '#machine/sockets.ts';
import type { Tool } from '../tool.ts';
import { connect, Unreachable } from './connect.ts';
import { isAddress, nameServer, resolveHost } from './resolve.ts';

const PATIENCE = 5_000;

/** nslookup of busybox: a name without a dot is tried with each domain of the search list, others as they are. */
export const nslookup: Tool = {
  options: { operand: /^-/ },
  *run({ operands, process, out, complain, dialect }) {
    const option = operands.find((word) => word.startsWith('-'));
    const type = /^-(?:query)?type=(?<type>a|aaaa|srv|ptr)$/i.exec(option ?? '')?.groups?.['type']?.toUpperCase();
    if (option !== undefined && type === undefined) {
      complain(`${option} is not simulated here`);
      return 2;
    }
    const [name, server] = operands.filter((word) => word !== option);
    if (name === undefined) {
      complain('a name is needed here');
      return 1;
    }
    const known = nameServer(process);
    const address = server === undefined ? known?.address : resolveHost(process, server);
    if (address === undefined) {
      complain(server === undefined ? "can't find a name server" : `bad address '${server}'`);
      return 1;
    }
    out(`Server:\t\t${address}\nAddress:\t${address}${dialect === 'busybox' ? ':53' : '#53'}\n\n`);
    const isBare = !name.includes('.') && known !== undefined && known.search.length > 0;
    const names = isAddress(name)
      ? [`${name.split('.').toReversed().join('.')}.in-addr.arpa`]
      : isBare
        ? known.search.map((domain) => `${name}.${domain}`)
        : [name.replace(/\.$/, '')];
    const types = isAddress(name) ? ['PTR'] : type === undefined ? ['A', 'AAAA'] : [type];
    let status = 0;
    try {
      const { dns } = (yield* connect(process, 'udp', address, 53, PATIENCE)).serves;
      for (const each of names)
        for (const wanted of types) {
          const answer = dns?.(each, wanted as 'A') ?? { code: 'SERVFAIL', records: [] };
          out(`${answerText(each, answer)}\n`);
          if (answer.code !== 'NOERROR') status = 1;
        }
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (error.kind === 'refused') complain(`write to '${address}': Connection refused`);
      out(';; connection timed out; no servers could be reached\n\n');
      return 1;
    }
    return status;
  },
};

function answerText(name: string, { code, records }: DnsAnswer): string {
  if (code !== 'NOERROR') return `** server can't find ${name}: ${code}\n`;
  return records
    .map((record) =>
      record.type === 'A'
        ? `Name:\t${record.name}\nAddress: ${record.data}\n`
        : record.type === 'PTR'
          ? `${record.name}\tname = ${record.data}\n`
          : `${record.name}\tservice = ${record.data}\n`,
    )
    .join('');
}
