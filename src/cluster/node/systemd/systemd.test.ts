import { describe, expect, it } from 'vitest';
import { Coroutine, type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import type { JournalEntry } from '#machine/journal.ts';
import type { Program } from '#machine/program.ts';
import { installFile } from '../file-system/install.ts';
import { FileSystemView } from '../file-system/view.ts';
import { Volume } from '../file-system/volume.ts';
import { MachineJournal } from '../journal/journal.ts';
import { Network } from '../network/network.ts';
import { executable } from '../processes/executables.ts';
import { PidNamespace, type Task } from '../processes/pid-namespace.ts';
import { StandIn } from '../processes/stand-in.ts';
import { Systemd } from './systemd.ts';

const UNITS = '/etc/systemd/system';

const WORKER = `[Unit]
Description=Works
Documentation=https://example.org/a https://example.org/b
ConditionPathExists=/etc/worker.yaml
After=helper.service

[Service]
ExecStart=/usr/bin/worker
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

const HELPER = `[Unit]
Description=Helps
[Service]
Type=notify
ExecStart=/usr/bin/helper
Restart=on-failure
`;

function setUp() {
  const kernel = new Kernel({ start: Date.UTC(2026, 10, 23, 6), seed: 1 });
  const files = FileSystemView.of(new Volume(kernel, 1));
  const pids = new PidNamespace();
  new StandIn(pids, { argv: ['/sbin/init'], startedAt: kernel.now });
  const journal = new MachineJournal(kernel, 'w1');
  const behaviour = { worker: 'serve' as 'serve' | 'fail' | 'finish' | 'stubborn' };
  const programs: Record<string, Program> = {
    '/usr/bin/worker': function* ({ argv, kernel, streams, onSignal }) {
      streams.error(`up with ${argv.slice(1).join(' ')}\n`);
      if (behaviour.worker === 'stubborn') onSignal('TERM', () => undefined);
      else onSignal('TERM', () => streams.out('going down'));
      if (behaviour.worker === 'serve') {
        return yield* wait<number>((resume) => {
          onSignal('TERM', () => resume(0));
          return undefined;
        });
      }
      yield* sleep(kernel, behaviour.worker === 'stubborn' ? 1e9 : 100);
      return behaviour.worker === 'fail' ? 1 : 0;
    },
    '/usr/bin/helper': function* ({ kernel }) {
      yield* sleep(kernel, 500);
      systemd.notify('helper.service');
      return yield* wait<number>(() => undefined);
    },
  };
  for (const path of Object.keys(programs)) installFile(files, path, executable(path), 0o755);
  installFile(files, `${UNITS}/worker.service`, WORKER);
  installFile(files, `${UNITS}/helper.service`, HELPER);
  installFile(files, '/etc/worker.yaml', '');
  const left: Task[] = [];
  const sockets = new Network(kernel).machine();
  const systemd = new Systemd({
    surroundings: { kernel, pids, hostname: 'w1', sockets, programs: (name) => programs[name] },
    files,
    journal,
    others: (unit) => (unit === 'helper.service' ? left : []),
  });
  const errors: string[] = [];
  const run = (routine: Routine<void>, milliseconds = 2_000) => {
    new Coroutine(
      kernel,
      routine,
      () => undefined,
      (error) => errors.push((error as Error).message),
    );
    kernel.runFor(milliseconds);
  };
  /** What the journal has got since this was asked last. */
  let fresh: JournalEntry[] = [];
  journal.follow({}, (entry) => fresh.push(entry));
  const news = (unit: string) => {
    const found = fresh.filter((entry) => entry.unit === unit);
    fresh = [];
    return found.map(({ identifier, message }) => `${identifier}: ${message}`);
  };
  return { kernel, files, pids, journal, systemd, behaviour, left, errors, run, news };
}

const TITLE = 'worker.service - Works';

describe('a service', () => {
  it('is started, stopped and started again, and the journal tells so', () => {
    const { kernel, systemd, run, news } = setUp();
    expect(systemd.status('worker')).toMatchObject({
      activeState: 'inactive',
      subState: 'dead',
      fileState: 'disabled',
    });
    run(systemd.start('worker'));
    expect(news('worker.service')).toEqual([`systemd: Started ${TITLE}.`, 'worker: up with ']);
    const { main, ...status } = systemd.status('worker.service');
    expect(status).toMatchObject({
      description: 'Works',
      documentation: ['https://example.org/a', 'https://example.org/b'],
      activeState: 'active',
      subState: 'running',
      since: kernel.now - 2_000,
      controlGroup: '/system.slice/worker.service',
      processes: [{ pid: main?.pid, command: '/usr/bin/worker' }],
    });
    run(systemd.stop('worker'));
    expect(news('worker.service')).toEqual([
      `systemd: Stopping ${TITLE}...`,
      'systemd: worker.service: Deactivated successfully.',
      `systemd: Stopped ${TITLE}.`,
    ]);
    expect(systemd.status('worker')).toMatchObject({
      activeState: 'inactive',
      duration: 2_000,
      lastExit: { pid: main?.pid, code: 'exited', status: 0, name: 'SUCCESS' },
    });
    run(systemd.restart('worker'));
    expect(systemd.status('worker').activeState).toBe('active');
    expect(systemd.status('worker').main?.pid).not.toBe(main?.pid);
  });

  it('that fails is started again after a while, until somebody stops it', () => {
    const { kernel, systemd, behaviour, run, news } = setUp();
    behaviour.worker = 'fail';
    run(systemd.start('worker'));
    expect(news('worker.service').slice(2)).toEqual([
      'systemd: worker.service: Main process exited, code=exited, status=1/FAILURE',
      "systemd: worker.service: Failed with result 'exit-code'.",
    ]);
    expect(systemd.status('worker')).toMatchObject({
      activeState: 'activating',
      subState: 'auto-restart',
      result: 'exit-code',
      lastExit: { code: 'exited', status: 1, name: 'FAILURE' },
    });
    kernel.runFor(8_050);
    expect(news('worker.service').slice(0, 3)).toEqual([]);
    kernel.runFor(51);
    expect(news('worker.service').slice(0, 3)).toEqual([
      'systemd: worker.service: Scheduled restart job, restart counter is at 1.',
      `systemd: Stopped ${TITLE}.`,
      `systemd: Started ${TITLE}.`,
    ]);
    kernel.runFor(200);
    run(systemd.stop('worker'));
    expect(systemd.status('worker')).toMatchObject({ activeState: 'inactive', restarts: 1 });
    kernel.runFor(60_000);
    expect(systemd.status('worker').activeState).toBe('inactive');
  });

  it('with Restart=always comes back from a good end and from KILL, with on-failure not from the first', () => {
    const { kernel, pids, systemd, behaviour, run, news } = setUp();
    behaviour.worker = 'finish';
    run(systemd.start('worker'));
    expect(systemd.status('worker')).toMatchObject({ subState: 'auto-restart', result: 'success' });
    behaviour.worker = 'serve';
    kernel.runFor(10_000);
    news('worker.service');
    pids.tableFor(0).kill(systemd.status('worker').main?.pid ?? 0, 'KILL');
    expect(news('worker.service')).toEqual([
      'systemd: worker.service: Main process exited, code=killed, status=9/KILL',
      "systemd: worker.service: Failed with result 'signal'.",
    ]);
    run(systemd.start('helper'));
    systemd.kill('helper', 'TERM');
    expect(systemd.status('helper').activeState).toBe('inactive');
    run(systemd.start('helper'));
    systemd.kill('helper', 'KILL');
    expect(systemd.status('helper').subState).toBe('auto-restart');
  });

  it('of Type=notify is started once it says so', () => {
    const { systemd, run, news } = setUp();
    run(systemd.start('helper'), 400);
    expect(news('helper.service')).toEqual(['systemd: Starting helper.service - Helps...']);
    expect(systemd.status('helper')).toMatchObject({
      activeState: 'activating',
      subState: 'start',
      fileState: 'static',
    });
    run(systemd.start('helper'), 400);
    expect(systemd.status('helper').activeState).toBe('active');
  });

  it('is passed over when a condition is not met', () => {
    const { files, systemd, run, news } = setUp();
    files.unlink('/etc/worker.yaml');
    run(systemd.start('worker'));
    expect(news('worker.service')).toEqual([
      `systemd: ${TITLE} was skipped because of an unmet condition check (ConditionPathExists=/etc/worker.yaml).`,
    ]);
    expect(systemd.status('worker')).toMatchObject({
      activeState: 'inactive',
      failedCondition: { text: 'ConditionPathExists=/etc/worker.yaml' },
    });
  });

  it('that does not stop is killed', () => {
    const { systemd, behaviour, run, news } = setUp();
    behaviour.worker = 'stubborn';
    run(systemd.start('worker'));
    news('worker.service');
    run(systemd.stop('worker'), 89_000);
    expect(systemd.status('worker').activeState).toBe('deactivating');
    run(systemd.stop('worker'), 2_000);
    expect(news('worker.service').slice(1)).toEqual([
      "systemd: worker.service: State 'stop-sigterm' timed out. Killing.",
      'systemd: worker.service: Main process exited, code=killed, status=9/KILL',
      "systemd: worker.service: Failed with result 'signal'.",
      `systemd: Stopped ${TITLE}.`,
    ]);
    expect(systemd.status('worker').activeState).toBe('failed');
  });

  it('without its executable fails at step EXEC', () => {
    const { files, systemd, run, news } = setUp();
    files.unlink('/usr/bin/worker');
    run(systemd.start('worker'));
    expect(news('worker.service')).toContain(
      'systemd: worker.service: Failed at step EXEC spawning /usr/bin/worker: No such file or directory',
    );
    expect(news('worker.service')).toEqual([]);
    expect(systemd.status('worker').subState).toBe('auto-restart');
  });

  it('leaves what else runs in its control group', () => {
    const { pids, kernel, systemd, left, run, news } = setUp();
    run(systemd.start('helper'));
    left.push(new StandIn(pids, { argv: ['/usr/bin/helper-that-stays', '-x'], startedAt: kernel.now }));
    const pid = left[0]?.pidIn(pids);
    run(systemd.stop('helper'));
    expect(news('helper.service')).toContain(
      `systemd: helper.service: Unit process ${pid} (helper-that-sta) remains running after unit stopped.`,
    );
    expect(systemd.status('helper').processes).toEqual([{ pid, command: '/usr/bin/helper-that-stays -x' }]);
    run(systemd.start('helper'));
    expect(news('helper.service')[0]).toBe(
      `systemd: helper.service: Found left-over process ${pid} (helper-that-sta) in control group while starting unit. Ignoring.`,
    );
  });
});

describe('units', () => {
  it('that are not there are refused', () => {
    const { systemd, errors, run } = setUp();
    expect(() => systemd.status('nosuch')).toThrow('Unit nosuch.service not found.');
    run(systemd.start('nosuch'));
    expect(errors).toEqual(['Unit nosuch.service not found.']);
  });

  it('are what their files say, drop-ins after the file itself, when they are read again', () => {
    const { files, systemd, run, news } = setUp();
    installFile(
      files,
      `${UNITS}/worker.service.d/10-more.conf`,
      `[Service]\nEnvironment="ARGS=--one '--two words'" OTHER=x\nEnvironmentFile=-/etc/worker.env\nEnvironmentFile=-/nothing\nExecStart=\nExecStart=/usr/bin/worker $ARGS --other=\${OTHER} $MORE $NONE\n`,
    );
    installFile(files, '/etc/worker.env', '# more\nMORE="--three --four"\n');
    run(systemd.start('worker'));
    expect(news('worker.service')[1]).toBe('worker: up with --one --two words --other=x --three --four');
    expect(systemd.status('worker').dropIns).toEqual([`${UNITS}/worker.service.d/10-more.conf`]);
    installFile(files, `${UNITS}/worker.service.d/20-last.conf`, '[Unit]\nDescription=Changed\n');
    expect(systemd.status('worker').description).toBe('Works');
    systemd.reload();
    expect(systemd.status('worker').description).toBe('Changed');
  });

  it('are enabled and disabled by links, and started with the machine in their order', () => {
    const { files, journal, systemd, run } = setUp();
    installFile(files, `${UNITS}/helper.service`, `${HELPER}[Install]\nWantedBy=multi-user.target\n`);
    const link = `${UNITS}/multi-user.target.wants/worker.service`;
    expect(systemd.enable('worker')).toEqual([`Created symlink ${link} → ${UNITS}/worker.service.`]);
    expect(systemd.enable('worker')).toEqual([]);
    systemd.enable('helper');
    expect(systemd.status('worker').fileState).toBe('enabled');
    run(systemd.boot());
    expect(journal.query({ identifiers: ['systemd'] }).map(({ message }) => message)).toEqual([
      'Starting helper.service - Helps...',
      'Started helper.service - Helps.',
      `Started ${TITLE}.`,
    ]);
    expect(systemd.disable('worker')).toEqual([`Removed "${link}".`]);
    expect(systemd.disable('worker')).toEqual([]);
    expect(systemd.list().map(({ name, fileState }) => [name, fileState])).toEqual([
      ['helper.service', 'enabled'],
      ['worker.service', 'disabled'],
    ]);
  });
});
