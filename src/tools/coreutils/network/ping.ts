import { type Routine, sleep } from '#kernel/coroutine.ts';
import { ConnectError } from '#machine/sockets.ts';
import type { Invocation, Tool } from '../tool.ts';
import { refuseUsage } from '../words.ts';
import { connect, Unreachable } from './connect.ts';
import { resolveHost } from './resolve.ts';

/** A port that nobody listens on: who refuses it is there. */
const ECHO = 7;

/** ping: there are no ICMP packets here; who answers to a port, be it by refusing, is reached. */
export const ping: Tool = {
  options: { flags: 'q4n', values: 'cWwis' },
  *run(invocation) {
    const { operands, process, value, complain, has, out } = invocation;
    if (has('s')) {
      complain('-s is not simulated here');
      return 2;
    }
    const [host] = operands;
    if (host === undefined) return refuseUsage(invocation, 'usage error: Destination address required');
    const address = resolveHost(process, host);
    if (address === undefined) {
      complain(invocation.dialect === 'busybox' ? `bad address '${host}'` : `${host}: Name or service not known`);
      return invocation.dialect === 'busybox' ? 1 : 2;
    }
    const count = Number(value('c') ?? Number.POSITIVE_INFINITY);
    const interval = Number(value('i') ?? 1) * 1000;
    const deadline = value('w') === undefined ? undefined : process.kernel.now + Number(value('w')) * 1000;
    const times: number[] = [];
    let sent = 0;
    const isBusybox = invocation.dialect === 'busybox';
    out(isBusybox ? `PING ${host} (${address}): 56 data bytes\n` : `PING ${host} (${address}) 56(84) bytes of data.\n`);
    const start = process.kernel.now;
    let isOver = false;
    process.onSignal('INT', () => {
      isOver = true;
    });
    const hops = distance(invocation, address);
    while (sent < count && !isOver && (deadline === undefined || process.kernel.now < deadline)) {
      if (isReached(invocation, address)) {
        const time = (hops === 0 ? 0.04 : 0.07 + 0.03 * hops) + process.kernel.random.int(60) / 1000;
        times.push(time);
        const ttl = 64 - Math.max(0, hops - 1);
        if (!has('q'))
          out(
            isBusybox
              ? `64 bytes from ${address}: seq=${sent} ttl=${ttl} time=${time.toFixed(3)} ms\n`
              : `64 bytes from ${address}: icmp_seq=${sent + 1} ttl=${ttl} time=${time.toFixed(3)} ms\n`,
          );
      }
      sent += 1;
      yield* process.streams.drain();
      if (sent < count) yield* sleep(process.kernel, interval);
      else if (times.length < sent) yield* sleep(process.kernel, Number(value('W') ?? 10) * 1000);
    }
    return summarize(invocation, host, sent, times, process.kernel.now - start);
  },
};

function isReached({ process }: Invocation, address: string): boolean {
  try {
    process.sockets.connect('tcp', address, ECHO);
    return true;
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return error.message.includes('refused');
  }
}

/** Routers between: none to oneself, one to another Pod of the node's bridge, two to another node's. */
function distance({ process }: Invocation, address: string): number {
  const { addresses } = process.sockets;
  if (address.startsWith('127.') || addresses.includes(address)) return 0;
  const network = (text: string) => text.split('.').slice(0, 3).join('.');
  return addresses.some((own) => network(own) === network(address)) ? 2 : 3;
}

function summarize(
  { out, dialect }: Invocation,
  host: string,
  sent: number,
  times: readonly number[],
  elapsed: number,
): number {
  const received = times.length;
  const loss = sent === 0 ? 0 : Math.round(((sent - received) / sent) * 100);
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const mean = times.reduce((sum, time) => sum + time, 0) / Math.max(1, received);
  out(`\n--- ${host} ping statistics ---\n`);
  if (dialect === 'busybox') {
    out(`${sent} packets transmitted, ${received} packets received, ${loss}% packet loss\n`);
    if (received > 0) out(`round-trip min/avg/max = ${low.toFixed(3)}/${mean.toFixed(3)}/${high.toFixed(3)} ms\n`);
  } else {
    out(`${sent} packets transmitted, ${received} received, ${loss}% packet loss, time ${Math.round(elapsed)}ms\n`);
    const deviation = Math.sqrt(times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / Math.max(1, received));
    if (received > 0)
      out(
        `rtt min/avg/max/mdev = ${low.toFixed(3)}/${mean.toFixed(3)}/${high.toFixed(3)}/${deviation.toFixed(3)} ms\n`,
      );
  }
  return received > 0 ? 0 : 1;
}

const NC_PATIENCE = 127_000;

/** nc: whether a port is open (-z), or what answers on it to a line of HTTP. Sockets carry no bytes here. */
export const nc: Tool = {
  options: { flags: 'zvnl', values: 'wp' },
  *run({ operands, has, value, process, complain }): Routine<number> {
    if (has('l') || !has('z')) {
      complain(`${has('l') ? '-l' : 'a connection without -z'} is not simulated here`);
      return 2;
    }
    const [host, port] = operands;
    if (host === undefined || port === undefined) {
      complain('a host and a port are needed here');
      return 1;
    }
    const address = resolveHost(process, host);
    if (address === undefined) {
      complain(`bad address '${host}'`);
      return 1;
    }
    try {
      yield* connect(process, 'tcp', address, Number(port), Number(value('w') ?? NC_PATIENCE / 1000) * 1000);
      if (has('v')) process.streams.error(`${host} (${address}:${port}) open\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (has('v')) complain(`${host} (${address}:${port}): ${error.message}`);
      return 1;
    }
  },
};
