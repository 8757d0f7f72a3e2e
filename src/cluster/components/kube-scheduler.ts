import { type Routine, wait } from '#kernel/coroutine.ts';
import type { Timer } from '#kernel/kernel.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { Client } from '../client/client.ts';
import type { Connection } from '../client/connection.ts';
import { actionRecorder } from '../client/event-broadcaster.ts';
import { Informers } from '../client/informers.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { Log } from '../client/log.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { dial, readKubeconfig } from './credentials.ts';
import { FlagError, type Flags, parseFlags } from './flags.ts';
import { KUBE_SCHEDULER_FLAGS } from './known-flags.ts';
import { identityOf, serveHealthz } from './serving.ts';

/** How often it is looked whether everything is known, in milliseconds (syncedPollPeriod). */
const SYNC_POLL = 100;

/** kube-scheduler as a program: it leads by its Lease, and binds Pods while it does. */
export const schedulerProgram: Program = function* kubeScheduler(process: ProcessContext): Routine<number> {
  const { kernel, streams, files, sockets } = process;
  let flags: Flags;
  let connection: Connection;
  const problems = new Log(kernel, (line) => streams.error(`${line}\n`));
  try {
    flags = parseFlags(process.argv.slice(1), KUBE_SCHEDULER_FLAGS);
    const path = flags.get('kubeconfig') ?? '';
    const text = readTextIfThere(files, path);
    if (text === undefined) throw new Error(`stat ${path}: no such file or directory`);
    connection = dial(kernel, sockets, readKubeconfig(text, files));
  } catch (error) {
    if (error instanceof FlagError) streams.error(`Error: ${error.message}\n`);
    else problems.plain('E', 'run.go:72', `"command failed" err=${JSON.stringify((error as Error).message)}`);
    return 1;
  }
  const client = new Client(connection, 'kube-scheduler');
  const recorder = actionRecorder(kernel, client, 'default-scheduler', process.hostname);
  const log = new Log(kernel, (line) => streams.error(`${line}\n`), Number(flags.get('v') ?? 0));
  log.info('server.go:178', 'Starting Kubernetes Scheduler', { version: 'v1.36.4' });
  if (
    !serveHealthz(process, log, 'kube-scheduler', Number(flags.get('secure-port') ?? 10259), flags.get('bind-address'))
  )
    return 1;
  const informers = new Informers(kernel, client);
  const scheduler = new Scheduler({ kernel, client, informers, log, recorder });
  informers.start();
  return yield* wait<number>((resume) => {
    const elector = new LeaderElector(kernel, client, log, {
      name: 'kube-scheduler',
      identity: identityOf(process),
      onStarted: () => scheduler.run(),
      onLost: () => {
        log.plain('E', 'server.go:309', '"Leaderelection lost"');
        resume(1);
      },
    });
    let timer: Timer | undefined;
    const electOnceSynced = () => {
      if (!informers.haveSynced) timer = kernel.after(SYNC_POLL, electOnceSynced);
      else {
        log.verbose(3, 'server.go:299', 'Handlers synced');
        elector.start();
      }
    };
    kernel.soon(electOnceSynced);
    process.onExit(() => {
      timer?.cancel();
      elector.stop();
      scheduler.stop();
      informers.stop();
      recorder.stop();
    });
    process.onSignal('TERM', () => resume(0));
    return undefined;
  });
};
