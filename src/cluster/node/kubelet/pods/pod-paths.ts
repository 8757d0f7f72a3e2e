import type { Pod, Volume } from '../../../api/types/pod.ts';

/** Where the kubelet keeps what Pods need (`--root-dir`). */
const ROOT = '/var/lib/kubelet';

export function podDirectory({ metadata }: Pod): string {
  return `${ROOT}/pods/${metadata.uid}`;
}

/** `/var/log/pods/default_web_UID` */
export function logDirectory({ metadata }: Pod): string {
  return `/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}`;
}

/** The plugin that makes a volume, as its unique name begins: `kubernetes.io/configmap`. */
export function volumePlugin(volume: Volume): string {
  if (volume.hostPath) return 'kubernetes.io/host-path';
  if (volume.configMap) return 'kubernetes.io/configmap';
  if (volume.secret) return 'kubernetes.io/secret';
  if (volume.projected) return 'kubernetes.io/projected';
  if (volume.downwardAPI) return 'kubernetes.io/downward-api';
  return 'kubernetes.io/empty-dir';
}

/** Where a volume of a Pod is on the node. */
export function volumePath(pod: Pod, volume: Volume): string {
  if (volume.hostPath) return volume.hostPath.path;
  return `${podDirectory(pod)}/volumes/${volumePlugin(volume).replace('/', '~')}/${volume.name}`;
}
