import { beforeAll, describe, expect, it } from 'vitest';
import { Coroutine, type Routine } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import { Pipe } from '#machine/pipe.ts';
import type { ProcessContext, Program, StandardStreams } from '#machine/program.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { pod as podKind } from '../api/kinds/pod/pod.ts';
import { Client } from '../client/client.ts';
import { dial } from '../client/dial.ts';
import { Cluster } from '../cluster.ts';
import { readKubeconfig } from '../components/credentials.ts';
import { LESSONS } from '../profiles/lessons.ts';
import type { ClusterProfile } from '../profiles/profile.ts';
import { installFile } from './file-system/install.ts';
import type { ClusterNode } from './node.ts';

const PROFILE: ClusterProfile = { ...LESSONS, nodes: LESSONS.nodes.slice(0, 2) };
const CONFIG = '/var/lib/kubelet/config.yaml';
const KUBECONFIG = '/etc/kubernetes/kubelet.conf';

const SILENT: StandardStreams = {
  read: () => new Pipe().read(),
  out: () => undefined,
  error: () => undefined,
  drain: () => new Pipe().drain(),
  terminal: {},
};

function boot() {
  const kernel = new Kernel({ start: Date.UTC(2026, 10, 23, 6), seed: 1 });
  const seen: ProcessContext[] = [];
  const show: Program = function* (process) {
    seen.push(process);
    yield* process.streams.drain();
    return 5;
  };
  const cluster = new Cluster({ kernel, profile: PROFILE, nodePrograms: () => ({ '/usr/bin/show': show }) });
  cluster.start();
  const [controlPlane, worker] = [...cluster.nodes.values()] as [ClusterNode, ClusterNode];
  kernel.runFor(40_000);
  const { files, sockets } = controlPlane;
  const client = new Client(
    dial(kernel, sockets, readKubeconfig(files.readText('/etc/kubernetes/super-admin.conf'), files)),
    'test',
  );
  const ready = () => {
    const conditions = client.get(nodeKind, undefined, 'w1').status.conditions ?? [];
    const { status, message } = conditions.find(({ type }) => type === 'Ready') ?? { status: '', message: '' };
    return `${status} ${message}`;
  };
  const run = (routine: Routine<void>, milliseconds = 3_000) => {
    const errors: unknown[] = [];
    new Coroutine(
      kernel,
      routine,
      () => undefined,
      (error) => errors.push(error),
    );
    kernel.runFor(milliseconds);
    expect(errors).toEqual([]);
  };
  return { kernel, seen, controlPlane, worker, client, ready, run };
}

type Booted = ReturnType<typeof boot>;

/** The errors of the kubelet since a time, in microseconds, without klog's head. */
function complaints({ worker }: Booted, since: number): readonly string[] {
  return worker.journal
    .query({ units: ['kubelet.service'], since })
    .filter(({ message }) => message.startsWith('E') || message.startsWith('kubelet.service: Main'))
    .map(({ message }) => message.replace(/^E\d+ \S+ +\d+ /, ''));
}

