import type { EventObject } from './names.ts';
import type { Watched } from './recorder.ts';
import type { Scenario } from './scenario.ts';
import type { ApiObject, Resource } from './versions.ts';

const NAMESPACED: readonly (readonly [resource: Resource, group: string])[] = [
  ['pods', '/api/v1'],
  ['replicasets', '/apis/apps/v1'],
  ['deployments', '/apis/apps/v1'],
  ['jobs', '/apis/batch/v1'],
  ['endpointslices', '/apis/discovery.k8s.io/v1'],
  ['events', '/api/v1'],
];

/** What is watched while a scenario runs. @param namespace the one of its objects */
export function watchesOf({ nodes, system }: Scenario, namespace: string): readonly Watched[] {
  const all = () => true;
  const named = (names: readonly string[]) => (object: ApiObject) => names.includes(object.metadata.name);
  const about = (names: readonly string[]) => (object: ApiObject) =>
    names.includes((object as EventObject).involvedObject.name);
  const events = (where: string, names: readonly string[]): Watched => ({
    resource: 'events',
    path: `/api/v1/namespaces/${where}/events`,
    isMeant: about(names),
    onlyNew: true,
  });
  return [
    ...NAMESPACED.map(([resource, group]) => ({
      resource,
      path: `${group}/namespaces/${namespace}/${resource}`,
      isMeant: all,
      onlyNew: false,
    })),
    ...(nodes.length > 0
      ? [
          { resource: 'nodes' as const, path: '/api/v1/nodes', isMeant: named(nodes), onlyNew: false },
          events('default', nodes),
        ]
      : []),
    ...(system.length > 0
      ? [
          {
            resource: 'pods' as const,
            path: '/api/v1/namespaces/kube-system/pods',
            isMeant: named(system),
            onlyNew: false,
          },
          events('kube-system', system),
        ]
      : []),
  ];
}
