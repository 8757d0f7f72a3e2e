import { describe, expect, it } from 'vitest';
import { parseTime } from '#kernel/calendar.ts';
import { Kernel } from '#kernel/kernel.ts';
import { namespace as namespaceKind } from '../api/kinds/core/namespace.ts';
import { lease as leaseKind } from '../api/kinds/other/lease.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Store } from '../store/store.ts';
import { Client } from './client.ts';
import { type Connection, ConnectionError } from './connection.ts';
import { LeaderElector } from './leader-election.ts';
import { Log } from './log.ts';

// Log lines are those of a real kube-scheduler v1.36.4 whose API server went away.

function setUp() {
  const kernel = new Kernel({ start: parseTime('2026-11-23T06:00:00Z'), seed: 1 });
  const server = new ApiServer({ kernel, store: new Store(kernel) });
  const served = server.connectAs({ name: 'system:admin', groups: ['system:masters'] });
  const link = { isUp: true };
  const connection: Connection = (request) => {
    if (!link.isUp) throw new ConnectionError('connection refused');
    return served(request);
  };
  const client = new Client(connection, 'test');
  client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' }, spec: {} });
  const lines: string[] = [];
  const happened: string[] = [];
  const start = (identity: string, { releases = true, verbosity = 0 } = {}) => {
    const log = new Log(kernel, (line) => lines.push(`${line.slice(6, 14)} ${line.replace(/^.{29} /, '')}`), verbosity);
    const elector = new LeaderElector(kernel, client, log, {
      name: 'kube-scheduler',
      identity,
      releases,
      onStarted: () => happened.push(`${identity} leads`),
      onLost: () => happened.push(`${identity} lost`),
    });
    elector.start();
    return elector;
  };
  const lease = () => client.get(leaseKind, 'kube-system', 'kube-scheduler').spec;
  return { client, kernel, link, lines, happened, start, lease };
}

const LOCK = 'lock="kube-system/kube-scheduler"';

describe('the first of several', () => {
  it('leads at once, and renews its lease every two seconds', () => {
    const { kernel, lines, happened, start, lease } = setUp();
    start('one');
    expect(happened).toEqual(['one leads']);
    kernel.runFor(4000);
    expect(lease()).toEqual({
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      acquireTime: '2026-11-23T06:00:00.000000Z',
      renewTime: '2026-11-23T06:00:04.000000Z',
      leaseTransitions: 0,
    });
    expect(lines).toEqual([
      `06:00:00 leaderelection.go:258] "Attempting to acquire leader lease..." ${LOCK}`,
      `06:00:00 leaderelection.go:272] "Successfully acquired lease" ${LOCK}`,
    ]);
  });

  it('loses its lease ten seconds after it could not be renewed', () => {
    const { kernel, link, lines, happened, start } = setUp();
    start('one');
    kernel.runFor(3000);
    link.isUp = false;
    lines.length = 0;
    kernel.runFor(60_000);
    const refused = (time: string) =>
      `${time} leaderelection.go:461] "Error retrieving lease lock" err="connection refused" ${LOCK}`;
    expect(lines).toEqual([
      refused('06:00:04'),
      refused('06:00:06'),
      refused('06:00:08'),
      refused('06:00:10'),
      refused('06:00:12'),
      `06:00:14 leaderelection.go:304] "Failed to renew lease" ${LOCK} err="context deadline exceeded"`,
      `06:00:14 leaderelection.go:323] "error retrieving resource lock" err="connection refused" ${LOCK}`,
    ]);
    expect(happened).toEqual(['one leads', 'one lost']);
  });

  it('keeps leading when the API server comes back in time', () => {
    const { kernel, link, happened, start, lease } = setUp();
    start('one');
    kernel.runFor(3000);
    link.isUp = false;
    kernel.runFor(8000);
    link.isUp = true;
    kernel.runFor(60_000);
    expect(happened).toEqual(['one leads']);
    expect(lease().leaseTransitions).toBe(0);
  });

  it('asks what became of its lease when it cannot write it', () => {
    const { client, kernel, lines, happened, start, lease } = setUp();
    start('one', { verbosity: 2 });
    lines.length = 0;
    client.patch(
      leaseKind,
      { metadata: { name: 'kube-scheduler', namespace: 'kube-system' } },
      { metadata: { labels: { x: 'y' } } },
    );
    kernel.runFor(2000);
    expect(lines).toEqual([
      expect.stringMatching(
        /^06:00:02 leaderelection.go:454] "Failed to update lease optimistically, falling back to slow path" lock=.* err="Operation cannot be fulfilled/,
      ),
    ]);
    expect(lease().renewTime).toBe('2026-11-23T06:00:02.000000Z');
    expect(happened).toEqual(['one leads']);
  });
});

describe('the second', () => {
  it('waits until the lease was not renewed for fifteen seconds', () => {
    const { kernel, lines, happened, start, lease } = setUp();
    const one = start('one', { releases: false });
    kernel.runFor(1000);
    lines.length = 0;
    start('two', { verbosity: 4 });
    expect(lines.slice(1)).toEqual([
      `06:00:01 leaderelection.go:481] "Lease is held by and has not yet expired" ${LOCK} holder="one"`,
      `06:00:01 leaderelection.go:267] "Failed to acquire lease" ${LOCK}`,
    ]);
    kernel.runFor(60_000);
    expect(happened).toEqual(['one leads']);
    one.stop();
    kernel.runFor(14_000);
    expect(happened).toEqual(['one leads']);
    kernel.runFor(8000);
    expect(happened).toEqual(['one leads', 'two leads']);
    expect(lease()).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 });
  });

  it('leads soon when the first gives its lease up', () => {
    const { kernel, happened, start, lease } = setUp();
    const one = start('one');
    start('two');
    kernel.runFor(3000);
    one.stop();
    expect(lease()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    kernel.runFor(4400);
    expect(happened).toEqual(['one leads', 'two leads']);
  });

  it('gives nothing up that is not its own', () => {
    const { kernel, start, lease } = setUp();
    start('one');
    const two = start('two');
    kernel.runFor(3000);
    two.stop();
    expect(lease().holderIdentity).toBe('one');
  });
});

describe('one that finds no API server', () => {
  it('tries again, two seconds later and more', () => {
    const { kernel, link, happened, lines, start } = setUp();
    link.isUp = false;
    start('one');
    kernel.runFor(10_000);
    expect(happened).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(1 + 3);
    expect(lines.length).toBeLessThanOrEqual(1 + 6);
    link.isUp = true;
    kernel.runFor(4400);
    expect(happened).toEqual(['one leads']);
  });
});
