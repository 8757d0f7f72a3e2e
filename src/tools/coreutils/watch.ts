import { sleep } from '#kernel/coroutine.ts';
import { formatTime } from '#machine/c-library/strftime.ts';
import { start } from './run-command.ts';
import { immediate, type Tool } from './tool.ts';
import { refuseUsage } from './words.ts';

const CLEAR = '\x1b[H\x1b[2J';
const USUAL_WIDTH = 80;

/** watch: a command again and again, each time on a clear screen. */
export const watch: Tool = {
  options: { flags: 'tx', values: 'n', long: { 'no-title': 't', 'interval=': 'n' }, stopsAtOperand: true },
  *run(invocation) {
    const { process, operands, has, value, complain } = invocation;
    if (operands.length === 0) return refuseUsage(invocation, 'a command is needed here');
    const seconds = Number(value('n') ?? 2);
    if (!(seconds > 0)) {
      complain(`failed to parse argument: '${value('n')}'`);
      return 1;
    }
    const title = `Every ${seconds.toFixed(1)}s: ${operands.join(' ')}`;
    for (;;) {
      const { streams, kernel, hostname } = process;
      const right = `${hostname}: ${formatTime('%a %b %e %H:%M:%S %Y', kernel.now)}`;
      const width = streams.terminal.out?.columns || USUAL_WIDTH;
      const head = has('t')
        ? ''
        : `${title}${' '.repeat(Math.max(1, width - title.length - right.length))}${right}\n\n`;
      streams.out(`${CLEAR}${head}`);
      const argv = has('x') ? operands : ['sh', '-c', operands.join(' ')];
      yield* start(process, argv).wait();
      yield* streams.drain();
      yield* sleep(kernel, seconds * 1000);
    }
  },
};

export const clear = immediate({ flags: 'x' }, ({ out }) => {
  out('\x1b[H\x1b[2J\x1b[3J');
  return 0;
});
