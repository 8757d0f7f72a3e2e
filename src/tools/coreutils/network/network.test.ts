import { describe, expect, it } from 'vitest';
import type { HttpHandler, HttpRequest } from '#machine/http.ts';
import { ConnectError, type Listener, type Served, type Sockets } from '#machine/sockets.ts';
import { World } from '../../../shell/test-world.ts';
import { BUSYBOX, GNU } from '../index.ts';

const RESOLV = 'search default.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';
const asked: HttpRequest[] = [];
const web: HttpHandler = (request) => {
  asked.push(request);
  if (request.path === '/missing') return { status: 404, body: 'no' };
  if (request.path === '/old') return { status: 302, headers: { location: '/new' } };
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: `${request.method} ${request.path}\n` };
};
const SERVED: Readonly<Record<string, Served>> = {
  'tcp 10.96.0.20:80': { http: web },
  'tcp 10.96.0.20:443': { http: web, certificate: () => 'PEM' },
  'udp 10.96.0.10:53': {
    dns: (name, type) =>
      name === 'web.default.svc.cluster.local'
        ? { code: 'NOERROR', records: type === 'A' ? [{ name, type, ttl: 30, data: '10.96.0.20' }] : [] }
        : { code: 'NXDOMAIN', records: [] },
  },
};
/** A Pod of the cluster's network. */
const CONNECT: Pick<Sockets, 'addresses' | 'connect'> = {
  addresses: ['10.244.1.5'],
  connect: (protocol, address, port): Listener => {
    const serves = SERVED[`${protocol} ${address}:${port}`];
    if (serves) return { protocol, address, port, pid: 1, program: 'web', serves };
    if (address === '10.244.9.9') throw new ConnectError('connect: no route to host');
    throw new ConnectError(port === 81 ? 'i/o timeout' : 'connect: connection refused');
  },
};

function run(programs: typeof BUSYBOX, ...argv: string[]) {
  const world = new World({ ...programs }, { '/etc/resolv.conf': RESOLV });
  const { netfilter, routes } = world.sockets;
  const own = {
    ...CONNECT,
    netfilter,
    routes,
    listen: () => ({ close: () => undefined }),
    listeners: () => [],
    connections: () => [],
  };
  const sockets: Sockets = { ...own, of: () => ({ ...sockets, close: () => undefined }) };
  world.sockets = sockets;
  const start = world.kernel.now;
  const result = world.run(argv, {}, 1_000_000);
  return { ...result, seconds: (world.kernel.now - start) / 1000, world };
}

describe('wget', () => {
  it('gets what is there, by a name that the search list completes', () => {
    const { out, error, code } = run(BUSYBOX, 'wget', '-qO-', 'http://web/a?b=c');
    expect([out, error, code]).toEqual(['GET /a\n', '', 0]);
    expect(asked.at(-1)).toMatchObject({
      query: { b: 'c' },
      headers: { host: 'web', 'user-agent': 'Wget' },
      peer: { address: '10.244.1.5' },
    });
  });
  it('saves a file, follows a redirection, and only looks', () => {
    const { world, error } = run(BUSYBOX, 'wget', 'http://web/old');
    expect(world.files.readText('/data/new')).toBe('GET /new\n');
    expect(error).toContain("saving to 'new'\n");
    const spider = run(BUSYBOX, 'wget', '--spider', 'web');
    expect([spider.error, spider.code]).toEqual(['Connecting to web (10.96.0.20:80)\nremote file exists\n', 0]);
  });
  it.each([
    ['http://web/missing', 'wget: server returned error: HTTP/1.1 404 Not Found\n', 0],
    ['http://nope', "wget: bad address 'nope'\n", 0],
    ['http://web:8080', "wget: can't connect to remote host (10.96.0.20): Connection refused\n", 0],
    ['http://web:81', 'wget: download timed out\n', 2],
    ['http://10.244.9.9', 'wget: download timed out\n', 2],
  ])('says why it has not got %s', (url, message, seconds) => {
    const result = run(BUSYBOX, 'wget', '-qO-', '-T', '2', url);
    expect([result.error, result.code, result.seconds]).toEqual([message, 1, seconds]);
  });
});

