import { type Routine, sleep } from '#kernel/coroutine.ts';
import { CriError } from '#machine/cri.ts';
import { ConnectError } from '#machine/sockets.ts';
import type { Container, Handler } from '../../api/types/pod.ts';
import type { KubeletContext } from './context.ts';
import { portOf } from './prober.ts';

/** Runs postStart or preStop in a container (pkg/kubelet/lifecycle/handlers.go). Undefined when it went well, else why not. */
export function* runHook(
  { kernel, runtime, sockets }: Pick<KubeletContext, 'kernel' | 'runtime' | 'sockets'>,
  handler: Handler,
  containerId: string,
  container: Container,
  podIP: string,
): Routine<string | undefined> {
  if (handler.sleep) {
    yield* sleep(kernel, handler.sleep.seconds * 1000);
    return undefined;
  }
  if (handler.exec) {
    try {
      const { exitCode, stderr } = yield* runtime.execSync(containerId, handler.exec.command ?? [], 0);
      return exitCode === 0
        ? undefined
        : `command '${(handler.exec.command ?? []).join(' ')}' exited with ${exitCode}: ${stderr}`;
    } catch (error) {
      if (error instanceof CriError) return error.message;
      throw error;
    }
  }
  if (!handler.httpGet) return undefined;
  const { host, port, path = '/' } = handler.httpGet;
  try {
    const { http } = sockets.connect('tcp', host || podIP, portOf(port, container)).serves;
    const status = http?.({ method: 'GET', path }).status ?? 0;
    return status >= 200 && status < 400 ? undefined : `HTTP hook failed with statuscode: ${status}`;
  } catch (error) {
    if (error instanceof ConnectError) return error.message;
    throw error;
  }
}
