import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import compression from 'compression';
import sirv from 'sirv';
import { headersOf, readHeaderRules } from './headers/netlify-headers.ts';

/** A running server; `url` has no slash at its end. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a built site on loopback as the host does: the headers of netlify.toml, folders by their index.html and with a slash,
 * 404.html with status 404, text compressed.
 *
 * @param port 0 for any free one
 * @throws Error that says what to do when the folder is missing or the port is taken
 */
export async function serveSite({ dir = 'dist', port = 0 }: { dir?: string; port?: number } = {}): Promise<Site> {
  if (!existsSync(join(dir, 'index.html'))) throw new Error(`${dir} holds no built site. Type "npm run build" first.`);
  const rules = await readHeaderRules('netlify.toml');
  const files = sirv(dir, { dev: true, etag: true });
  const pack = asConnect(compression());
  const server = createServer((request, response) => {
    const path = decodePath(request.url ?? '/');
    for (const [name, value] of headersOf(path, rules)) response.setHeader(name, value);
    if (!path.endsWith('/') && existsSync(join(dir, path, 'index.html'))) {
      response.writeHead(301, { Location: `${path}/` }).end();
      return;
    }
    pack(request, response, () => {
      files(request, response, () => {
        response.writeHead(404, { 'Content-Type': 'text/html; charset=utf-8' });
        response.end(notFoundPage(dir));
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken. Choose another: npm start -- --port ${port + 1}`)
          : error,
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Read anew each time, and missing while a build replaces the folder: the server outlives that. */
function notFoundPage(dir: string): string | Buffer {
  const file = join(dir, '404.html');
  return existsSync(file) ? readFileSync(file) : 'Not found';
}

/** A path that cannot be decoded is served as it is: nothing has that name, so it ends in 404. */
function decodePath(url: string): string {
  const path = url.replace(/[?#].*$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

type Connect = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Express' types ask for more than the middleware uses: it works on plain requests, as its documentation shows. */
function asConnect(middleware: unknown): Connect {
  return middleware as Connect;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: process.env['PORT'] ?? '4321' } } });
  try {
    const site = await serveSite({ port: Number(values.port) });
    console.log(`Clusterbook is at ${site.url}/ (Ctrl+C ends it)`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
