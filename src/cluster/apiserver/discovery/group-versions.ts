import type { ServedResource } from '../subresource-kinds.ts';

/** A version of a group and what it serves, in the order of their names. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  /** As objects name it: `v1`, `apps/v1`. */
  readonly name: string;
  /** Where it is served, without the first slash: `api/v1`, `apis/apps/v1`. */
  readonly path: string;
  readonly resources: readonly ServedResource[];
}

/** Groups stand in the order of their priorities (pkg/controlplane/apiserver, apiVersionPriorities); others follow. */
const ORDER: readonly string[] = [
  '',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
];

/** Every version of every group that has a resource; each group has one version here. */
export function groupVersions(resources: readonly ServedResource[]): readonly GroupVersion[] {
  const byPath = Map.groupBy(resources, ({ group, version }) => pathOf(group, version));
  return [...byPath]
    .map(([path, members]): GroupVersion => {
      const [{ group, version } = { group: '', version: '' }] = members;
      const name = group === '' ? version : `${group}/${version}`;
      return { group, version, name, path, resources: members.toSorted((a, b) => compare(a.plural, b.plural)) };
    })
    .toSorted((a, b) => rank(a.group) - rank(b.group) || compare(a.name, b.name));
}

function pathOf(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function rank(group: string): number {
  const index = ORDER.indexOf(group);
  return index === -1 ? ORDER.length : index;
}

/** By code points, as Go sorts strings. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
