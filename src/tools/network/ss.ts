import type { ProcessContext } from '#machine/program.ts';
import type { Listener } from '#machine/sockets.ts';
import type { Invocation, Tool } from '../coreutils/tool.ts';
import { readFilter, type SocketRow } from './ss-filter.ts';

/** What a queue of waiting connections holds: Go's listeners ask for as many as the kernel allows. */
const BACKLOG = 4096;
const NAME_LENGTH = 15;

/** ss of iproute2: sockets of TCP and UDP. */
export const ss: Tool = {
  options: {
    flags: 'ltunpaH46O',
    long: {
      all: 'a',
      ipv4: '4',
      ipv6: '6',
      listening: 'l',
      'no-header': 'H',
      numeric: 'n',
      processes: 'p',
      tcp: 't',
      udp: 'u',
      version: 'V',
    },
  },
  *run(invocation) {
    const { operands, process, has, out, complain } = invocation;
    const filter = readFilter(operands);
    if (typeof filter === 'string') {
      complain(filter);
      return 255;
    }
    const protocols = (['tcp', 'udp'] as const).filter((each) => has(each === 'tcp' ? 't' : 'u'));
    const wanted = protocols.length > 0 ? protocols : (['tcp', 'udp'] as const);
    const isWanted = ({ protocol, state, local }: SocketRow) => {
      if (!wanted.some((each) => each === protocol)) return false;
      if (has('4') && local.address === '*') return false;
      if (has('6') && local.address !== '*') return false;
      if (filter.states) return filter.states.includes(state);
      return has('a') || (state === 'ESTAB' ? !has('l') : has('l'));
    };
    const rows = socketsOf(process).filter((row) => isWanted(row) && filter.fits(row));
    const columns = { netid: wanted.length > 1, state: filter.states?.length !== 1 };
    out(print(rows, invocation, columns));
    return 0;
  },
};

function socketsOf({ sockets }: ProcessContext): readonly SocketRow[] {
  const listening = sockets.listeners().map(listenerRow);
  const any = listening.filter(({ local }) => local.address === '*');
  const own = listening.filter(({ local }) => local.address !== '*');
  const connected = sockets.connections().map(
    ({ localAddress, localPort, peerAddress, peerPort, pid, program, descriptor }): SocketRow => ({
      protocol: 'tcp',
      state: 'ESTAB',
      local: { address: localAddress, port: localPort },
      peer: { address: peerAddress, port: peerPort },
      owner: { pid, program, descriptor },
    }),
  );
  const rows = [...own, ...connected, ...any];
  return [...rows.filter(({ protocol }) => protocol === 'udp'), ...rows.filter(({ protocol }) => protocol === 'tcp')];
}

function listenerRow({ protocol, address, port, pid, program, descriptor }: Listener): SocketRow {
  return {
    protocol,
    state: protocol === 'tcp' ? 'LISTEN' : 'UNCONN',
    local: { address, port },
    peer: { address: address === '*' ? '*' : '0.0.0.0', port: undefined },
    ...(descriptor !== undefined && { owner: { pid, program: program.slice(0, NAME_LENGTH), descriptor } }),
  };
}

function print(
  rows: readonly SocketRow[],
  { has, process }: Invocation,
  columns: { readonly netid: boolean; readonly state: boolean },
): string {
  const sees = (row: SocketRow) => has('p') && row.owner && maySee(process, row.owner.pid);
  const lines = rows.map((row) => ({
    netid: row.protocol,
    state: row.state,
    receive: '0',
    send: row.state === 'LISTEN' ? String(BACKLOG) : '0',
    localAddress: row.local.address,
    localPort: String(row.local.port),
    peerAddress: row.peer.address,
    peerPort: row.peer.port === undefined ? '*' : String(row.peer.port),
    process:
      sees(row) && row.owner ? ` users:(("${row.owner.program}",pid=${row.owner.pid},fd=${row.owner.descriptor}))` : '',
  }));
  const heading = {
    netid: 'Netid',
    state: 'State',
    receive: 'Recv-Q',
    send: 'Send-Q',
    localAddress: 'Local Address',
    localPort: 'Port',
    peerAddress: 'Peer Address',
    peerPort: 'Port',
    process: 'Process',
  };
  const shown = has('H') ? lines : [heading, ...lines];
  const width = (column: keyof typeof heading) => Math.max(0, ...shown.map((line) => line[column].length));
  return shown
    .map((line) => {
      const start =
        (columns.netid ? `${line.netid.padEnd(width('netid'))} ` : '') +
        (columns.state ? `${line.state.padEnd(width('state'))} ` : '');
      const local = `${line.localAddress.padStart(width('localAddress'))}:${line.localPort.padEnd(width('localPort'))} `;
      const peer = `${line.peerAddress.padStart(width('peerAddress'))}:${line.peerPort.padEnd(width('peerPort'))}`;
      return `${start}${line.receive.padEnd(6)} ${line.send.padEnd(6)} ${local}${peer}${line.process.padEnd(width('process'))}\n`;
    })
    .join('');
}

/** Others' processes are root's to see. */
function maySee({ files, processes }: ProcessContext, pid: number): boolean {
  const { uid } = files.credentials;
  return uid === 0 || processes.rows().some((row) => row.pid === pid && row.uid === uid);
}
