import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { imageLayer } from '../node/containerd/image-layer.ts';
import { FileSystemView } from '../node/file-system/view.ts';
import { Network } from '../node/network/network.ts';
import { startProcess } from '../node/processes/test-process.ts';
import { nginxProgram } from './nginx.ts';
import { NGINX_FILES } from './nginx-files.ts';

function setUp(change: (files: FileSystemView) => void = () => undefined) {
  const kernel = new Kernel({ start: Date.UTC(2026, 10, 23, 6), seed: 1 });
  const image = {
    repository: 'nginx',
    tags: [],
    size: 0,
    entrypoint: [],
    command: [],
    programs: {},
    files: NGINX_FILES,
  };
  const files = FileSystemView.of(imageLayer(kernel, image));
  change(files);
  const sockets = new Network(kernel).machine();
  const program = nginxProgram('1.29.3');
  const argv = ['nginx', '-g', 'daemon off;'];
  const { process, output, exits } = startProcess({ kernel, hostname: 'web', sockets, files, program, argv });
  const get = (path: string, port = 80) =>
    sockets.connect('tcp', '127.0.0.1', port).serves.http?.({ method: 'GET', path, peer: { address: '10.244.1.7' } });
  return { kernel, files, process, output, exits, get };
}

describe('nginx', () => {
  it('serves the files of its root, as they are when they are asked for', () => {
    const { files, output, get } = setUp();
    expect(get('/')).toMatchObject({ status: 200, headers: { server: 'nginx/1.29.3' } });
    expect(get('/')?.body).toContain('Welcome to nginx!');
    files.writeText('/usr/share/nginx/html/index.html', 'changed\n');
    expect(get('/index.html')?.body).toBe('changed\n');
    expect(output.out.split('\n')[0]).toBe(
      '10.244.1.7 - - [23/Nov/2026:06:00:00 +0000] "GET / HTTP/1.1" 200 195 "-" "-" "-"',
    );
  });

  it('tells of what it has not', () => {
    const { files, output, get } = setUp();
    expect(get('/nothing')).toMatchObject({ status: 404 });
    expect(output.error).toContain(
      '[error] 1#1: *1 open() "/usr/share/nginx/html/nothing" failed (2: No such file or directory), client: 10.244.1.7, server: localhost, request: "GET /nothing HTTP/1.1"',
    );
    files.unlink('/usr/share/nginx/html/index.html');
    expect(get('/')).toMatchObject({ status: 403 });
    expect(output.error).toContain('directory index of "/usr/share/nginx/html/" is forbidden');
  });

  it('listens where its configuration says, and not without one', () => {
    const { get } = setUp((files) =>
      files.writeText('/etc/nginx/conf.d/default.conf', 'server {\n  listen 8080;\n  root /srv;\n}\n'),
    );
    expect(() => get('/')).toThrow('connection refused');
    expect(get('/', 8080)).toMatchObject({ status: 404 });
    const { exits, output } = setUp((files) => files.unlink('/etc/nginx/nginx.conf'));
    expect(exits).toEqual([{ code: 1 }]);
    expect(output.error).toContain('nginx: [emerg] open() "/etc/nginx/nginx.conf" failed');
  });

  it('ends by its signals', () => {
    const { kernel, process, exits, output, get } = setUp();
    process.kill('QUIT');
    kernel.runFor(1);
    expect(exits).toEqual([{ code: 0 }]);
    expect(output.error).toContain('signal 3 (SIGQUIT) received, gracefully shutting down');
    expect(() => get('/')).toThrow('connection refused');
  });
});
