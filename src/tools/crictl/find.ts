import { type ContainerStatus, CriError, type CriRuntime, type PodSandbox } from '#machine/cri.ts';

/** The container whose id begins so. @throws CriError */
export function findContainer(runtime: CriRuntime, id: string): ContainerStatus {
  const found = runtime.containers().filter((each) => each.id.startsWith(id));
  const [only] = found;
  if (!only || id === '')
    throw new CriError('NotFound', `an error occurred when try to find container "${id}": not found`);
  return only;
}

/** @throws CriError */
export function findPod(runtime: CriRuntime, id: string): PodSandbox {
  const found = runtime.podSandboxes().find((each) => each.id.startsWith(id));
  if (!found || id === '') throw new CriError('NotFound', `an error occurred when try to find sandbox: not found`);
  return found;
}
