import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Answer, type Answers, keyOf, type Table, type TableCommand } from './table.ts';

/** As many at a time. */
const PARALLEL = 4;
const PATIENCE = 20_000;

/** Whether the shells are there whose words were written down: others of their kind use other ones. */
export function hasReal(kind: TableCommand['kind']): boolean {
  const [command, args, expected] =
    kind === 'bash' ? (['bash', ['--version'], 'version 5.2'] as const) : (['busybox', [], 'BusyBox v1.3'] as const);
  return process.getuid?.() === 0 && (spawnSync(command, args, { encoding: 'utf8' }).stdout ?? '').includes(expected);
}

/** What the real ones answer to each command of a table. */
export async function askReal(table: Table): Promise<Answers> {
  const answers: Record<string, Answer> = {};
  const waiting = [...table.commands];
  const bin = busyboxFolder();
  try {
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        for (let next = waiting.shift(); next; next = waiting.shift())
          answers[keyOf(next)] = await ask(table, next, bin);
      }),
    );
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
  return Object.fromEntries(table.commands.map((command) => [keyOf(command), answers[keyOf(command)] as Answer]));
}

/** busybox under all its names. */
function busyboxFolder(): string {
  const bin = mkdtempSync(join(tmpdir(), 'busybox-'));
  const { stdout } = spawnSync('busybox', ['--list'], { encoding: 'utf8' });
  const path = spawnSync('which', ['busybox'], { encoding: 'utf8' }).stdout.trim();
  for (const name of (stdout ?? '').split('\n').filter((each) => each !== '')) symlinkSync(path, join(bin, name));
  return bin;
}

async function ask({ files }: Table, { kind, command }: TableCommand, busybox: string): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const child = spawn(kind === 'bash' ? 'bash' : join(busybox, 'sh'), ['-c', command], {
    argv0: kind === 'bash' ? 'bash' : 'sh',
    cwd: folder,
    env: { PATH: kind === 'bash' ? '/usr/bin:/bin' : busybox, HOME: '/root', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE,
  });
  const [out, error] = ['', ''].map(() => [] as Buffer[]);
  child.stdout.on('data', (data: Buffer) => out?.push(data));
  child.stderr.on('data', (data: Buffer) => error?.push(data));
  const code = await new Promise<number>((resolve) => {
    child.on('close', (status, signal) => resolve(status ?? (signal === 'SIGTERM' ? 143 : 1)));
  });
  rmSync(folder, { recursive: true, force: true });
  const normal = (data: Buffer[] | undefined) =>
    withoutNumbers(
      Buffer.concat(data ?? [])
        .toString('utf8')
        .replaceAll(folder, '/data'),
    );
  return { out: normal(out), error: normal(error), code };
}

/** Numbers of processes differ each time. */
export function withoutNumbers(text: string): string {
  return text.replace(/^(.*: line \d+:) +\d+ (Terminated|Killed)/gm, '$1 PID $2');
}
