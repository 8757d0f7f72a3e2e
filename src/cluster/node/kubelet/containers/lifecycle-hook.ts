import { type Routine, sleep } from '#kernel/coroutine.ts';
import { CriError } from '#machine/cri.ts';
import { ConnectError } from '#machine/sockets.ts';
import type { Container, Handler, Pod } from '../../../api/types/pod.ts';
import type { KubeletContext } from '../context.ts';
import { formatPod } from '../pods/pod-names.ts';
import { portOf } from '../probes/probe.ts';

/** A hook that failed; the message is that of the container's waiting state, `cause` what the log says. */
export class HookError extends Error {
  override readonly name = 'HookError';
  override readonly cause: string;

  constructor(message: string, cause: string) {
    super(message);
    this.cause = cause;
  }
}

/** Runs postStart or preStop in a container (pkg/kubelet/lifecycle/handlers.go). @throws HookError */
export function* runHook(
  context: Pick<KubeletContext, 'kernel' | 'runtime' | 'sockets'>,
  { exec, httpGet, sleep: pause }: Handler,
  containerId: string,
  pod: Pod,
  container: Container,
  podIP: string,
): Routine<void> {
  const where = `for Container ${JSON.stringify(container.name)} in Pod ${JSON.stringify(formatPod(pod))} failed - error:`;
  if (exec) {
    const command = exec.command ?? [];
    const failure = yield* execute(context, containerId, command);
    if (!failure) return;
    const { error, output } = failure;
    const text = `Exec lifecycle hook ([${command.join(' ')}]) ${where} ${error}, message: ${JSON.stringify(output)}`;
    throw new HookError(text, error);
  } else if (httpGet) {
    const { host, port, path = '/', scheme = 'HTTP' } = httpGet;
    const address = host || podIP;
    const number = portOf(port, container);
    try {
      // Any answer will do, whatever its status.
      context.sockets.connect('tcp', address, number).serves.http?.({ method: 'GET', path });
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      const url = `${scheme.toLowerCase()}://${address}:${number}${path}`;
      const cause = `Get ${JSON.stringify(url)}: dial tcp ${address}:${number}: ${error.message}`;
      throw new HookError(`HTTP lifecycle hook (${path}) ${where} ${cause}`, cause);
    }
  } else if (pause) yield* sleep(context.kernel, pause.seconds * 1000);
}

function* execute(
  { runtime }: Pick<KubeletContext, 'runtime'>,
  containerId: string,
  command: readonly string[],
): Routine<{ readonly error: string; readonly output: string } | undefined> {
  try {
    const { exitCode, stdout, stderr } = yield* runtime.execSync(containerId, command, 0);
    if (exitCode === 0) return undefined;
    return { error: `command '${command.join(' ')}' exited with ${exitCode}: ${stderr}`, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    return { error: error.rpcMessage, output: '' };
  }
}
