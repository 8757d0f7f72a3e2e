import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import type { HttpHandler } from '#machine/http.ts';
import { configMap as configMapKind } from '../api/kinds/core/config-map.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { lease as leaseKind } from '../api/kinds/other/lease.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Client } from '../client/client.ts';
import { FileSystemView } from '../node/file-system/view.ts';
import { Volume } from '../node/file-system/volume.ts';
import { Network } from '../node/network/network.ts';
import { startProcess } from '../node/processes/test-process.ts';
import { Store } from '../store/store.ts';
import { schedulerProgram } from './kube-scheduler.ts';

// Lines are those of a real kube-scheduler v1.36.4.

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`;
const FILES: Readonly<Record<string, string>> = {
  '/sc.conf': KUBECONFIG,
  '/bad.conf': 'a: b: c\n',
  '/empty.conf': '',
  '/kindless.yaml': 'apiVersion: v1\n',
  '/other.yaml': 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: Foo\n',
  '/unknown.yaml': 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nfoo: bar\n',
  '/profiles.yaml': 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: []\n',
  '/alone.yaml': `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
clientConnection: {kubeconfig: /sc.conf}
leaderElection: {leaderElect: false}
`,
};
const KUBEADM = ['--authentication-kubeconfig=/sc.conf', '--bind-address=127.0.0.1', '--kubeconfig=/sc.conf'];

function setUp({ hasAuthorities = true } = {}) {
  const kernel = new Kernel({ start: Date.UTC(2026, 10, 23, 6), seed: 1 });
  const sockets = new Network(kernel).machine();
  const server = new ApiServer({ kernel, store: new Store(kernel) });
  const served = server.connectAs({ name: 'system:admin', groups: ['system:masters'] });
  const client = new Client(served, 'test');
  for (const name of ['default', 'kube-system'])
    client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} });
  if (hasAuthorities) {
    const metadata = { name: 'extension-apiserver-authentication', namespace: 'kube-system' };
    client.create(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} });
  }
  const files = FileSystemView.of(new Volume(kernel, 1));
  for (const [path, text] of Object.entries(FILES)) files.writeText(path, text);
  const serve = (http: HttpHandler = served) => {
    const program = 'kube-apiserver';
    return sockets.listen({
      protocol: 'tcp',
      address: '*',
      port: 6443,
      pid: 1,
      program,
      serves: { http, certificate: () => '' },
    });
  };
  const start = (...args: readonly string[]) => {
    const argv = ['kube-scheduler', ...args];
    const started = { kernel, hostname: 'cp1', sockets, files, program: schedulerProgram, argv };
    const { process, output, exits } = startProcess(started);
    /** Without times and process. */
    const lines = () =>
      output.error
        .replaceAll(/^([IWEF])\d{4} [\d:.]+ +\d+ /gm, '$1 ')
        .trimEnd()
        .split('\n');
    return { process, output, exits, lines };
  };
  const health = (path: string, query = {}) => {
    const answer = sockets.connect('tcp', '127.0.0.1', 10_259).serves.http?.({ method: 'GET', path, query });
    return `${answer?.status} ${String(answer?.body).trimEnd()}`;
  };
  return { kernel, client, sockets, serve, start, health };
}

describe('kube-scheduler that cannot start', () => {
  it.each([
    [['--bogus'], 'Error: unknown flag: --bogus'],
    [['-x'], "Error: unknown shorthand flag: 'x' in -x"],
    [['extra', '--kubeconfig=x', 'more'], 'Error: "kube-scheduler" does not take any arguments, got ["extra" "more"]'],
    [['--kubeconfig'], 'Error: flag needs an argument: --kubeconfig'],
    [
      ['--leader-elect=maybe'],
      'Error: invalid argument "maybe" for "--leader-elect" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      ['--secure-port=abc'],
      'Error: invalid argument "abc" for "--secure-port" flag: strconv.ParseInt: parsing "abc": invalid syntax',
    ],
    [['--v=x'], 'Error: invalid argument "x" for "-v, --v" flag: strconv.ParseUint: parsing "x": invalid syntax'],
    [
      ['--kube-api-qps=abc'],
      'Error: invalid argument "abc" for "--kube-api-qps" flag: strconv.ParseFloat: parsing "abc": invalid syntax',
    ],
    [
      ['--leader-elect-lease-duration=abc'],
      'Error: invalid argument "abc" for "--leader-elect-lease-duration" flag: time: invalid duration "abc"',
    ],
    [['--bind-address=abc'], 'Error: invalid argument "abc" for "--bind-address" flag: failed to parse IP: "abc"'],
  ])('for flags %j', (args, line) => {
    const { start } = setUp();
    const { lines, exits } = start(...args);
    expect(lines()).toEqual([line]);
    expect(exits).toMatchObject([{ code: 1 }]);
  });

  const CERTIFICATE = 'I serving.go:411] Generated self-signed cert in-memory';
  const failed = (err: string) => `E run.go:72] "command failed" err=${JSON.stringify(err)}`;
  const EMPTY =
    'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable';

  it.each([
    [['--kubeconfig=/nope.conf'], 'stat /nope.conf: no such file or directory'],
    [
      ['--kubeconfig=/bad.conf'],
      'error loading config file "/bad.conf": yaml: mapping values are not allowed in this context',
    ],
    [['--kubeconfig=/empty.conf'], EMPTY],
    [['--config=/nope.yaml'], 'open /nope.yaml: no such file or directory'],
    [
      ['--config=/other.yaml'],
      'no kind "Foo" is registered for version "kubescheduler.config.k8s.io/v1" in scheme "pkg/runtime/scheme.go:111"',
    ],
    [['--config=/unknown.yaml'], 'strict decoding error: unknown field "foo"'],
    [['--config=/bad.conf'], 'yaml: mapping values are not allowed in this context'],
    [['--config=/profiles.yaml'], 'profiles of a KubeSchedulerConfiguration are not simulated here'],
    [
      ['--kubeconfig=/sc.conf', '--bind-address=127.0.0.1', '--secure-port=6443'],
      'failed to create listener: failed to listen on 127.0.0.1:6443: listen tcp 127.0.0.1:6443: bind: address already in use',
    ],
  ])('for files and ports %j', (args, err) => {
    const { start, serve } = setUp();
    serve();
    const { lines, exits } = start(...args);
    expect(lines()).toEqual([CERTIFICATE, failed(err)]);
    expect(exits).toMatchObject([{ code: 1 }]);
  });

  it('without a kubeconfig', () => {
    const { lines } = setUp().start();
    expect(lines()).toEqual([
      CERTIFICATE,
      'W client_config.go:683] Neither --kubeconfig nor --master was specified.  Using the inClusterConfig.  This might not work.',
      'W client_config.go:689] error creating inClusterConfig, falling back to default config: unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
      failed(EMPTY),
    ]);
  });

  it('with a configuration of no kind, which it shows', () => {
    const { lines } = setUp().start('--config=/kindless.yaml');
    expect(lines()).toEqual([
      CERTIFICATE,
      'E run.go:72] "command failed" err=<',
      "\tObject 'Kind' is missing in 'apiVersion: v1",
      "\t'",
      ' >',
    ]);
  });

  it('on a port that there is not', () => {
    const { lines } = setUp().start('--secure-port=99999');
    expect(lines()).toEqual([
      failed('--secure-port 99999 must be between 1 and 65535, inclusive. It cannot be turned off with 0'),
    ]);
  });

  it('with a kubeconfig for authentication that is missing', () => {
    const { lines } = setUp().start('--kubeconfig=/sc.conf', '--authorization-kubeconfig=/nope');
    expect(lines().at(-1)).toBe(
      failed(
        'failed to get delegated authorization kubeconfig: failed to get delegated authorization kubeconfig: stat /nope: no such file or directory',
      ),
    );
  });

  it('says its version', () => {
    const { output, exits } = setUp().start('--version');
    expect(output).toEqual({ out: 'Kubernetes v1.36.4\n', error: '' });
    expect(exits).toMatchObject([{ code: 0 }]);
  });
});

const CA = 'client-ca::kube-system::extension-apiserver-authentication';
const STARTED = [
  'I serving.go:411] Generated self-signed cert in-memory',
  'E options.go:205] The manifest file is empty, ignoring.',
  'I server.go:178] "Starting Kubernetes Scheduler" version="v1.36.4"',
  'I server.go:180] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""',
  'I requestheader_controller.go:180] Starting RequestHeaderAuthRequestController',
  'I shared_informer.go:402] "Waiting for caches to sync"',
  `I configmap_cafile_content.go:205] "Starting controller" name="${CA}::client-ca-file"`,
  'I shared_informer.go:402] "Waiting for caches to sync"',
  `I configmap_cafile_content.go:205] "Starting controller" name="${CA}::requestheader-client-ca-file"`,
  'I shared_informer.go:402] "Waiting for caches to sync"',
  'I secure_serving.go:214] Serving securely on 127.0.0.1:10259',
  'I tlsconfig.go:243] "Starting DynamicServingCertificateController"',
  'I shared_informer.go:409] "Caches are synced"',
  'I shared_informer.go:409] "Caches are synced"',
  'I shared_informer.go:409] "Caches are synced"',
  'I leaderelection.go:258] "Attempting to acquire leader lease..." lock="kube-system/kube-scheduler"',
  'I leaderelection.go:272] "Successfully acquired lease" lock="kube-system/kube-scheduler"',
];
const STOPPED = [
  'I secure_serving.go:262] Stopped listening on 127.0.0.1:10259',
  'I server.go:272] "[graceful-termination] secure server has stopped listening"',
  'I tlsconfig.go:258] "Shutting down DynamicServingCertificateController"',
  `I configmap_cafile_content.go:226] "Shutting down controller" name="${CA}::client-ca-file"`,
  `I configmap_cafile_content.go:226] "Shutting down controller" name="${CA}::requestheader-client-ca-file"`,
  'I requestheader_controller.go:194] Shutting down RequestHeaderAuthRequestController',
  'I server.go:274] "[graceful-termination] secure server is exiting"',
];

describe('kube-scheduler', () => {
  it('says how it starts and ends, and gives its lease up', () => {
    const { kernel, client, serve, start } = setUp();
    serve();
    const { process, lines, exits } = start(...KUBEADM);
    expect(lines()).toEqual(STARTED);
    kernel.runFor(5000);
    process.kill('TERM');
    kernel.runFor(1);
    expect(lines().slice(STARTED.length)).toEqual([...STOPPED, 'I server.go:324] "Requested to terminate, exiting"']);
    expect(exits).toMatchObject([{ code: 0 }]);
    expect(client.get(leaseKind, 'kube-system', 'kube-scheduler').spec.holderIdentity).toBe('');
  });

  it('ends when it cannot renew its lease', () => {
    const { kernel, serve, start, health } = setUp();
    const apiServer = serve();
    const { lines, exits } = start(...KUBEADM);
    apiServer.close();
    kernel.runFor(15_000);
    const err =
      'Get "https://127.0.0.1:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler?timeout=5s": dial tcp 127.0.0.1:6443: connect: connection refused';
    const values = `err=${JSON.stringify(err)} lock="kube-system/kube-scheduler"`;
    expect(lines().slice(STARTED.length)).toEqual([
      ...Array.from({ length: 5 }, () => `E leaderelection.go:461] "Error retrieving lease lock" ${values}`),
      'I leaderelection.go:304] "Failed to renew lease" lock="kube-system/kube-scheduler" err="context deadline exceeded"',
      `E leaderelection.go:323] "error retrieving resource lock" ${values}`,
      ...STOPPED,
      'E server.go:328] "Leaderelection lost"',
    ]);
    expect(exits).toMatchObject([{ code: 1 }]);
    expect(() => health('/livez')).toThrow();
  });

  it('waits for an API server, healthy but not ready', () => {
    const { kernel, serve, start, health } = setUp();
    const { lines } = start(...KUBEADM);
    const url = 'https://127.0.0.1:6443/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
    expect(lines()).toEqual([
      'I serving.go:411] Generated self-signed cert in-memory',
      `W authentication.go:397] Error looking up in-cluster authentication configuration: Get "${url}": dial tcp 127.0.0.1:6443: connect: connection refused`,
      'W authentication.go:398] Continuing without authentication configuration. This may treat all requests as anonymous.',
      'W authentication.go:399] To require authentication configuration lookup to succeed, set --authentication-tolerate-lookup-failure=false',
      'E options.go:205] The manifest file is empty, ignoring.',
      'I server.go:178] "Starting Kubernetes Scheduler" version="v1.36.4"',
      'I server.go:180] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""',
      `I configmap_cafile_content.go:205] "Starting controller" name="${CA}::client-ca-file"`,
      'I shared_informer.go:402] "Waiting for caches to sync"',
      'I secure_serving.go:214] Serving securely on 127.0.0.1:10259',
      'I tlsconfig.go:243] "Starting DynamicServingCertificateController"',
    ]);
    const waiting = lines().length;
    expect([health('/livez'), health('/healthz')]).toEqual(['200 ok', '200 ok']);
    expect(health('/readyz')).toBe(
      '500 [+]leaderElection ok\n[+]shutdown ok\n[-]sched-handler-sync failed: reason withheld\nreadyz check failed',
    );
    serve();
    kernel.runFor(60_000);
    expect(lines().slice(waiting)).toEqual(['I shared_informer.go:409] "Caches are synced"', ...STARTED.slice(-2)]);
    expect(health('/readyz')).toBe('200 ok');
    expect(health('/readyz', { verbose: '', exclude: 'shutdown' })).toBe(
      '200 [+]leaderElection ok\n[+]shutdown excluded: ok\n[+]sched-handler-sync ok\nreadyz check passed',
    );
    expect(health('/livez', { verbose: '' })).toBe('200 [+]ping ok\nlivez check passed');
    expect(health('/healthz', { verbose: '' })).toBe('200 [+]leaderElection ok\nhealthz check passed');
    expect(health('/metrics')).toMatch(/^403 .*cannot get path \\"\/metrics\\"/s);
    expect(health('/readyz/shutdown')).toMatch(/^403 /);
  });

  it('says what it must not see', () => {
    const { serve, start } = setUp();
    serve(() => {
      const message = 'pods is forbidden';
      return { status: 403, body: { kind: 'Status', status: 'Failure', message, reason: 'Forbidden', code: 403 } };
    });
    const { lines } = start(...KUBEADM);
    expect(lines()[1]).toMatch(
      /^W requestheader_controller.go:204] Unable to get configmap\/extension-apiserver-authentication in kube-system. {2}Usually/,
    );
    expect(lines()).toContain(
      'E reflector.go:227] "Failed to watch" err="failed to list *v1.Pod: pods is forbidden" logger="UnhandledError" reflector="k8s.io/client-go@v0.36.4/tools/cache/reflector.go:343" type="*v1.Pod"',
    );
  });

  it('binds Pods as long as it leads', () => {
    const { kernel, client, serve, start } = setUp();
    serve();
    start(...KUBEADM);
    client.create(nodeKind, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w1' }, spec: {} });
    client.patch(nodeKind, { metadata: { name: 'w1' } }, { spec: { taints: null } }, 'merge');
    const node = client.get(nodeKind, undefined, 'w1');
    client.updateStatus(nodeKind, { ...node, status: { allocatable: { cpu: '1', memory: '1Gi', pods: '5' } } });
    const spec = { serviceAccountName: 'none', containers: [{ name: 'c', image: 'nginx' }] };
    const draft = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default' }, spec } as const;
    client.request({
      method: 'POST',
      path: '/api/v1/namespaces/default/serviceaccounts',
      body: { metadata: { name: 'none' } },
    });
    client.create(podKind, draft);
    kernel.runFor(1);
    expect(client.get(podKind, 'default', 'web').spec.nodeName).toBe('w1');
  });

  it('leads without a lease when its configuration says so', () => {
    const { serve, start, client, health } = setUp({ hasAuthorities: false });
    serve();
    const { lines } = start('--config=/alone.yaml');
    expect(lines().join('\n')).not.toContain('leader');
    expect(client.find(leaseKind, 'kube-system', 'kube-scheduler')).toBeUndefined();
    expect(health('/readyz', { verbose: '' })).toBe(
      '200 [+]shutdown ok\n[+]sched-handler-sync ok\nreadyz check passed',
    );
  });

  it('shows its flags, plugins and configuration from verbosity 2 on', () => {
    const { serve, start } = setUp();
    serve();
    const { lines } = start(...KUBEADM, '--v=2');
    const text = lines().join('\n');
    expect(lines().slice(0, 3)).toEqual([
      'I flags.go:64] FLAG: --allow-metric-labels="[]"',
      'I flags.go:64] FLAG: --allow-metric-labels-manifest=""',
      'I flags.go:64] FLAG: --authentication-kubeconfig="/sc.conf"',
    ]);
    expect(lines().filter((line) => line.includes('FLAG: '))).toHaveLength(62);
    expect(text).toContain('FLAG: --v="2"');
    expect(text).toContain(
      'I requestheader_controller.go:255] Loaded a new request header values for RequestHeaderAuthRequestController\n',
    );
    expect(text).toContain(
      '"the scheduler starts to work with those plugins" Plugins={"PreEnqueue":{"Enabled":[{"Name":"SchedulingGates","Weight":0},{"Name":"DynamicResources","Weight":0},{"Name":"DefaultPreemption","Weight":0}],"Disabled":null},"QueueSort"',
    );
    expect(text).toContain(
      '"Using component config" config=<\n\tapiVersion: kubescheduler.config.k8s.io/v1\n\tclientConnection:\n\t  acceptContentTypes: ""\n\t  burst: 100\n',
    );
    expect(text).toContain('\n\t  schedulerName: default-scheduler\n >\n');
  });
});
