import { beforeAll, describe, expect, it } from 'vitest';
import { deployment } from '../../cluster/api/kinds/apps/deployment.ts';
import { NodeShell } from '../../userland/test-node-shell.ts';

const FILES = ['--cacert=ca.crt', '--cert=server.crt', '--key=server.key'].map((each) =>
  each.replace('=', '=/etc/kubernetes/pki/etcd/'),
);
const ETCDCTL = `etcdctl --endpoints=127.0.0.1:2379 ${FILES.join(' ')}`;

let shell: NodeShell;
beforeAll(() => {
  shell = new NodeShell();
});

describe('etcdctl', () => {
  it('shows the member', () => {
    expect(shell.run(`${ETCDCTL} member list`).output).toMatch(
      /^[\da-f]{15,16}, started, cp1, https:\/\/172\.18\.0\.2:2380, https:\/\/172\.18\.0\.2:2379, false\n$/,
    );
    expect(shell.run(`${ETCDCTL} member list -w table`).output.split('\n')[1]).toMatch(
      /^\| +ID +\| STATUS {2}\| NAME \| +PEER ADDRS +\| +CLIENT ADDRS +\| IS LEARNER \|$/,
    );
  });
  it('asks whether it is healthy', () => {
    expect(shell.run(`${ETCDCTL} endpoint health`)).toMatchObject({
      output: expect.stringMatching(
        /^127\.0\.0\.1:2379 is healthy: successfully committed proposal: took = [\d.]+ms\n$/,
      ),
      status: 0,
    });
    const { output, status } = shell.run(
      `etcdctl --endpoints=127.0.0.1:2390 --command-timeout=2s ${FILES.join(' ')} endpoint health`,
    );
    expect(output).toContain(
      'dial tcp 127.0.0.1:2390: connect: connection refused\\""}\n127.0.0.1:2390 is unhealthy: failed to commit proposal: context deadline exceeded\nError: unhealthy cluster\n',
    );
    expect(status).toBe(1);
  });
  it('writes, reads and removes keys', () => {
    const { output } = shell.run(
      `e() { ${ETCDCTL} "$@"; }; e put a/1 x; e put a/1 y --prev-kv; echo -n z | e put a/2; e get a/ --prefix; e get a/ --prefix --keys-only; ` +
        'e get a/1 -w fields | tail -7; e del a/ --prefix; e get a/1; e get; echo $?',
    );
    expect(output).toBe(
      `${'OK\nOK\na/1\nx\nOK\na/1\ny\na/2\nz\na/1\n\na/2\n\n"CreateRevision" : REV\n"ModRevision" : REV\n"Version" : 2\n"Value" : "y"\n"Lease" : 0\n"More" : false\n"Count" : 1\n2\n'.replace(
        /"CreateRevision" : REV\n"ModRevision" : REV/,
        /"CreateRevision" : \d+\n"ModRevision" : \d+/.exec(output)?.[0] ?? '',
      )}Error: get command needs one argument as key and an optional argument as range_end\n128\n`,
    );
  });
  it('shows what the API server wrote as it is', () => {
    expect(
      shell.run(`${ETCDCTL} get /registry/services/specs/default/kubernetes --print-value-only | head -c 16 | od -c`)
        .output,
    ).toBe('0000000   k   8   s  \\0  \\n  \\r  \\n 002   v   1 022  \\a   S   e   r   v\n0000020\n');
  });
  it('watches until it is interrupted', () => {
    const { output } = shell.run(
      `${ETCDCTL} watch w & p=$!; sleep 1; ${ETCDCTL} put w 1; ${ETCDCTL} del w; sleep 1; kill $p; wait $p; echo $?`,
    );
    expect(output).toMatch(/PUT\nw\n1\n/);
    expect(output).toMatch(/DELETE\nw\n\n/);
  });
  it('keeps keys as long as their lease', () => {
    const { output } = shell.run(
      `l=$(${ETCDCTL} lease grant 5 | cut -d' ' -f2); ${ETCDCTL} put l 1 --lease=$l; ${ETCDCTL} lease timetolive $l --keys; sleep 6; ${ETCDCTL} get l --keys-only; ${ETCDCTL} lease timetolive $l`,
    );
    expect(output).toMatch(
      /^OK\nlease [\da-f]{16} granted with TTL\(5s\), remaining\(5s\), attached keys\(\[l\]\)\nlease [\da-f]{16} already expired\n$/,
    );
  });
  it('says why it is refused', () => {
    const why = (flags: string) => shell.run(`etcdctl --command-timeout=2s ${flags} get a`).output;
    expect(why('')).toMatch(/read: connection reset by peer\\""}\nError: context deadline exceeded\n$/);
    expect(why(FILES[0] ?? '')).toContain('remote error: tls: certificate required');
    expect(why('--cacert=/etc/kubernetes/pki/ca.crt')).toContain(
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
    expect(why(FILES.slice(0, 2).join(' '))).toContain('Error: KeyFile and CertFile must both be present[key: , cert:');
    expect(why('--cacert=/nosuch')).toBe('Error: open /nosuch: no such file or directory\n');
    expect(shell.run('etcdctl get --nosuch').output).toBe('Error: unknown flag: --nosuch\n');
    expect(shell.run('etcdctl txn').output).toBe('etcdctl: txn is not simulated here\n');
  });
  it('knows its environment', () => {
    const { output } = shell.run(
      `export ETCDCTL_API=3 ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key; etcdctl member list`,
    );
    expect(output).toContain('"msg":"unrecognized environment variable","environment-variable":"ETCDCTL_API=3"}\n');
    expect(output).toContain(', started, cp1, ');
  });
});

describe('a snapshot', () => {
  it('is restored to a new directory, from which a changed manifest starts', () => {
    const running = new NodeShell(2);
    running.deploy('before', 1);
    running.kernel.runFor(10_000);
    expect(running.run(`${ETCDCTL} snapshot save /tmp/s.db`).output).toMatch(
      /Snapshot saved at \/tmp\/s\.db\nServer version 3\.6\.0\n$/,
    );
    running.deploy('after', 1);
    running.kernel.runFor(10_000);
    expect(running.run('etcdutl snapshot restore /tmp/s.db --data-dir /var/lib/etcd-2').status).toBe(0);
    expect(running.run('etcdutl snapshot restore /tmp/s.db --data-dir /var/lib/etcd-2').output).toBe(
      'Error: data-dir "/var/lib/etcd-2" not empty or could not be read\n',
    );
    running.run("sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-2#' /etc/kubernetes/manifests/etcd.yaml");
    running.kernel.runFor(180_000);
    const names = running.client.list(deployment, { namespace: 'default' }).items.map(({ metadata }) => metadata.name);
    expect(names).toEqual(['before']);
  });
});
