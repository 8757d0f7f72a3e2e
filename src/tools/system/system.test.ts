import { beforeAll, describe, expect, it } from 'vitest';
import { NodeShell } from '../../userland/test-node-shell.ts';

let shell: NodeShell;
beforeAll(() => {
  shell = new NodeShell();
});

function out(script: string): string {
  return shell.run(script).output;
}

describe('what a machine tells of itself', () => {
  it('uptime, free, hostnamectl', () => {
    expect(out('uptime')).toMatch(/^ \d\d:\d\d:\d\d up 1 min\n$/);
    expect(out('uptime -s')).toMatch(/^2026-11-23 00:00:0\d\n$/);
    expect(out('free -h')).toMatch(
      /^ +total\nMem: +[\d.]+Gi\nSwap: +0B\nfree: what is used, free or cached is not simulated here\n$/,
    );
    expect(out('hostnamectl')).toMatch(/^ Static hostname: cp1\n {6}Machine ID: [\da-f]{32}\nOperating System: Debian/);
  });
  it('sysctl', () => {
    expect(
      out('sysctl net.ipv4.ip_forward; sysctl -n net.ipv4.ip_forward; sysctl nosuch.x; echo $?; sysctl -w a=1'),
    ).toBe(
      'net.ipv4.ip_forward = 1\n1\nsysctl: cannot stat /proc/sys/nosuch/x: No such file or directory\n255\nsysctl: changing settings is not simulated here\n',
    );
  });
  it('top, once', () => {
    expect(out('top -b -n 1')).toMatch(/^top - [\d:]+ up 1 min\nTasks: +\d+ total\n/);
    expect(out('top -b -n 1 | grep -c kube-apiserver')).toBe('1\n');
  });
});

describe('tar', () => {
  it('packs and unpacks', () => {
    expect(
      out(
        'mkdir -p /tmp/t/a/b /tmp/u; cd /tmp/t; echo hi > a/f; echo déjà > a/b/g; ln -s f a/l; chmod 600 a/f; tar cvf /tmp/x.tar a; tar tf /tmp/x.tar a/b; ' +
          'tar -xf /tmp/x.tar -C /tmp/u; cat /tmp/u/a/f /tmp/u/a/l /tmp/u/a/b/g; stat -c %a /tmp/u/a/f; tar c a | tar t | wc -l',
      ),
    ).toBe('a/\na/b/\na/b/g\na/f\na/l\na/b/\na/b/g\nhi\nhi\ndéjà\n600\n5\n');
    expect(out('tar tvf /tmp/x.tar a/f')).toMatch(/^-rw------- root\/root +3 2026-11-23 00:0\d a\/f\n$/);
  });
  it('refuses', () => {
    expect(
      out(
        'cd /tmp; tar czf x.tgz t; tar xf nosuch; echo x > y; tar xf y; tar -tf x.tar nosuch; tar cf z.tar nosuch; tar',
      ),
    ).toBe(
      'tar: -z is not simulated here\n' +
        'tar: nosuch: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n' +
        'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n' +
        'tar: nosuch: Not found in archive\ntar: Exiting with failure status due to previous errors\n' +
        'tar: nosuch: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n' +
        "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information.\n",
    );
  });
});

describe('dig', () => {
  it('asks the name server of the cluster', () => {
    expect(out('dig +short kubernetes.default.svc.cluster.local @10.96.0.10')).toBe('10.96.0.1\n');
    const full = out('dig @10.96.0.10 nosuch.default.svc.cluster.local');
    expect(full).toContain('status: NXDOMAIN');
    expect(full).toContain(';; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)\n');
    expect(out('dig MX a @10.96.0.10')).toBe('dig: MX is not simulated here\n');
  });
});
