import { spawn } from 'node:child_process';

/** What was seen of a command: both streams in the order in which they were written. */
export interface Seen {
  readonly output: string;
  /** Undefined: it took too long and was ended. */
  readonly status: number | undefined;
}

/** Runs bash with a script on a simulated machine, with our own kubectl. @param timeout milliseconds */
export type Machine = (script: string, timeout: number) => Promise<Seen>;

/** Where a command runs. */
export interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** There, instead of here. */
  readonly machine?: Machine;
}

const LIMIT = 5_000_000;
const SIGNALS: Readonly<Record<string, number>> = { SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

/**
 * Runs bash with a script, and ends whatever it left behind: the script is a process group of its own.
 *
 * @param timeout milliseconds
 * @param script `set -e` and the like are the caller's
 */
export function runCommand(script: string, { cwd, env, machine }: Place, timeout: number): Promise<Seen> {
  if (machine) return machine(`cd ${cwd}\n${exports(env)}exec 2>&1\n${script}`, timeout);
  return new Promise((resolve, reject) => {
    // One pipe for both streams keeps their order.
    const child = spawn('bash', ['--noprofile', '--norc', '-c', `exec 2>&1\n${script}`], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let timedOut = false;
    let status: number | undefined;
    const end = () => {
      if (child.pid !== undefined) endGroup(child.pid);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeout);
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      if (output.length < LIMIT) output += text;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    // What a script left in the background holds the pipe open: it ends with the script.
    child.on('exit', (code, signal) => {
      status = code ?? SIGNALS[signal ?? ''] ?? 1;
      end();
    });
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ output, status: timedOut ? undefined : status });
    });
  });
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody is left of it.
  }
}

function exports(env: NodeJS.ProcessEnv): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
}
