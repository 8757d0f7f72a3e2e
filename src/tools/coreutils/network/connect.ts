import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { ProcessContext } from '#machine/program.ts';
import { ConnectError, type Listener } from '#machine/sockets.ts';

const WORDS = {
  refused: 'Connection refused',
  timeout: 'Connection timed out',
  'no-route': 'No route to host',
  unreachable: 'Network is unreachable',
} as const;

/** Why nobody was reached, in the C library's words. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly kind: 'refused' | 'timeout' | 'no-route' | 'unreachable';

  constructor(kind: Unreachable['kind']) {
    super(WORDS[kind]);
    this.kind = kind;
  }
}

/** How long Linux tries to find a neighbour that is not there, in milliseconds. */
const NO_NEIGHBOUR = 3_000;

/**
 * Connects; packets that are dropped are waited for.
 *
 * @param patience milliseconds until it is given up
 * @throws Unreachable
 */
export function* connect(
  { sockets, kernel }: ProcessContext,
  protocol: 'tcp' | 'udp',
  address: string,
  port: number,
  patience: number,
): Routine<Listener> {
  try {
    return sockets.connect(protocol, address, port);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    if (error.message.includes('refused')) throw new Unreachable('refused');
    if (error.message.includes('unreachable')) throw new Unreachable('unreachable');
    const isTimeout = error.message.includes('timeout');
    const isQuicker = !isTimeout && NO_NEIGHBOUR < patience;
    yield* sleep(kernel, isQuicker ? NO_NEIGHBOUR : patience);
    throw new Unreachable(isQuicker ? 'no-route' : 'timeout');
  }
}
