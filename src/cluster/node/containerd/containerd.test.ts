import { describe, expect, it } from 'vitest';
import type { PodSandbox } from '#machine/cri.ts';
import { rpcOf, setUp } from './test-containerd.ts';

describe('a sandbox', () => {
  it('has an address and processes of its own, until it is removed', () => {
    const { containerd, files, pids, events, run, sandbox } = setUp();
    const id = sandbox();
    expect(containerd.podSandboxes()).toMatchObject([{ id, state: 'READY', ip: '10.244.1.2' }]);
    const names = () =>
      pids
        .tableFor(0)
        .rows()
        .map(({ argv, uid }) => [argv[0], uid]);
    expect(names()).toEqual([
      ['/usr/local/bin/containerd-shim-runc-v2', 0],
      ['/pause', 65_535],
    ]);
    expect(files.readText(`/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${id}/resolv.conf`)).toBe(
      'search default.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    );
    run(containerd.stopPodSandbox(id));
    expect(containerd.podSandboxes()).toMatchObject([{ state: 'NOTREADY' }]);
    expect(names()).toEqual([]);
    run(containerd.removePodSandbox(id));
    expect(containerd.podSandboxes()).toEqual([]);
    expect(events).toEqual(['STARTED sandbox', 'STOPPED sandbox', 'DELETED sandbox']);
  });

  it('is not ready without its pause process, while its containers go on', () => {
    const { containerd, pids, start } = setUp();
    start();
    const pause = containerd.podSandboxes()[0]?.pid ?? 0;
    expect(pids.tableFor(0).kill(pause, 'KILL')).toBe(true);
    expect(containerd.podSandboxes()[0]?.state).toBe('NOTREADY');
    expect(containerd.containers()[0]?.state).toBe('RUNNING');
  });

  it('loses its containers with its shim', () => {
    const { containerd, pids, start } = setUp();
    start();
    const [shim] = pids.tableFor(0).rows();
    pids.tableFor(0).kill(shim?.pid ?? 0, 'KILL');
    expect(containerd.containers()).toMatchObject([{ state: 'EXITED', exitCode: 137 }]);
    expect(pids.tableFor(0).rows()).toEqual([]);
  });
});

describe('images', () => {
  it('are pulled, listed and removed', () => {
    const { containerd, run } = setUp();
    const id = run(containerd.pullImage('tool:1'));
    expect(containerd.images()).toMatchObject([{ id, repoTags: ['docker.io/library/tool:1'], size: 6_000_000 }]);
    expect(containerd.imageStatus('docker.io/library/tool:1')?.id).toBe(id);
    containerd.removeImage('tool:1');
    expect(containerd.images()).toEqual([]);
  });

  it.each([
    ['tool:2', 'docker.io/library/tool:2', 'docker.io/library/tool:2: not found'],
    [
      'nobody/nothing:latest',
      'docker.io/nobody/nothing:latest',
      'pull access denied, repository does not exist or may',
    ],
    [
      'registry.k8s.io/kube-apiserver:v9',
      'registry.k8s.io/kube-apiserver:v9',
      'registry.k8s.io/kube-apiserver:v9: not f',
    ],
  ])('that no registry has end in an error: %s', (reference, complete, why) => {
    const { containerd, run } = setUp();
    expect(rpcOf(() => run(containerd.pullImage(reference)))).toContain(
      `rpc error: code = NotFound desc = failed to pull and unpack image "${complete}": failed to resolve reference "${complete}": ${why}`,
    );
  });
});

describe('containerd', () => {
  it('answers nothing while it does not run, and its containers go on', () => {
    const { containerd, files, start } = setUp();
    start();
    files.mknod('/run/containerd/containerd.sock', 'socket');
    containerd.setRunning(false);
    const dial =
      'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: ';
    expect(rpcOf(() => containerd.status())).toBe(`rpc error: code = Unavailable desc = ${dial}connection refused"`);
    files.unlink('/run/containerd/containerd.sock');
    expect(rpcOf(() => containerd.podSandboxes())).toBe(
      `rpc error: code = Unavailable desc = ${dial}no such file or directory"`,
    );
    expect(containerd.shims()).toHaveLength(1);
    containerd.setRunning(true);
    const found: readonly PodSandbox[] = containerd.podSandboxes();
    expect(found).toHaveLength(1);
    expect(containerd.containers()[0]?.state).toBe('RUNNING');
  });
});
