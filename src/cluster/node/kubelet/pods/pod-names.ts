import type { Container, Pod } from '../../../api/types/pod.ts';

/** `web_default(0f0e…)`: how the kubelet names a Pod in messages (pkg/kubelet/util/format). */
export function formatPod({ metadata }: Pod): string {
  return `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}

/** `default/web`, as klog names a Pod. */
export function formatName({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** `spec.containers{web}`: the part of a Pod that an event is about. */
export function fieldPath(pod: Pod, { name }: Container): string {
  const isInit = pod.spec.initContainers?.some((container) => container.name === name);
  return `spec.${isInit ? 'initContainers' : 'containers'}{${name}}`;
}
