import { Coroutine, wait } from '#kernel/coroutine.ts';
import { flag } from '../kubectl/command/flags.ts';
import type { CrictlCommand } from './command.ts';
import { findContainer } from './find.ts';

export const exec: CrictlCommand = {
  names: ['exec'],
  flags: [
    flag('interactive', 'bool', { short: 'i' }),
    flag('tty', 'bool', { short: 't' }),
    flag('sync', 'bool', { short: 's' }),
    flag('quiet', 'bool', { short: 'q' }),
  ],
  stopsAtArgument: true,
  *run({ args, flags, runtime, process, out, error, fatal }) {
    const [id, ...command] = args;
    if (id === undefined) return fatal('ID cannot be empty');
    const container = findContainer(runtime, id);
    const terminal = flags.bool('tty') ? process.streams.controllingTerminal : undefined;
    if (!terminal && !flags.bool('interactive')) {
      const { exitCode, stdout, stderr } = yield* runtime.execSync(container.id, command, 0);
      out(stdout);
      error(stderr);
      if (exitCode !== 0) return fatal(`execing command in container: command terminated with exit code ${exitCode}`);
      return 0;
    }
    const channel = runtime.exec(container.id, command, {
      stdin: true,
      stdout: true,
      stderr: !terminal,
      tty: terminal !== undefined,
    });
    terminal?.setMode('keys');
    const size = () =>
      terminal && channel.input(4, JSON.stringify({ Width: terminal.size.columns, Height: terminal.size.rows }));
    size();
    process.onSignal('WINCH', () => void size());
    const keys = new Coroutine(
      process.kernel,
      (function* () {
        for (;;) {
          const text = yield* terminal ? terminal.read() : process.streams.read();
          if (text === undefined) {
            channel.end(0);
            return;
          }
          channel.input(0, text);
        }
      })(),
      () => undefined,
      () => undefined,
    );
    process.onExit(() => {
      keys.cancel();
      terminal?.setMode('lines');
      channel.end();
    });
    const last = yield* wait<string>((resume) => {
      let status = '';
      channel.output.read({
        next: ({ channel: number, data }) => {
          if (number === 1) out(data);
          else if (number === 2) error(data);
          else status = data;
        },
        end: () => resume(status),
      });
      return undefined;
    });
    keys.cancel();
    terminal?.setMode('lines');
    const code = /"ExitCode"[^}]*"message":"(\d+)"/.exec(last)?.[1] ?? /exit code (\d+)/.exec(last)?.[1];
    return code === undefined ? 0 : fatal(`execing command in container: command terminated with exit code ${code}`);
  },
};
