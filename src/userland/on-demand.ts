import { wait } from '#kernel/coroutine.ts';
import type { Program } from '#machine/program.ts';
import { programOf } from '../tools/coreutils/tool.ts';
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
      const answer = yield* wait<Program | Error>((resume) => {
        const settle = (value: Program | Error) => {
          resume(value);
          whenLoaded();
        };
        load().then(settle, (error: unknown) => settle(error instanceof Error ? error : new Error(String(error))));
        return undefined;
      });
      if (answer instanceof Error) {
        process.streams.error(`${process.argv[0] ?? ''}: could not be loaded: ${answer.message}\n`);
        return NOT_STARTED;
      }
      loaded = answer;
    }
    return yield* loaded(process);
  };
}

/** @param whenLoaded as onDemand's */
export function rareToolsOnDemand(whenLoaded: () => void): RareTools {
  const tool = (load: () => Promise<Program>) => onDemand(load, whenLoaded);
  return {
    awk: (dialect) => tool(async () => programOf((await import('../tools/coreutils/awk/awk.ts')).awk, dialect)),
    dig: tool(async () => programOf((await import('../tools/network/dig.ts')).dig, 'gnu')),
    etcdutl: tool(async () => (await import('../tools/etcdutl/etcdutl.ts')).etcdutl),
    iptables: tool(async () => (await import('../tools/network/iptables.ts')).iptables),
    iptablesSave: tool(async () => (await import('../tools/network/iptables.ts')).iptablesSave),
    jq: tool(async () => (await import('../tools/jq/jq.ts')).jq),
    kubeadm: tool(async () => (await import('../tools/kubeadm/kubeadm.ts')).kubeadm),
    nano: tool(async () => (await import('../tools/nano/nano.ts')).nano),
    openssl: tool(async () => (await import('../tools/openssl/openssl.ts')).openssl),
    tar: tool(async () => (await import('../tools/system/tar.ts')).tar),
    top: tool(async () => (await import('../tools/system/top.ts')).top),
    vi: tool(async () => (await import('../tools/vi/vi.ts')).vi),
  };
}
