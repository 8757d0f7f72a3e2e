import type { ContainerStatus } from '#machine/cri.ts';
import type { KubeletFiles } from '../files.ts';

/** Where collectors of logs look: a link for each container (pkg/kubelet/kuberuntime/legacy.go). */
const DIRECTORY = '/var/log/containers';

export function linkLog(files: KubeletFiles, container: ContainerStatus): void {
  files.symlink(container.logFile, linkOf(container));
}

export function unlinkLog(files: KubeletFiles, container: ContainerStatus): void {
  files.remove(linkOf(container));
}

/** `web_default_nginx-ID.log` */
function linkOf({ id, config: { name, labels } }: ContainerStatus): string {
  return `${DIRECTORY}/${labels['io.kubernetes.pod.name']}_${labels['io.kubernetes.pod.namespace']}_${name}-${id}.log`;
}
