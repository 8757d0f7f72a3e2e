import { spawn } from 'node:child_process';

/** What a program said, both streams together, and its exit status; 127 when it could not be started. */
export interface Captured {
  readonly status: number;
  readonly said: string;
}

/** Runs a program to its end. */
export function capture(
  file: string,
  args: readonly string[],
  more: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Captured> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...more.env } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        said += text;
      });
    }
    child.on('error', (error) => resolve({ status: 127, said: error.message }));
    child.on('close', (code) => resolve({ status: code ?? 1, said: said.trim() }));
    // A program that ends early closes its input: what it said tells why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(more.input ?? '');
  });
}

/** The same, for what must succeed. @throws Error with what the program said */
export async function succeed(
  file: string,
  args: readonly string[],
  more: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { status, said } = await capture(file, args, more);
  if (status !== 0) throw new Error(`"${file} ${args.join(' ')}" failed (status ${status}): ${said}`);
  return said;
}

/**
 * Runs a program, shows what it says, and returns its exit status; one that cannot be started has status 127.
 *
 * @param stop interrupts the program (SIGINT) when it is aborted
 */
export function exec(
  program: string,
  args: readonly string[],
  { env = {}, stop }: { readonly env?: NodeJS.ProcessEnv; readonly stop?: AbortSignal } = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    stop?.addEventListener('abort', () => child.kill('SIGINT'));
    child.on('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
