import { describe, expect, it } from 'vitest';
import { compileLine, matchLine, noBindings } from './line-pattern.ts';
import { volatileRules } from './volatile-rules.ts';

const facts = { kubernetes: 'v1.36.4' };

/** By rule: an expected line, lines of other runs that it accepts, and real changes that it rejects. */
const table: Readonly<Record<string, readonly { line: string; accepts: string[]; rejects: string[] }[]>> = {
  'timestamp (RFC 3339)': [
    {
      line: '{"level":"info","ts":"2026-11-23T00:34:22.798239Z","msg":"ready"}',
      accepts: ['{"level":"info","ts":"2027-01-02T23:59:59.1Z","msg":"ready"}'],
      rejects: [
        '{"level":"warn","ts":"2027-01-02T23:59:59.1Z","msg":"ready"}',
        '{"level":"info","ts":"2027-01-02T25:59:59.1Z","msg":"ready"}',
        '{"level":"info","ts":"yesterday","msg":"ready"}',
      ],
    },
  ],
  'timestamp (systemd)': [
    {
      line: '     Active: active (running) since Mon 2026-11-23 00:06:01 UTC; 1min 51s ago',
      accepts: ['     Active: active (running) since Tue 2027-01-05 10:00:00 CEST; 3 days ago'.replace('3 days', '3d')],
      rejects: [
        '     Active: failed (Result: exit-code) since Mon 2026-11-23 00:06:01 UTC; 1min 51s ago',
        '     Active: active (running) since Xyz 2026-11-23 00:06:01 UTC; 1min 51s ago',
      ],
    },
  ],
  'timestamp (kubectl describe)': [
    {
      line: 'Ready  False   Mon, 23 Nov 2026 00:14:40 +0000   KubeletNotReady',
      accepts: ['Ready  False   Fri, 01 Jan 2027 10:14:40 +0100   KubeletNotReady'],
      rejects: [
        'Ready  True   Mon, 23 Nov 2026 00:14:40 +0000   KubeletNotReady',
        'Ready  False   never   KubeletNotReady',
      ],
    },
  ],
  'timestamp (certificate)': [
    {
      line: 'notAfter=Nov 23 00:34:17 2027 GMT',
      accepts: ['notAfter=Jan  3 12:00:00 2028 GMT'],
      rejects: ['notBefore=Nov 23 00:34:17 2027 GMT', 'notAfter=Foo 23 00:34:17 2027 GMT', 'notAfter='],
    },
  ],
  'timestamp (kubeadm)': [
    {
      line: 'apiserver   Nov 23, 2027 00:34 UTC   364d   ca   no',
      accepts: ['apiserver   Jan 02, 2028 09:00 UTC   120d   ca   no'],
      rejects: ['apiserver   <invalid>   364d   ca   no', 'apiserver   Nov 23, 2027 00:34 UTC   364d   etcd-ca   no'],
    },
  ],
  'timestamp (journal)': [
    {
      line: 'Nov 23 00:10:16 w1 kubelet[187]: started',
      accepts: ['Jan  2 23:10:16 w1 kubelet[2]: started'],
      rejects: ['23 Nov 00:10:16 w1 kubelet[187]: started', 'Nov 23 00:10:16 w2 kubelet[187]: started'],
    },
  ],
  'klog head': [
    {
      line: 'I1123 00:34:25.183915       1 secure_serving.go:214] Serving securely on [::]:6443',
      accepts: ['I0101 10:00:00.000001  123456 secure_serving.go:215] Serving securely on [::]:6443'],
      rejects: [
        'E1123 00:34:25.183915       1 secure_serving.go:214] Serving securely on [::]:6443',
        'I1123 00:34:25.183915       1 other_file.go:214] Serving securely on [::]:6443',
        'I1123 00:34:25.183915       1 secure_serving.go:214] Serving securely on [::]:443',
        'I1323 00:34:25.183915       1 secure_serving.go:214] Serving securely on [::]:6443',
      ],
    },
  ],
  'line of source code': [
    {
      line: '"caller":"embed/serve.go:138","msg":"ready"',
      accepts: ['"caller":"embed/serve.go:9","msg":"ready"'],
      rejects: ['"caller":"embed/stop.go:138","msg":"ready"', '"caller":"embed/serve.go:","msg":"ready"'],
    },
  ],
  'age (in words)': [
    {
      line: 'f310af7cd8983       [..]     17 seconds ago      Running',
      accepts: [
        'a123456789abc       x     About a minute ago   Running',
        'a123456789abc       x     2 hours ago   Running',
        'a123456789abc       x     Less than a second ago   Running',
      ],
      rejects: [
        'f310af7cd8983       x     17 seconds ago      Exited',
        'f310af7cd8983       x     17 parsecs ago      Running',
      ],
    },
  ],
  'age (systemd)': [
    {
      line: 'since Mon 2026-11-23 00:06:01 UTC; 1min 51s ago',
      accepts: ['since Mon 2026-11-23 00:06:01 UTC; 2h 3min ago', 'since Mon 2026-11-23 00:06:01 UTC; 295ms ago'],
      rejects: ['since Mon 2026-11-23 00:06:01 UTC', 'since Mon 2026-11-23 00:06:01 UTC; soon ago'],
    },
  ],
  restarts: [
    {
      line: 'kube-scheduler-cp1            1/1     Running   1 (10m ago)   10m',
      accepts: [
        'kube-scheduler-cp1   1/1   Running   0   5d3h',
        'kube-scheduler-cp1            1/1     Running   12 (3s ago)   10m',
      ],
      rejects: [
        'kube-scheduler-cp1            0/1     Running   1 (10m ago)   10m',
        'kube-scheduler-cp1            1/1     CrashLoopBackOff   1 (10m ago)   10m',
        'kube-scheduler-cp1            1/1     Running   1 (10m)   10m',
        'kube-scheduler-cp1            1/1     Running   many   10m',
      ],
    },
  ],
  age: [
    {
      line: 'w1     Ready    <none>          2m27s   v1.36.4',
      accepts: [
        'w1     Ready    <none>          5s   v1.36.4',
        'w1     Ready    <none>          5d3h      v1.36.4',
        'w1     Ready    <none>          2y10d   v1.36.4',
      ],
      rejects: [
        'w1     NotReady    <none>          2m27s   v1.36.4',
        'w1     Ready    <none>          <unknown>   v1.36.4',
        'w1     Ready    <none>          2.5s   v1.36.4',
        'w1     Ready    <none>          2m27s   v1.35.0',
      ],
    },
    {
      line: '  Normal  Created  11s   kubelet  Created',
      accepts: ['  Normal  Created  5s (x2 over 11s)   kubelet  Created'],
      rejects: ['  Normal  Created  11s   scheduler  Created', '  Warning  Created  11s   kubelet  Created'],
    },
  ],
  'round-trip time': [
    {
      line: '64 bytes from 10.244.1.3: seq=0 ttl=62 time=0.678 ms',
      accepts: ['64 bytes from 10.244.2.9: seq=0 ttl=62 time=12.1 ms'],
      rejects: [
        '64 bytes from 10.244.1.3: seq=1 ttl=62 time=0.678 ms',
        '64 bytes from 10.244.1.3: seq=0 ttl=62 time=fast',
      ],
    },
    {
      line: 'round-trip min/avg/max = 0.127/0.317/0.678 ms',
      accepts: ['round-trip min/avg/max = 1.0/2.0/3.0 ms'],
      rejects: ['round-trip min/avg = 0.127/0.317 ms', 'round-trip min/avg/max = a/b/c ms'],
    },
  ],
  duration: [
    {
      line: 'is healthy: successfully committed proposal: took = 7.146822ms',
      accepts: ['is healthy: successfully committed proposal: took = 1.2s'],
      rejects: [
        'is unhealthy: successfully committed proposal: took = 7.146822ms',
        'is healthy: successfully committed proposal: took = ever',
      ],
    },
  ],
  UID: [
    {
      line: 'cp1_6e0c1b6a-1d1f-4d5c-9a0e-2b1f3c4d5e6f  22s',
      accepts: ['cp1_00000000-1111-2222-3333-444444444444  3m'],
      rejects: ['cp1_00000000-1111-2222-3333-44444444444  3m', 'w1_6e0c1b6a-1d1f-4d5c-9a0e-2b1f3c4d5e6f  22s'],
    },
  ],
  'container id': [
    {
      line: '48d684760a877       [..]   kube-proxy',
      accepts: ['0123456789abc       x   kube-proxy'],
      rejects: ['48d684760a87       x   kube-proxy', '48d684760a87g       x   kube-proxy'],
    },
  ],
  'etcd member id': [
    {
      line: '8b81c3086817bfc5, started, cp1',
      accepts: ['aec36adc501070cc, started, cp1'],
      rejects: ['8b81c3086817bfc5, unstarted, cp1', 'member, started, cp1'],
    },
  ],
  'Pod name of a ReplicaSet': [
    {
      line: 'coredns-589f44dc88-96fs2      1/1     Running   0          32s',
      accepts: ['coredns-7c65d6cfc9-zzxx2      1/1     Running   0          32s'],
      rejects: [
        'coredns-589f44dc88      1/1     Running   0          32s',
        'coredns-589f44dc88-aeiou      1/1     Running   0          32s',
        'etcd-589f44dc88-96fs2      1/1     Running   0          32s',
      ],
    },
  ],
  'pod-template-hash': [
    {
      line: 'replicaset.apps/web-7887448d46   1   1',
      accepts: ['replicaset.apps/web-6c588bdd4b   1   1'],
      rejects: [
        'replicaset.apps/web   1   1',
        'replicaset.apps/web-7887448d46   1   0',
        'replicaset.apps/web-a1   1   1',
      ],
    },
  ],
  'Pod name of a controller': [
    {
      line: 'kindnet-4bhhw                 1/1     Running   0          33s',
      accepts: ['kindnet-zzzzz                 1/1     Running   0          33s'],
      rejects: [
        'kindnet-4bhh                 1/1     Running   0          33s',
        'kindnet                 1/1     Running   0          33s',
      ],
    },
  ],
  'chain of an endpoint': [
    {
      line: 'KUBE-SEP-6E7XQMQ4RAYOWTTM  all',
      accepts: ['KUBE-SEP-ZP3FB6NMPNCO4VBJ  all'],
      rejects: ['KUBE-SVC-6E7XQMQ4RAYOWTTM  all', 'KUBE-SEP-6E7X  all'],
    },
  ],
  'process id': [
    {
      line: 'LISTEN 0 4096 127.0.0.1:2381 0.0.0.0:* users:(("etcd",pid=427,fd=15))',
      accepts: ['LISTEN 0 4096 127.0.0.1:2381 0.0.0.0:* users:(("etcd",pid=9,fd=3))'],
      rejects: [
        'LISTEN 0 4096 127.0.0.1:2380 0.0.0.0:* users:(("etcd",pid=427,fd=15))',
        'LISTEN 0 4096 127.0.0.1:2381 0.0.0.0:* users:(("nginx",pid=427,fd=15))',
      ],
    },
    {
      line: '    237       1 containerd-shim',
      accepts: ['    9       1 containerd-shim'],
      rejects: ['    237       2 containerd-shim', '    1       1 containerd-shim', '    237       1 runc'],
    },
    {
      line: 'CONTAINER_RUNNING 398',
      accepts: ['CONTAINER_RUNNING 4'],
      rejects: ['CONTAINER_EXITED 398', 'CONTAINER_RUNNING'],
    },
  ],
  'file descriptor': [
    {
      line: '(("etcd",pid=427,fd=15))',
      accepts: ['(("etcd",pid=427,fd=6))'],
      rejects: ['(("etcd",pid=427,fd=))', '(("etcd",pid=427))'],
    },
  ],
  address: [
    {
      line: '10.244.1.0/24 via 172.18.0.3 dev eth0',
      accepts: ['10.244.2.0/24 via 192.168.7.200 dev eth0'],
      rejects: [
        '10.244.1.0/16 via 172.18.0.3 dev eth0',
        '10.244.1.0/24 via 172.18.0.3 dev eth1',
        '10.244.1.0/24 via 300.18.0.3 dev eth0',
        '10.244.1.0/24 via 127.0.0.1 dev eth0',
      ],
    },
    { line: 'cp1 10.244.0.0/24', accepts: ['cp1 10.244.2.0/24'], rejects: ['cp1 10.244.0.0/16'] },
    { line: 'dns 10.96.0.10 53', accepts: ['dns 10.96.0.10 53'], rejects: ['dns 10.96.0.11 53', 'dns 10.96.0.1 53'] },
    { line: 'to 10.96.0.1:443', accepts: ['to 10.96.0.1:443'], rejects: ['to 10.96.0.10:443', 'to 10.97.0.1:443'] },
    {
      line: '--cluster-cidr=10.244.0.0/16',
      accepts: ['--cluster-cidr=10.244.0.0/16'],
      rejects: ['--cluster-cidr=192.168.0.0/16'],
    },
    { line: 'https://127.0.0.1:2379', accepts: ['https://127.0.0.1:2379'], rejects: ['https://127.0.0.2:2379'] },
  ],
  'node port': [
    {
      line: 'web   NodePort   10.96.12.4   <none>   80:31234/TCP   5s',
      accepts: ['web   NodePort   10.96.200.9   <none>   80:30001/TCP   5s'],
      rejects: [
        'web   NodePort   10.96.12.4   <none>   80:29999/TCP   5s',
        'web   NodePort   10.96.12.4   <none>   8080:31234/TCP   5s',
      ],
    },
  ],
  "client's port": [
    {
      line: 'read tcp 127.0.0.1:48578->127.0.0.1:2379',
      accepts: ['read tcp 127.0.0.1:33000->127.0.0.1:2379'],
      rejects: ['read tcp 127.0.0.1:48578->127.0.0.1:2380'],
    },
  ],
  memory: [
    { line: '     Memory: 35.2M', accepts: ['     Memory: 1G'], rejects: ['     Memory: lots', '     Memory:'] },
  ],
  'CPU time': [{ line: '        CPU: 1min 2.345s', accepts: ['        CPU: 900ms'], rejects: ['        CPU: idle'] }],
  'virtual interface': [
    {
      line: '10.244.1.2 dev veth1a2b3c4d scope host',
      accepts: ['10.244.1.7 dev vethffffffff scope host'],
      rejects: ['10.244.1.2 dev eth0 scope host'],
    },
  ],
};

describe('volatile rules', () => {
  it('have a test each', () => {
    expect(Object.keys(table).sort()).toEqual(volatileRules.map((rule) => rule.name).sort());
  });
  for (const [name, cases] of Object.entries(table)) {
    for (const { line, accepts, rejects } of cases) {
      it(`${name}: ${line}`, () => {
        const pattern = compileLine(line, facts);
        expect(matchLine(pattern, line, noBindings), 'itself').toBeDefined();
        for (const each of accepts) expect(matchLine(pattern, each, noBindings), `accepts ${each}`).toBeDefined();
        for (const each of rejects) expect(matchLine(pattern, each, noBindings), `rejects ${each}`).toBeUndefined();
      });
      it(`${name} is used by: ${line}`, () => {
        const used = compileLine(line, facts).segments.some(
          (part) => part.kind === 'volatile' && part.rule.name === name,
        );
        expect(used || /10\.96|10\.244\.0\.0|127\.0\.0\.1:2379$/.test(line)).toBe(true);
      });
    }
  }
});
