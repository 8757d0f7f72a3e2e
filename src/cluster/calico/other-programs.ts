import type { Routine } from '#kernel/coroutine.ts';
import { type ProcessContext, type Program, resuming } from '#machine/program.ts';
import { node as nodeKind } from '../api/kinds/core/node.ts';
import { Informer } from '../client/informer.ts';
import { releaseNode } from './ipam.ts';
import { kubeControllersConfiguration } from './kinds.ts';
import { health, logLine, serveHttp, untilDone, untilTold } from './process.ts';
import { accountClient } from './service-account.ts';

const TYPHA_PORT = 5473;
const TYPHA_HEALTH = 9098;
const STATUS = '/status/status.json';

/** Typha, which stands between the API server and Felix; here Felix asks the API server itself once a Typha has taken its connection. */
export const typhaProgram: Program = resuming(function* typha(process: ProcessContext): Routine<number> {
  if (!process.isResumed) process.streams.out(logLine(process, 'typha/daemon.go 129', 'Typha starting up'));
  serveHttp(
    process,
    'calico-typha',
    '127.0.0.1',
    TYPHA_HEALTH,
    health(() => true),
  );
  serveHttp(process, 'calico-typha', '*', TYPHA_PORT, () => ({ status: 400 }));
  return yield* untilTold(process);
});

/** kube-controllers: addresses of nodes that are gone are given back (kube-controllers/pkg/controllers/node). Leaked addresses and labels are not simulated. */
export const kubeControllersProgram: Program = resuming(function* kubeControllers(
  process: ProcessContext,
): Routine<number> {
  const { kernel, files, streams } = process;
  const client = accountClient(process, 'kube-controllers');
  yield* untilDone(process, 'kube-controllers/main.go 133', () => {
    if (process.isResumed || client.find(kubeControllersConfiguration, undefined, 'default')) return;
    const metadata = { name: 'default' };
    client.create(kubeControllersConfiguration, {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'KubeControllersConfiguration',
      metadata,
      spec: CONFIGURATION,
    });
  });
  const complain = (error: unknown) =>
    streams.out(logLine(process, 'kube-controllers/node_controller.go 1', (error as Error).message, 'ERROR'));
  const nodes = new Informer(kernel, client, nodeKind, {}, complain);
  nodes.handle({
    deleted: ({ metadata }) => {
      try {
        releaseNode(client, metadata.name);
      } catch (error) {
        complain(error);
      }
    },
  });
  nodes.start();
  process.onExit(() => nodes.stop());
  if (!files.exists('/status')) files.mkdir('/status');
  files.writeText(STATUS, JSON.stringify({ Readiness: { CalicoDatastore: { Ready: true, Reason: '' } } }));
  return yield* untilTold(process);
});

/** What a new configuration has (kube-controllers/pkg/config/runconfig.go). */
const CONFIGURATION = {
  controllers: {
    loadBalancer: { assignIPs: 'AllServices' },
    migration: { policyNameMigrator: 'Enabled' },
    namespace: { reconcilerPeriod: '5m0s' },
    node: {
      hostEndpoint: { autoCreate: 'Disabled', createDefaultHostEndpoint: 'Enabled' },
      leakGracePeriod: '15m0s',
      reconcilerPeriod: '5m0s',
      syncLabels: 'Enabled',
    },
    policy: { reconcilerPeriod: '5m0s' },
    serviceAccount: { reconcilerPeriod: '5m0s' },
    workloadEndpoint: { reconcilerPeriod: '5m0s' },
  },
  etcdV3CompactionPeriod: '10m0s',
  healthChecks: 'Enabled',
  logSeverityScreen: 'Info',
};

/** An init container that has nothing to do here: flexvol-driver copies a program that no lesson uses. */
// biome-ignore lint/correctness/useYield: it waits for nothing
export const doneProgram: Program = function* done(): Routine<number> {
  return 0;
};

/** The probes of kube-controllers (kube-controllers/cmd/check-status). */
// biome-ignore lint/correctness/useYield: it waits for nothing
export const checkStatusProgram: Program = function* checkStatus({ files, streams }: ProcessContext): Routine<number> {
  if (files.exists(STATUS)) return 0;
  streams.out(`Failed to read status file ${STATUS}: open ${STATUS}: no such file or directory\n`);
  return 1;
};
