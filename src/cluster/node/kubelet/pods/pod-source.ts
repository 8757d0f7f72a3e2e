import type { Pod } from '../../../api/types/pod.ts';

/** Annotations by which Pods of files and their mirrors know each other (pkg/kubelet/types). */
export const HASH = 'kubernetes.io/config.hash';
export const SEEN = 'kubernetes.io/config.seen';
export const SOURCE = 'kubernetes.io/config.source';
export const MIRROR = 'kubernetes.io/config.mirror';

/** A Pod of a manifest on the node. */
export function isStatic({ metadata }: Pod): boolean {
  return metadata.annotations?.[SOURCE] === 'file';
}

/** What the API server shows of a static Pod. */
export function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.[MIRROR] !== undefined;
}

export function isMirrorOf(mirror: Pod, pod: Pod): boolean {
  return (
    mirror.metadata.name === pod.metadata.name &&
    mirror.metadata.namespace === pod.metadata.namespace &&
    mirror.metadata.annotations?.[MIRROR] === pod.metadata.annotations?.[HASH]
  );
}
