import type { ContainerStatus, Pod, PodStatus } from '../../../api/types/pod.ts';

/** Why a log cannot be given; the message is what kubectl shows. */
export class LogError extends Error {
  override readonly name = 'LogError';
}

/**
 * The container whose log is meant (kubelet_pods.validateContainerLogStatus): the one that runs, or ran last.
 *
 * @returns its id in the runtime
 * @throws LogError
 */
export function containerToRead({ metadata }: Pod, status: PodStatus, name: string, previous: boolean): string {
  const where = `container ${JSON.stringify(name)} in pod ${JSON.stringify(metadata.name)}`;
  const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const found = all.find((each) => each.name === name);
  if (!found) throw new LogError(`${where} is not available`);
  const last = idOf(found.lastState?.terminated);
  if (previous) {
    if (last === undefined) throw new LogError(`previous terminated ${where} not found`);
    return last;
  }
  const { running, terminated, waiting } = found.state ?? {};
  if (running) return idOf(found) ?? '';
  if (terminated) {
    const id = idOf(terminated) ?? last;
    if (id === undefined) throw new LogError(`${where} is terminated`);
    return id;
  }
  if (found.lastState?.terminated) {
    if (last === undefined) throw new LogError(`${where} is terminated`);
    return last;
  }
  if (!waiting) throw new LogError(`${where} is waiting to start - no logs yet`);
  throw new LogError(`${where} is waiting to start: ${WORDS[waiting.reason ?? ''] ?? waiting.reason ?? ''}`);
}

const WORDS: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

function idOf(holder: Pick<ContainerStatus, 'containerID'> | undefined): string | undefined {
  const id = holder?.containerID;
  return id === undefined || id === '' ? undefined : id.replace('containerd://', '');
}
