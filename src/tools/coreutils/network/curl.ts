import type { Routine } from '#kernel/coroutine.ts';
import { formatTime } from '#machine/c-library/strftime.ts';
import { FsError, readTextIfThere } from '#machine/file-system.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import { utf8Encode } from '#machine/utf8.ts';
import type { Invocation, Tool } from '../tool.ts';
import { connect, Unreachable } from './connect.ts';
import { bodyText, copyBody, fetch, header, readUrl, statusLine, type Url } from './http.ts';
import { isAddress, resolveHost } from './resolve.ts';
import { readHeader } from './wget.ts';

/** Its exit statuses. */
const [MALFORMED, UNRESOLVED, UNREACHED, HTTP_ERROR, TIMED_OUT, TLS_FAILED, UNTRUSTED] = [3, 6, 7, 22, 28, 35, 60];
const PATIENCE = 300;
const MAX_REDIRECTS = 50;
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export const curl: Tool = {
  options: {
    flags: 'sSvIifLkg',
    values: 'omwHXdAu',
    long: {
      silent: 's',
      'show-error': 'S',
      verbose: 'v',
      head: 'I',
      include: 'i',
      fail: 'f',
      location: 'L',
      insecure: 'k',
      'output=': 'o',
      'max-time=': 'm',
      'connect-timeout=': 'connect-timeout',
      'write-out=': 'w',
      'header=': 'H',
      'request=': 'X',
      'data=': 'd',
      'user-agent=': 'A',
    },
  },
  *run(invocation) {
    const { operands, has, complain, process } = invocation;
    if (has('u')) {
      complain('-u is not simulated here');
      return 2;
    }
    if (operands.length === 0) {
      process.streams.error("curl: try 'curl --help' or 'curl --manual' for more information\n");
      return 2;
    }
    let status = 0;
    for (const text of operands) status = yield* transfer(invocation, text, 0);
    return status;
  },
};

/** @returns the status that was told of */
function fail({ has, process }: Invocation, status: number, message: string): number {
  if (!has('s') || has('S')) process.streams.error(`curl: (${status}) ${message}\n`);
  return status;
}

function* transfer(invocation: Invocation, text: string, redirects: number): Routine<number> {
  const { process, has, value } = invocation;
  const { streams, kernel } = process;
  const start = kernel.now;
  const url = readUrl(text);
  if (!url) return fail(invocation, MALFORMED, 'URL rejected: Malformed input to a URL function');
  const address = resolveHost(process, url.host);
  if (address === undefined) {
    writeOut(invocation, undefined, url, start);
    return fail(invocation, UNRESOLVED, `Could not resolve host: ${url.host}`);
  }
  const tell = (line: string) => {
    if (has('v')) streams.error(`${line}\n`);
  };
  const patience = Number(value('connect-timeout') ?? value('m') ?? PATIENCE) * 1000;
  if (!isAddress(url.host)) tell(`* Host ${url.host}:${url.port} was resolved.\n* IPv6: (none)\n* IPv4: ${address}`);
  tell(`*   Trying ${address}:${url.port}...`);
  try {
    const listener = yield* connect(process, 'tcp', address, url.port, patience);
    tell(`* Connected to ${url.host} (${address}) port ${url.port}`);
    if (url.scheme === 'https' && !listener.serves.certificate)
      return fail(invocation, TLS_FAILED, 'OpenSSL/3.5.1: error:0A0000C6:SSL routines::packet length too long');
    if (url.scheme === 'https' && !has('k')) {
      writeOut(invocation, undefined, url, start);
      return fail(
        invocation,
        UNTRUSTED,
        'SSL certificate problem: unable to get local issuer certificate\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the webpage mentioned above.',
      );
    }
    const request = requestOf(invocation, url);
    if (!request) return 2;
    tell(`> ${request.method} ${url.path} HTTP/1.1`);
    for (const [name, each] of Object.entries(request.headers)) tell(`> ${properName(name)}: ${each}`);
    if (has('v')) streams.error('>\n');
    const response = fetch(process, listener, { ...request, url, address });
    if (!response) return fail(invocation, 52, 'Empty reply from server');
    tell(headText(invocation, response).trimEnd().replace(/^/gm, '< '));
    if (has('v')) streams.error('<\n');
    const location = header(response, 'location');
    if (
      has('L') &&
      response.status >= 300 &&
      response.status < 400 &&
      location !== undefined &&
      redirects < MAX_REDIRECTS
    )
      return yield* transfer(
        invocation,
        location.startsWith('/') ? `${url.scheme}://${url.host}:${url.port}${location}` : location,
        redirects + 1,
      );
    if (has('f') && response.status >= 400) {
      writeOut(invocation, response, url, start);
      return fail(invocation, HTTP_ERROR, `The requested URL returned error: ${response.status}`);
    }
    yield* show(invocation, response, request.method === 'HEAD');
    writeOut(invocation, response, url, start);
    return 0;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    writeOut(invocation, undefined, url, start);
    const milliseconds = Math.round(kernel.now - start);
    if (error.kind === 'timeout')
      return fail(invocation, TIMED_OUT, `Connection timed out after ${milliseconds} milliseconds`);
    const why = error.kind === 'refused' ? 'Could not connect to server' : error.message;
    return fail(
      invocation,
      UNREACHED,
      `Failed to connect to ${url.host} port ${url.port} after ${milliseconds} ms: ${why}`,
    );
  }
}

