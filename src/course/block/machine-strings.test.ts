import { describe, expect, it } from 'vitest';
import { machineStringProblems } from './machine-strings.ts';

const place = { file: 'a.mdx', line: 10, column: 1 };
const found = (line: string) =>
  machineStringProblems(['fine', line], place).map((problem) => problem.message.split(',')[0]);

describe('machineStringProblems', () => {
  const bad: [line: string, what: string][] = [
    ['cp1  Ready  6.1.0-28-amd64', 'a kernel'],
    ['cp1  Ready  6.10.14-linuxkit', 'a kernel'],
    ['OS Image:  Debian GNU/Linux 12 (bookworm)', 'an operating system'],
    ['  "platform": "linux/amd64"', 'a processor'],
    ['nginx@sha256:0123456789ab', 'a digest'],
    ['cp1  Ready  containerd://2.1.3', 'a version of containerd'],
    ['docker.io/kindest/kindnetd   v20250512', 'an image of kind'],
    ['localhost:5001/library/nginx', 'a registry of one machine'],
    ['registry.k8s.io/pause   3.10   1a2b3c4d5e6f7   320kB', "an image's size"],
    ['  "gitCommit": "abc123",', 'a build'],
    ['  "goVersion": "go1.25.1",', 'a version of Go'],
    ['Server: nginx/1.27.0', 'a version of an image'],
    ['BusyBox v1.36.1 multi-call binary', 'a version of an image'],
    ['cgroup v1 is deprecated', 'a version of cgroups'],
    ['Nov 23 00:10:16 cka-worker2 kubelet[1]: x', "a host's name (nodes are cp1"],
    ['KUBE-SVC-NPX46M4PTMTKRN6Y  6    --  0.0.0.0/0   10.96.0.1', 'a protocol as one version of iptables prints it'],
  ];
  for (const [line, what] of bad) {
    it(`finds ${what} in: ${line}`, () => {
      expect(found(line)).toEqual([`the output shows ${what}`]);
    });
  }
  it('leaves what is the same everywhere', () => {
    const good = [
      'node-role.kubernetes.io/control-plane:NoSchedule',
      'KUBE-SVC-NPX46M4PTMTKRN6Y  [..]  --  0.0.0.0/0   10.96.0.1',
      'kube-scheduler-cp1   1/1   Running   0   32s',
      'endpoint: unix:///run/containerd/containerd.sock',
      'NAME   ROLES           VERSION',
      'cp1    control-plane   v1.36.4',
    ];
    expect(good.flatMap(found)).toEqual([]);
  });
  it('names the place and the cure', () => {
    expect(machineStringProblems(['', 'x go1.25.1'], place)[0]).toMatchObject({
      cure: 'Leave it out: write [..] in its place',
      place: { file: 'a.mdx', line: 11, column: 3 },
    });
  });
});
