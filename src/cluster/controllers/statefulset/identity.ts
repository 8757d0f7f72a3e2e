import type { Json } from '../../api/json.ts';
import { statefulSet as statefulSetKind } from '../../api/kinds/apps/stateful-set.ts';
import type { Draft } from '../../api/object.ts';
import type { Pod, PodTemplateSpec, Volume } from '../../api/types/pod.ts';
import type { StatefulSet } from '../../api/types/workloads.ts';
import { podFromTemplate } from '../pod-control/pod-control.ts';

const REVISION_LABEL = 'controller-revision-hash';
const NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

const NAME = /^(?<parent>.*)-(?<ordinal>\d+)$/;

function partsOf(name: string): { readonly parent: string; readonly ordinal: number } {
  const groups = NAME.exec(name)?.groups;
  const ordinal = Number(groups?.['ordinal'] ?? -1);
  return { parent: groups?.['parent'] ?? '', ordinal: ordinal < 2 ** 31 ? ordinal : -1 };
}

/** The number in a Pod's name; -1 for none. */
export function ordinalOf({ metadata }: Pod): number {
  return partsOf(metadata.name).ordinal;
}

/** Whether the name says that the Pod is the set's. */
export function isMember({ metadata }: StatefulSet, pod: Pod): boolean {
  return partsOf(pod.metadata.name).parent === metadata.name;
}

export function firstOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0;
}

function podName({ metadata }: StatefulSet, ordinal: number): string {
  return `${metadata.name}-${ordinal}`;
}

export function revisionOf({ metadata }: Pod): string {
  return metadata.labels?.[REVISION_LABEL] ?? '';
}

/** The Pod of an ordinal: its name, host name and volumes stay, whatever the template (newStatefulSetPod). */
export function newPod(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): Draft<Pod> {
  const name = podName(set, ordinal);
  const { metadata, ...draft } = podFromTemplate(statefulSetKind, set, template);
  const { generateName: _, ...rest } = metadata;
  const volumes = withClaims(set, ordinal, template.spec.volumes);
  return {
    ...draft,
    metadata: {
      ...rest,
      name,
      labels: { ...rest.labels, ...identityLabels(name, ordinal), [REVISION_LABEL]: revision },
    },
    spec: {
      ...template.spec,
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
      ...(volumes.length > 0 && { volumes }),
    },
  };
}

function identityLabels(name: string, ordinal: number): Readonly<Record<string, string>> {
  return { [NAME_LABEL]: name, [INDEX_LABEL]: `${ordinal}` };
}

/** Whether a Pod still has the label that it is found by (identityMatches); its name cannot change. */
export function hasIdentity({ metadata }: Pod): boolean {
  return metadata.labels?.[NAME_LABEL] === metadata.name;
}

export function withIdentity(pod: Pod): Pod {
  const labels = { ...pod.metadata.labels, ...identityLabels(pod.metadata.name, ordinalOf(pod)) };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

/** Volumes of the claims `<template>-<pod>`; they stand in for volumes of the same name. */
function withClaims(set: StatefulSet, ordinal: number, volumes: readonly Volume[] = []): readonly Volume[] {
  const names = (set.spec.volumeClaimTemplates ?? []).map(nameOf);
  const claims = names.map((name) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${podName(set, ordinal)}` },
  }));
  return [...claims, ...volumes.filter(({ name }) => !names.includes(name))];
}

function nameOf(claim: Json): string {
  const { metadata } = claim as { readonly metadata?: { readonly name?: string } };
  return metadata?.name ?? '';
}
