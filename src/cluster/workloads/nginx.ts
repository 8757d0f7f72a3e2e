import { calendarTime, timestamp } from '#kernel/calendar.ts';
import { type Routine, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { HttpHandler } from '#machine/http.ts';
import { type ProcessContext, type Program, resuming, SIGNALS } from '#machine/program.ts';
import { AddressInUse } from '#machine/sockets.ts';

const CONFIG = '/etc/nginx/nginx.conf';

/** What nginx takes of its configuration: where it listens, and the directory of its pages. */
interface Site {
  readonly port: number;
  readonly root: string;
}

/** nginx as a program: the pages of its site, its logs on the standard streams, as its image has it. */
export function nginxProgram(version: string): Program {
  return resuming(function* nginx(process: ProcessContext): Routine<number> {
    const { streams, pid, argv } = process;
    if (argv.includes('-v')) {
      streams.error(`nginx version: nginx/${version}\n`);
      return 0;
    }
    const log = (level: string, text: string) =>
      streams.error(`${errorTime(process.kernel.now)} [${level}] ${pid}#${pid}: ${text}\n`);
    if (readTextIfThere(process.files, CONFIG) === undefined) {
      const why = `open() "${CONFIG}" failed (2: No such file or directory)`;
      log('emerg', why);
      streams.error(`nginx: [emerg] ${why}\n`);
      return 1;
    }
    const site = readSite(process);
    try {
      const { port } = site;
      const serves = { http: handler(process, site, version, log) };
      const listener = process.sockets.listen({
        protocol: 'tcp',
        address: '0.0.0.0',
        port,
        pid,
        program: 'nginx',
        serves,
      });
      process.onExit(() => listener.close());
    } catch (error) {
      if (!(error instanceof AddressInUse)) throw error;
      streams.error(`nginx: [emerg] bind() to 0.0.0.0:${site.port} failed (98: Address already in use)\n`);
      return 1;
    }
    log('notice', 'using the "epoll" event method');
    log('notice', `nginx/${version}`);
    log('notice', 'start worker processes');
    return yield* wait<number>((resume) => {
      for (const signal of ['TERM', 'INT', 'QUIT'] as const) {
        process.onSignal(signal, () => {
          const how = signal === 'QUIT' ? 'gracefully shutting down' : 'exiting';
          log('notice', `signal ${SIGNALS[signal]} (SIG${signal}) received, ${how}`);
          log('notice', 'exit');
          resume(0);
        });
      }
      return undefined;
    });
  });
}

/** Of the first server in conf.d. */
function readSite({ files }: ProcessContext): Site {
  const text = files
    .glob('/etc/nginx/conf.d/*.conf')
    .map((path) => readTextIfThere(files, path) ?? '')
    .join('\n');
  const port = /^\s*listen\s+(?:[\d.]+:)?(?<port>\d+)/m.exec(text)?.groups?.['port'];
  const root = /^\s*root\s+(?<root>[^;\s]+)/m.exec(text)?.groups?.['root'];
  return { port: Number(port ?? 80), root: root ?? '/etc/nginx/html' };
}

function handler(
  { kernel, files, streams }: ProcessContext,
  { root }: Site,
  version: string,
  log: (level: string, text: string) => void,
): HttpHandler {
  let connections = 0;
  return ({ method, path, headers = {}, peer }) => {
    connections += 1;
    const client = peer?.address ?? '-';
    const file = `${root}${path.endsWith('/') ? `${path}index.html` : path}`;
    const text = readTextIfThere(files, file);
    const status = text !== undefined ? 200 : path.endsWith('/') && files.exists(`${root}${path}`) ? 403 : 404;
    const body = text ?? errorPage(status, version);
    if (status !== 200) {
      const why =
        status === 403
          ? `directory index of "${root}${path}" is forbidden`
          : `open() "${file}" failed (2: No such file or directory)`;
      const request = `client: ${client}, server: localhost, request: "${method} ${path} HTTP/1.1", host: "${headers['host'] ?? ''}"`;
      log('error', `*${connections} ${why}, ${request}`);
    }
    streams.out(
      `${client} - - [${accessTime(kernel.now)}] "${method} ${path} HTTP/1.1" ${status} ${body.length} "-" "${headers['user-agent'] ?? '-'}" "-"\n`,
    );
    return { status, headers: { server: `nginx/${version}`, 'content-type': 'text/html' }, body };
  };
}

const REASONS: Readonly<Record<number, string>> = { 403: '403 Forbidden', 404: '404 Not Found' };

function errorPage(status: number, version: string): string {
  const reason = REASONS[status] ?? `${status}`;
  return `<html>\r\n<head><title>${reason}</title></head>\r\n<body>\r\n<center><h1>${reason}</h1></center>\r\n<hr><center>nginx/${version}</center>\r\n</body>\r\n</html>\r\n`;
}

/** `2026/11/23 06:00:00` */
function errorTime(now: number): string {
  return timestamp(now).replaceAll('-', '/').replace('T', ' ').slice(0, 19);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23/Nov/2026:06:00:00 +0000` */
function accessTime(now: number): string {
  const { year, month, day } = calendarTime(now);
  return `${String(day).padStart(2, '0')}/${MONTHS[month - 1]}/${year}:${timestamp(now).slice(11, 19)} +0000`;
}
