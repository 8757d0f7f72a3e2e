import type { Routine } from '#kernel/coroutine.ts';
import { FsError, type OpenFile } from '#machine/file-system.ts';
import { utf8Encode } from '#machine/utf8.ts';
import { readSeconds } from '../simple.ts';
import type { Invocation, Tool } from '../tool.ts';
import { refuseUsage } from '../words.ts';
import { connect, Unreachable } from './connect.ts';
import { copyBody, fetch, header, readUrl, statusLine, type Url } from './http.ts';
import { resolveHost } from './resolve.ts';

const PATIENCE = 900;
const MAX_REDIRECTS = 5;

/** wget, with busybox' words. */
export const wget: Tool = {
  options: {
    flags: 'qcS',
    values: 'OTtUPY',
    long: {
      spider: 'spider',
      quiet: 'q',
      'timeout=': 'T',
      'tries=': 't',
      'output-document=': 'O',
      'no-check-certificate': 'insecure',
      'server-response': 'S',
      'header=': 'header',
      'post-data=': 'post',
      'user-agent=': 'U',
    },
  },
  *run(invocation) {
    const { operands, has, complain, value } = invocation;
    const missing = ['c', 'P', 'Y'].find((letter) => has(letter));
    if (missing !== undefined) {
      complain(`-${missing} is not simulated here`);
      return 2;
    }
    const [text] = operands;
    if (text === undefined) return refuseUsage(invocation, 'missing URL');
    const tries = Number(value('t') ?? 1);
    let status = 1;
    for (let left = Math.max(1, tries); left > 0 && status !== 0; left -= 1)
      status = yield* download(invocation, text, 0);
    return status;
  },
};

function* download(invocation: Invocation, text: string, redirects: number): Routine<number> {
  const { process, has, value, complain, given } = invocation;
  const { streams } = process;
  const url = readUrl(text);
  if (!url) {
    complain(`not an http or ftp url: ${text}`);
    return 1;
  }
  const address = resolveHost(process, url.host);
  if (address === undefined) {
    complain(`bad address '${url.host}'`);
    return 1;
  }
  if (!has('q'))
    streams.error(
      `Connecting to ${url.host}${url.port === 80 || url.port === 443 ? '' : `:${url.port}`} (${address}:${url.port})\n`,
    );
  const patience = (readSeconds(value('T') ?? '') ?? PATIENCE) * 1000;
  try {
    const listener = yield* connect(process, 'tcp', address, url.port, patience);
    const { certificate } = listener.serves;
    if (url.scheme === 'https' && !certificate) {
      complain('error getting response: Connection reset by peer');
      return 1;
    }
    if (url.scheme === 'https' && !has('insecure') && !has('q'))
      complain('note: TLS certificate validation not implemented');
    const headers = Object.fromEntries(
      given.flatMap(([option, line = '']) => (option === 'header' ? [readHeader(line)] : [])),
    );
    const response = fetch(process, listener, {
      method: has('spider') ? 'HEAD' : value('post') === undefined ? 'GET' : 'POST',
      url,
      address,
      headers: { host: hostOf(url), 'user-agent': value('U') ?? 'Wget', connection: 'close', ...headers },
      ...(value('post') !== undefined && { body: value('post') ?? '' }),
    });
    if (!response) {
      complain('error getting response');
      return 1;
    }
    if (has('S'))
      streams.error(
        `  ${statusLine(response)}\n${Object.entries(response.headers ?? {})
          .map(([name, each]) => `  ${name}: ${each}\n`)
          .join('')}`,
      );
    const location = header(response, 'location');
    if (response.status >= 300 && response.status < 400 && location !== undefined && redirects < MAX_REDIRECTS)
      return yield* download(
        invocation,
        location.startsWith('/') ? `${url.scheme}://${hostOf(url)}${location}` : location,
        redirects + 1,
      );
    if (response.status >= 400) {
      complain(`server returned error: ${statusLine(response)}`);
      return 1;
    }
    if (has('spider')) {
      if (!has('q')) streams.error('remote file exists\n');
      return 0;
    }
    return yield* save(invocation, url, (write) => copyBody(process, response, write));
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    complain(
      error.kind === 'timeout' ? 'download timed out' : `can't connect to remote host (${address}): ${error.message}`,
    );
    return 1;
  }
}

function hostOf({ host, port, scheme }: Url): string {
  return port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
}

export function readHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

/** To standard output, or to a file of the last name of the path, which must not be there. */
function* save(
  { process, value, has, complain }: Invocation,
  { path }: Url,
  copy: (write: (text: string) => void) => Routine<void>,
): Routine<number> {
  const { files, streams } = process;
  const name = value('O') ?? (path.split('?')[0]?.split('/').at(-1) || 'index.html');
  const isOutput = name === '-';
  const tell = (text: string) => {
    if (!has('q')) streams.error(text);
  };
  let file: OpenFile | undefined;
  try {
    const chosen = value('O') !== undefined;
    if (!isOutput) file = files.open(name, { access: 'write', create: true, truncate: chosen, exclusive: !chosen });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    complain(`can't open '${name}': ${error.message}`);
    return 1;
  }
  tell(isOutput ? 'writing to stdout\n' : `saving to '${name}'\n`);
  let size = 0;
  yield* copy((text) => {
    const bytes = utf8Encode(text);
    size += bytes.length;
    if (file) file.write(bytes);
    else streams.out(text);
  });
  tell(`${name.slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${String(size).padStart(5)}  0:00:00 ETA\n`);
  tell(isOutput ? 'written to stdout\n' : `'${name}' saved\n`);
  return 0;
}
