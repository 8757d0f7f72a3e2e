import { type Routine, wait } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { programOf } from '../tools/coreutils/tool.ts';
import { kubectl } from '../tools/kubectl/kubectl.ts';
import type { RareTools } from './rare-tools.ts';

/** The exit status of a program that is there and cannot be started (bash). */
const NOT_STARTED = 126;

/**
 * A program that is loaded when it is first run. Time goes on meanwhile; a load that fails is told, and tried again the next time.
 *
 * @param whenLoaded the clock of the cluster knows nothing of networks: what waits for it is told so
 */
export function onDemand(load: () => Promise<Program>, whenLoaded: () => void): Program {
  let loaded: Program | undefined;
  return function* (process) {
    if (!loaded) {
      const answer = yield* settled(load, whenLoaded);
      if (answer instanceof Error) return notLoaded(process, answer);
      loaded = answer;
    }
    return yield* loaded(process);
  };
}

/** A program that needs something more for some command lines. */
function withMore(
  program: Program,
  needs: (words: readonly string[]) => boolean,
  load: () => Promise<void>,
  whenLoaded: () => void,
): Program {
  return function* (process) {
    if (needs(process.argv.slice(1))) {
      const answer = yield* settled(load, whenLoaded);
      if (answer instanceof Error) return notLoaded(process, answer);
    }
    return yield* program(process);
  };
}

function settled<T>(load: () => Promise<T>, whenLoaded: () => void): Routine<T | Error> {
  return wait<T | Error>((resume) => {
    const settle = (value: T | Error) => {
      resume(value);
      whenLoaded();
    };
    load().then(settle, (error: unknown) => settle(error instanceof Error ? error : new Error(String(error))));
    return undefined;
  });
}

function notLoaded({ argv, streams }: ProcessContext, { message }: Error): number {
  streams.error(`${argv[0] ?? ''}: could not be loaded: ${message}\n`);
  return NOT_STARTED;
}

/**
 * @param whenLoaded as onDemand's
 * @param loadTexts of fields, which the API server tells of when they are there
 */
export function rareToolsOnDemand(whenLoaded: () => void, loadTexts: () => Promise<void>): RareTools {
  const tool = (load: () => Promise<Program>) => onDemand(load, whenLoaded);
  return {
    awk: (dialect) => tool(async () => programOf((await import('../tools/coreutils/awk/awk.ts')).awk, dialect)),
    dig: tool(async () => programOf((await import('../tools/network/dig.ts')).dig, 'gnu')),
    etcdutl: tool(async () => (await import('../tools/etcdutl/etcdutl.ts')).etcdutl),
    iptables: tool(async () => (await import('../tools/network/iptables.ts')).iptables),
    iptablesSave: tool(async () => (await import('../tools/network/iptables.ts')).iptablesSave),
    jq: tool(async () => (await import('../tools/jq/jq.ts')).jq),
    kubeadm: tool(async () => (await import('../tools/kubeadm/kubeadm.ts')).kubeadm),
    kubectl: withMore(kubectl, (words) => words.includes('explain'), loadTexts, whenLoaded),
    nano: tool(async () => (await import('../tools/nano/nano.ts')).nano),
    openssl: tool(async () => (await import('../tools/openssl/openssl.ts')).openssl),
    tar: tool(async () => (await import('../tools/system/tar.ts')).tar),
    top: tool(async () => (await import('../tools/system/top.ts')).top),
    vi: tool(async () => (await import('../tools/vi/vi.ts')).vi),
  };
}
