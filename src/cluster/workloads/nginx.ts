import { calendarTime, timestamp } from '#kernel/calendar.ts';
import { type Routine, wait } from '#kernel/coroutine.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { HttpHandler } from '#machine/http.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { AddressInUse } from '#machine/sockets.ts';

const PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, nginx is successfully installed and working.</p>
</body>
</html>
`;

const ROOT = '/usr/share/nginx/html';

/** nginx with its usual configuration: pages of /usr/share/nginx/html on port 80, its logs on the standard streams. */
export function nginxProgram(version: string): Program {
  return function* nginx(process: ProcessContext): Routine<number> {
    const { kernel, streams, sockets, pid, files } = process;
    const note = (text: string) => {
      const time = timestamp(kernel.now).replaceAll('-', '/').replace('T', ' ').slice(0, 19);
      streams.error(`${time} [notice] ${pid}#${pid}: ${text}\n`);
    };
    if (process.argv.includes('-v')) {
      streams.error(`nginx version: nginx/${version}\n`);
      return 0;
    }
    const serve: HttpHandler = ({ method, path, headers = {}, peer }) => {
      const file =
        readTextIfThere(files, `${ROOT}${path.endsWith('/') ? `${path}index.html` : path}`) ??
        (path === '/' || path === '/index.html' ? PAGE : undefined);
      const status = file === undefined ? 404 : 200;
      const body = file ?? notFoundPage(version);
      const agent = headers['user-agent'] ?? '-';
      streams.out(
        `${peer?.address ?? '-'} - - [${accessTime(kernel.now)}] "${method} ${path} HTTP/1.1" ${status} ${body.length} "-" "${agent}" "-"\n`,
      );
      return { status, headers: { server: `nginx/${version}`, 'content-type': 'text/html' }, body };
    };
    try {
      const listener = sockets.listen({
        protocol: 'tcp',
        address: '0.0.0.0',
        port: 80,
        pid,
        program: 'nginx',
        serves: { http: serve },
      });
      process.onExit(() => listener.close());
    } catch (error) {
      if (!(error instanceof AddressInUse)) throw error;
      streams.error('nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n');
      return 1;
    }
    note('using the "epoll" event method');
    note(`nginx/${version}`);
    note('start worker processes');
    return yield* wait<number>((resume) => {
      for (const signal of ['TERM', 'INT', 'QUIT'] as const) {
        process.onSignal(signal, () => {
          const number = { TERM: 15, INT: 2, QUIT: 3 }[signal];
          note(
            `signal ${number} (SIG${signal}) received, ${signal === 'QUIT' ? 'gracefully shutting down' : 'exiting'}`,
          );
          note('exit');
          resume(0);
        });
      }
      return undefined;
    });
  };
}

function notFoundPage(version: string): string {
  return `<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/${version}</center>\r\n</body>\r\n</html>\r\n`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23/Nov/2026:06:00:00 +0000` */
function accessTime(now: number): string {
  const { year, month, day } = calendarTime(now);
  return `${String(day).padStart(2, '0')}/${MONTHS[month - 1]}/${year}:${timestamp(now).slice(11, 19)} +0000`;
}