describe('a node', () => {
  let booted: Booted;

  beforeAll(() => {
    booted = boot();
  });

  it('comes up by its units', () => {
    const { worker, ready } = booted;
    expect(ready()).toBe('True kubelet is posting ready status');
    for (const name of ['containerd', 'kubelet'])
      expect(worker.units.status(name)).toMatchObject({ activeState: 'active', subState: 'running', restarts: 0 });
    expect(worker.units.status('kubelet')).toMatchObject({
      fileState: 'enabled',
      dropIns: ['/etc/systemd/system/kubelet.service.d/10-kubeadm.conf'],
      controlGroup: '/kubelet.slice/kubelet.service',
    });
    const [{ command } = { command: '' }] = worker.units.status('kubelet').processes;
    expect(command).toContain('--config=/var/lib/kubelet/config.yaml --hostname-override=w1');
    const names = worker.processes.rows().map(({ argv }) => (argv[0] ?? '').split('/').at(-1));
    expect(names.slice(0, 3)).toEqual(['init', 'containerd', 'kubelet']);
    expect(names).toContain('kube-proxy');
  });

  it.each([
    ['/etc/kubernetes/manifests/etcd.yaml', 'file', 0o600],
    ['/etc/kubernetes/pki/ca.key', 'file', 0o600],
    ['/etc/kubernetes/pki/ca.crt', 'file', 0o644],
    ['/etc/kubernetes/admin.conf', 'file', 0o600],
    ['/var/lib/kubelet', 'directory', 0o700],
    ['/var/lib/kubelet/config.yaml', 'file', 0o644],
    ['/var/lib/kubelet/pki/kubelet-client-current.pem', 'file', 0o600],
    ['/etc/cni/net.d/10-kindnet.conflist', 'file', 0o644],
    ['/var/log/pods', 'directory', 0o750],
    ['/etc/os-release', 'file', 0o644],
    ['/usr/bin/kubelet', 'file', 0o755],
    ['/bin/kubelet', 'file', 0o755],
    ['/run/containerd/containerd.sock', 'socket', 0o660],
    ['/tmp', 'directory', 0o1777],
    ['/root', 'directory', 0o700],
  ] as const)('has %s as a real one', (path, kind, mode) => {
    expect(booted.controlPlane.files.stat(path)).toMatchObject({ kind, mode, uid: 0, gid: 0 });
  });

  it('has the logs of its containers, with links by Pod', () => {
    const { files } = booted.worker;
    const links = files.readdir('/var/log/containers');
    const [link] = links.filter((name) => name.startsWith('kube-proxy-'));
    expect(link).toMatch(/^kube-proxy-\w{5}_kube-system_kube-proxy-[0-9a-f]{64}\.log$/);
    expect(files.readlink(`/var/log/containers/${link}`)).toMatch(
      /^\/var\/log\/pods\/kube-system_kube-proxy-\w{5}_[-0-9a-f]{36}\/kube-proxy\/0\.log$/,
    );
    expect(files.stat(`/var/log/containers/${link}`)).toMatchObject({ kind: 'file', mode: 0o640 });
  });

  it('shows its processes in /proc', () => {
    const { files, processes } = booted.worker;
    const [init, containerd] = processes.rows();
    expect(files.readText(`/proc/${init?.pid}/comm`)).toBe('init\n');
    expect(files.readText(`/proc/${containerd?.pid}/cmdline`)).toBe('/usr/local/bin/containerd\0');
    expect(files.readdir('/proc')).toEqual(expect.arrayContaining(['1', 'meminfo', 'uptime']));
    expect(() => files.writeText('/proc/x', '')).toThrow('Read-only file system');
  });

  it('runs commands of its users', () => {
    const { kernel, worker, seen } = booted;
    const child = worker.run(['show', 'all'], { user: 'learner', streams: SILENT, env: { TERM: 'xterm' } });
    const codes: number[] = [];
    new Coroutine(
      kernel,
      child.wait(),
      (code) => codes.push(code),
      () => undefined,
    );
    kernel.runFor(1);
    expect(codes).toEqual([5]);
    expect(seen).toMatchObject([
      {
        argv: ['show', 'all'],
        hostname: 'w1',
        env: { USER: 'learner', HOME: '/home/learner', SHELL: '/bin/bash', TERM: 'xterm' },
        files: { workingDirectory: '/home/learner', credentials: { uid: 1000, gid: 1000 } },
      },
    ]);
    expect(() => worker.run(['nosuch'], { user: 'root', streams: SILENT })).toThrow('No such file or directory');
    expect(() => worker.run(['show'], { user: 'nobody-there', streams: SILENT })).toThrow('No such file or directory');
  });

  it('without containerd goes on, tells so after half a minute, and recovers', () => {
    const { kernel, worker, ready, run, client } = booted;
    const names = () => client.list(podKind, {}).items.filter(({ spec }) => spec.nodeName === 'w1').length;
    const before = worker.processes.rows().length;
    run(worker.units.stop('containerd'));
    expect(worker.files.exists('/run/containerd/containerd.sock')).toBe(false);
    expect(() => worker.containerd.status()).toThrow('connect: no such file or directory');
    expect(worker.processes.rows()).toHaveLength(before - 1);
    expect(ready()).toBe('True kubelet is posting ready status');
    kernel.runFor(40_000);
    expect(ready()).toBe('False container runtime is down');
    expect(names()).toBeGreaterThan(0);
    expect(worker.journal.query({ units: ['kubelet.service'], lines: 1 })[0]?.message).toMatch(
      /generic\.go:312\] "GenericPLEG: Unable to retrieve pods" err="rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix \/run\/containerd\/containerd\.sock: connect: no such file or directory\\""$/,
    );
    kernel.runFor(180_000);
    expect(ready()).toMatch(
      /^False \[container runtime is down, PLEG is not healthy: pleg was last seen active 3m[\d.]+s ago; threshold is 3m0s\]$/,
    );
    run(worker.units.start('containerd'), 15_000);
    expect(ready()).toBe('True kubelet is posting ready status');
  });

  it('whose kubelet is killed gets another one, which finds what runs', () => {
    const { kernel, worker, ready } = booted;
    const containers = () => worker.containerd.containers().map(({ id }) => id);
    const before = containers();
    const pid = worker.units.status('kubelet').main?.pid ?? 0;
    worker.processes.kill(pid, 'KILL');
    kernel.runFor(20_000);
    expect(worker.units.status('kubelet').main?.pid).not.toBe(pid);
    expect(ready()).toBe('True kubelet is posting ready status');
    expect(containers()).toEqual(before);
  });

  const dial =
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix';
  it.each([
    [
      'a configuration that is no JSON',
      CONFIG,
      () => '{',
      `failed to load kubelet config file, path: ${CONFIG}, error: failed to load Kubelet config file ${CONFIG}, error failed to decode: couldn't get version/kind; json parse error: unexpected end of JSON input`,
    ],
    [
      'a configuration of another kind',
      CONFIG,
      () => 'apiVersion: v1\n',
      `failed to load kubelet config file, path: ${CONFIG}, error: failed to load Kubelet config file ${CONFIG}, error failed to decode: Object 'Kind' is missing in '{"apiVersion":"v1"}'`,
    ],
    [
      'an empty configuration',
      CONFIG,
      () => '',
      `failed to load kubelet config file, path: ${CONFIG}, error: failed to load Kubelet config file ${CONFIG}, error kubelet config file "${CONFIG}" was empty`,
    ],
    [
      'a number that cannot be',
      CONFIG,
      (text: string) => `${text}maxPods: -1\n`,
      `failed to validate kubelet configuration, error: invalid configuration: maxPods (--max-pods) -1 must not be a negative number, path: ${CONFIG}`,
    ],
    [
      'an authority that is not there',
      CONFIG,
      (text: string) => text.replace('pki/ca.crt', 'pki/CA.crt'),
      'failed to run Kubelet: open /etc/kubernetes/pki/CA.crt: no such file or directory',
    ],
    [
      'a runtime that is not there',
      CONFIG,
      (text: string) => text.replace('containerd.sock', 'crio.sock'),
      `failed to run Kubelet: failed to create kubelet: get remote runtime typed version failed: ${dial} /run/containerd/crio.sock: connect: no such file or directory"`,
    ],
    [
      'no kubeconfig',
      KUBECONFIG,
      () => undefined,
      'failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory',
    ],
    [
      'a flag that it does not know',
      '/etc/default/kubelet',
      () => 'KUBELET_EXTRA_ARGS=--network-plugin=cni\n',
      'failed to parse kubelet flag: unknown flag: --network-plugin',
    ],
  ] as const)('whose kubelet has %s says why, again and again, and recovers', (_, path, change, why) => {
    const { kernel, worker, ready, run } = booted;
    const { mode } = worker.files.stat(path);
    const text = worker.files.readText(path);
    const changed = change(text);
    const since = kernel.now * 1000;
    if (changed === undefined) worker.files.unlink(path);
    else installFile(worker.files, path, changed, mode);
    run(worker.units.restart('kubelet'), 8_000);
    const failure = `run.go:72] "command failed" err=${JSON.stringify(why)}`;
    const told = complaints(booted, since);
    expect(told.slice(0, 2)).toEqual([failure, 'kubelet.service: Main process exited, code=exited, status=1/FAILURE']);
    expect(told.filter((line) => line === failure).length).toBeGreaterThan(1);
    installFile(worker.files, path, text, mode);
    kernel.runFor(20_000);
    expect(worker.units.status('kubelet').subState).toBe('running');
    expect(ready()).toBe('True kubelet is posting ready status');
  });

  it('whose kubeconfig is no YAML says so', () => {
    const { kernel, worker, run } = booted;
    const text = worker.files.readText(KUBECONFIG);
    const since = kernel.now * 1000;
    installFile(worker.files, KUBECONFIG, '}\n', 0o600);
    run(worker.units.restart('kubelet'), 500);
    expect(complaints(booted, since)[0]).toBe(
      'bootstrap.go:242] "Unhandled Error" err="unable to read existing bootstrap client config from /etc/kubernetes/kubelet.conf: error loading config file \\"/etc/kubernetes/kubelet.conf\\": yaml: did not find expected node content" logger="UnhandledError"',
    );
    installFile(worker.files, KUBECONFIG, text, 0o600);
  });
});
