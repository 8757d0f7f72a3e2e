import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Pod, Volume } from '../../api/types/pod.ts';
import type { Registry } from '../registry/registry.ts';
import type { Attributes } from './rbac.ts';

const NODES = 'system:nodes';
const PREFIX = 'system:node:';

/** The node that a user is; undefined for anybody else. */
export function nodeOf(user: Attributes['user']): string | undefined {
  return user.groups.includes(NODES) && user.name.startsWith(PREFIX) ? user.name.slice(PREFIX.length) : undefined;
}

/** What a kubelet may read is what its Pods need (plugin/pkg/auth/authorizer/node). Undefined: no opinion. */
export function nodeAllows(registry: Registry, attributes: Attributes): true | undefined {
  const node = nodeOf(attributes.user);
  if (node === undefined || !attributes.isResource) return undefined;
  const { resource, group, verb, name, namespace } = attributes;
  if (group === '' && (resource === 'configmaps' || resource === 'secrets')) {
    if (verb !== 'get' && !(verb === 'list' || verb === 'watch')) return undefined;
    const pods = registry.all(podKind, namespace) as readonly Pod[];
    return pods.some((pod) => pod.spec.nodeName === node && uses(pod, resource, name)) ? true : undefined;
  }
  if (group === 'coordination.k8s.io' && resource === 'leases') {
    return namespace === 'kube-node-lease' && (name === node || verb === 'create') ? true : undefined;
  }
  if (group === '' && resource === 'serviceaccounts' && attributes.subresource === 'token') {
    const pods = registry.all(podKind, namespace) as readonly Pod[];
    return pods.some((pod) => pod.spec.nodeName === node && pod.spec.serviceAccountName === name) ? true : undefined;
  }
  return (
    NODE_RULES.some((rule) => rule.group === group && rule.resources.includes(resource) && rule.verbs.includes(verb)) ||
    undefined
  );
}

/** plugin/pkg/auth/authorizer/rbac/bootstrappolicy.NodeRules, as far as the kinds are served. */
const NODE_RULES: readonly {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}[] = [
  { group: '', resources: ['services'], verbs: ['get', 'list', 'watch'] },
  { group: '', resources: ['nodes'], verbs: ['create', 'get', 'list', 'watch', 'patch', 'update'] },
  { group: '', resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { group: '', resources: ['pods'], verbs: ['get', 'list', 'watch', 'create', 'delete', 'patch', 'update'] },
  { group: 'authentication.k8s.io', resources: ['tokenreviews'], verbs: ['create'] },
  {
    group: 'authorization.k8s.io',
    resources: ['subjectaccessreviews', 'localsubjectaccessreviews'],
    verbs: ['create'],
  },
];

function uses(pod: Pod, resource: string, name: string): boolean {
  if (name === '') return false;
  const key = resource === 'secrets' ? 'secret' : 'configMap';
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  return (
    (pod.spec.volumes ?? []).some((volume) => volumeUses(volume, key, name)) ||
    (key === 'secret' && (pod.spec.imagePullSecrets ?? []).some((each) => each.name === name)) ||
    containers.some(
      (container) =>
        (container.env ?? []).some((env) => env.valueFrom?.[`${key}KeyRef`]?.name === name) ||
        (container.envFrom ?? []).some((source) => source[`${key}Ref`]?.name === name),
    )
  );
}

function volumeUses(volume: Volume, key: 'secret' | 'configMap', name: string): boolean {
  if (key === 'secret' ? volume.secret?.secretName === name : volume.configMap?.name === name) return true;
  return (volume.projected?.sources ?? []).some((source) => source[key]?.name === name);
}