describe('curl', () => {
  it('shows bodies, heads and what is asked of it', () => {
    expect(run(GNU, 'curl', '-s', 'web/x').out).toBe('GET /x\n');
    expect(run(GNU, 'curl', '-sI', 'http://web').out).toBe(
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Mon, 23 Nov 2026 06:00:00 GMT\r\nContent-Length: 7\r\n\r\n',
    );
    expect(run(GNU, 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}\\n', 'http://web/missing').out).toBe('404\n');
    expect(run(GNU, 'curl', '-sd', 'a=1', '-H', 'X-One: 1', 'http://web/').out).toBe('POST /\n');
    expect(asked.at(-1)).toMatchObject({ body: 'a=1', headers: { 'x-one': '1' } });
    expect(run(GNU, 'curl', '-sk', 'https://web/').out).toBe('GET /\n');
  });
  it.each([
    [['http://nope'], 6, 'curl: (6) Could not resolve host: nope\n'],
    [['http://web:8080'], 7, 'curl: (7) Failed to connect to web port 8080 after 0 ms: Could not connect to server\n'],
    [['-m', '3', 'http://web:81'], 28, 'curl: (28) Connection timed out after 3000 milliseconds\n'],
    [['-f', 'http://web/missing'], 22, 'curl: (22) The requested URL returned error: 404\n'],
    [['--cacert', 'ca.crt', 'https://web'], 2, 'curl: --cacert is not simulated here\n'],
    [['-s', 'http://nope'], 6, ''],
  ])('%j ends with %d', (words, code, error) => {
    const result = run(GNU, 'curl', ...words);
    expect([result.code, result.error]).toEqual([code, error]);
  });
  it('does not trust a certificate of an authority that it does not know', () => {
    const { code, error } = run(GNU, 'curl', 'https://web/');
    expect(code).toBe(60);
    expect(error).toMatch(/^curl: \(60\) SSL certificate problem: unable to get local issuer certificate\n/);
  });
});

describe('names and reachability', () => {
  it('nslookup asks the name server', () => {
    const found = run(BUSYBOX, 'nslookup', 'web.default.svc.cluster.local');
    expect([found.out, found.code]).toEqual([
      'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tweb.default.svc.cluster.local\nAddress: 10.96.0.20\n\n\n',
      0,
    ]);
    const missing = run(BUSYBOX, 'nslookup', 'nope.default');
    expect(missing.out).toContain("** server can't find nope.default: NXDOMAIN\n\n");
    expect(missing.code).toBe(1);
    const refused = run(BUSYBOX, 'nslookup', 'web', '10.0.0.1');
    expect([refused.error, refused.code]).toEqual(["nslookup: write to '10.0.0.1': Connection refused\n", 1]);
  });
  it('ping counts who answers', () => {
    const { out, code, seconds } = run(BUSYBOX, 'ping', '-c', '3', '10.244.2.7');
    expect(out).toMatch(
      /^PING 10\.244\.2\.7 \(10\.244\.2\.7\): 56 data bytes\n64 bytes from 10\.244\.2\.7: seq=0 ttl=62 time=0\.\d{3} ms\n(?:.*\n){2}\n--- 10\.244\.2\.7 ping statistics ---\n3 packets transmitted, 3 packets received, 0% packet loss\nround-trip min\/avg\/max = .* ms\n$/,
    );
    expect([code, seconds]).toEqual([0, 2]);
    const lost = run(BUSYBOX, 'ping', '-c', '1', '-W', '1', '10.244.9.9');
    expect(lost.out).toContain('1 packets transmitted, 0 packets received, 100% packet loss\n');
    expect([lost.code, lost.seconds]).toEqual([1, 1]);
    expect(run(BUSYBOX, 'ping', '-c', '1', 'nope').error).toBe("ping: bad address 'nope'\n");
  });
  it('nc looks whether a port is open', () => {
    const open = run(BUSYBOX, 'nc', '-zv', 'web', '80');
    expect([open.error, open.code]).toEqual(['web (10.96.0.20:80) open\n', 0]);
    const closed = run(BUSYBOX, 'nc', '-zv', '-w', '2', 'web', '8080');
    expect([closed.error, closed.code]).toEqual(['nc: web (10.96.0.20:8080): Connection refused\n', 1]);
    expect(run(BUSYBOX, 'nc', '-l', '80').code).toBe(2);
  });
});