interface Request {
  readonly method: HttpRequest['method'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @returns undefined for a method that there is not, which was told */
function requestOf({ value, has, given, process, complain }: Invocation, url: Url): Request | undefined {
  const data = given.filter(([option]) => option === 'd').map(([, text = '']) => text);
  const body = data.length > 0 ? data.map((text) => readData(process, text)).join('&') : undefined;
  const method = value('X') ?? (has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST');
  if (!METHODS.includes(method)) {
    complain(`-X ${method} is not simulated here`);
    return undefined;
  }
  const own = given.flatMap(([option, line = '']) => (option === 'H' ? [readHeader(line)] : []));
  const usual = url.port === (url.scheme === 'https' ? 443 : 80);
  return {
    method: method as HttpRequest['method'],
    headers: {
      host: usual ? url.host : `${url.host}:${url.port}`,
      'user-agent': value('A') ?? 'curl/8.14.1',
      accept: '*/*',
      ...(body !== undefined && {
        'content-length': String(utf8Encode(body).length),
        'content-type': 'application/x-www-form-urlencoded',
      }),
      ...Object.fromEntries(own),
    },
    ...(body !== undefined && { body }),
  };
}

/** `-d @file` sends a file without its newlines. */
function readData({ files }: Invocation['process'], text: string): string {
  if (!text.startsWith('@')) return text;
  return (readTextIfThere(files, text.slice(1)) ?? '').replaceAll(/[\r\n]/g, '');
}

/** `content-type` is `Content-Type` on the wire of HTTP/1.1 as most servers write it. */
function properName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function headText({ process }: Invocation, response: HttpResponse): string {
  const { kernel } = process;
  const given = Object.entries(response.headers ?? {}).map(([name, each]) => `${properName(name)}: ${each}\r\n`);
  const names = Object.keys(response.headers ?? {});
  const body = response.stream ? undefined : bodyText(response);
  const length =
    body === undefined || names.includes('content-length') ? [] : [`Content-Length: ${utf8Encode(body).length}\r\n`];
  const date = names.includes('date') ? [] : [`Date: ${formatTime('%a, %d %b %Y %H:%M:%S GMT', kernel.now)}\r\n`];
  return `${statusLine(response)}\r\n${[...given, ...date, ...length].join('')}\r\n`;
}

function* show(invocation: Invocation, response: HttpResponse, isHead: boolean): Routine<void> {
  const { process, has, value, out } = invocation;
  const path = value('o');
  const head = has('I') || has('i') ? headText(invocation, response) : '';
  if (path === undefined || path === '-') {
    out(head);
    if (!isHead) yield* copyBody(process, response, out);
    return;
  }
  let text = head;
  if (!isHead)
    yield* copyBody(process, response, (more) => {
      text += more;
    });
  if (path === '/dev/null') return;
  try {
    process.files.writeText(path, text);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.streams.error(`Warning: Failed to open the file ${path}: ${error.message}\n`);
  }
}

/** `-w '%{http_code}\n'` */
function writeOut(
  { value, process, out }: Invocation,
  response: HttpResponse | undefined,
  url: Url,
  start: number,
): void {
  const format = value('w');
  if (format === undefined) return;
  const seconds = ((process.kernel.now - start) / 1000).toFixed(6);
  const variables: Readonly<Record<string, string>> = {
    http_code: response ? String(response.status) : '000',
    response_code: response ? String(response.status) : '000',
    size_download: response ? String(utf8Encode(bodyText(response)).length) : '0',
    time_total: seconds,
    time_connect: seconds,
    time_starttransfer: seconds,
    content_type: (response && header(response, 'content-type')) ?? '',
    url_effective: `${url.scheme}://${url.host}${url.port === 80 || url.port === 443 ? '' : `:${url.port}`}${url.path}`,
    remote_port: String(url.port),
  };
  out(
    format
      .replace(/%\{(\w+)\}/g, (_, name: string) => variables[name] ?? '')
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t')
      .replaceAll('%%', '%'),
  );
}
