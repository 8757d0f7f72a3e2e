import type { Pod, Volume } from '../../api/types/pod.ts';
import type { PodsOfNodes } from './pods-of-nodes.ts';
import type { Attributes } from './rbac.ts';

const NODES = 'system:nodes';
const PREFIX = 'system:node:';

/** The node that a user is; undefined for anybody else. */
export function nodeOf(user: Attributes['user']): string | undefined {
  return user.groups.includes(NODES) && user.name.startsWith(PREFIX) ? user.name.slice(PREFIX.length) : undefined;
}

/** Whether a kubelet may; where it may not, why, as far as the real authorizer says so. */
export type NodeDecision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

const ALLOWED: NodeDecision = { allowed: true };

/** What a kubelet may read is what its Pods need (plugin/pkg/auth/authorizer/node). No opinion is a refusal without a reason. */
export function nodeDecides(pods: PodsOfNodes, attributes: Attributes): NodeDecision {
  const node = nodeOf(attributes.user);
  if (node === undefined || !attributes.isResource) return refused('');
  switch (`${attributes.group}/${attributes.resource}`) {
    case '/secrets':
    case '/configmaps':
      return readObject(pods, node, attributes);
    case '/serviceaccounts':
      return serviceAccount(pods, node, attributes);
    case 'coordination.k8s.io/leases':
      return lease(node, attributes);
    case '/nodes':
      return nodeObject(node, attributes);
    case '/pods':
      return pod(pods, node, attributes);
    default:
      return ruled(attributes) ? ALLOWED : refused('');
  }
}

function refused(reason: string): NodeDecision {
  return { allowed: false, reason };
}

const READS = ['get', 'list', 'watch'];

function readObject(pods: PodsOfNodes, node: string, attributes: Attributes): NodeDecision {
  const { verb, subresource, namespace, resource, name } = attributes;
  if (!READS.includes(verb)) return refused('can only read resources of this type');
  if (subresource !== '') return refused('cannot read subresource');
  if (!namespace) return refused('can only read namespaced object of this type');
  if (name === '') return refused('No Object name found');
  return related(
    node,
    pods.some(node, namespace, (each) => uses(each, resource, name)),
  );
}

function serviceAccount(
  pods: PodsOfNodes,
  node: string,
  { verb, subresource, namespace, name }: Attributes,
): NodeDecision {
  const isRead = verb === 'get' && subresource === '';
  if (!isRead && (verb !== 'create' || name === ''))
    return refused('can only create tokens for individual service accounts');
  if (!isRead && subresource !== 'token') return refused('can only create token subresource of serviceaccount');
  return related(
    node,
    pods.some(node, namespace, ({ spec }) => spec.serviceAccountName === name),
  );
}

function lease(node: string, { verb, namespace, name }: Attributes): NodeDecision {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb))
    return refused('can only get, create, update, patch, or delete a node lease');
  if (namespace !== 'kube-node-lease')
    return refused('can only access leases in the "kube-node-lease" system namespace');
  if (verb !== 'create' && name !== node)
    return refused('can only access node lease with the same name as the requesting node');
  return ALLOWED;
}

function nodeObject(node: string, { verb, subresource, name, fieldSelector = '' }: Attributes): NodeDecision {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : refused('');
  if (subresource !== '') return refused('');
  // Admission keeps it from changing others.
  if (['create', 'update', 'patch'].includes(verb)) return ALLOWED;
  if (!READS.includes(verb)) return refused('');
  // A list of the one object of a name counts as that object (apiserver, RequestInfo).
  if (name === node || (name === '' && fieldSelector.split(',').includes(`metadata.name=${node}`))) return ALLOWED;
  const what = name === '' ? 'all nodes' : `'${name}'`;
  return refused(`node '${node}' cannot read ${what}, only its own Node object`);
}

function pod(pods: PodsOfNodes, node: string, attributes: Attributes): NodeDecision {
  const { verb, subresource, namespace, name, fieldSelector = '' } = attributes;
  switch (subresource) {
    case '':
      if (verb === 'create' || verb === 'delete') return ALLOWED;
      if (!READS.includes(verb)) return refused('');
      if (verb !== 'get' && fieldSelector.split(',').includes(`spec.nodeName=${node}`)) return ALLOWED;
      if (name === '') {
        return refused(
          verb === 'get' ? 'No Object name found' : 'can only list/watch pods with spec.nodeName field selector',
        );
      }
      return related(
        node,
        pods.some(node, namespace, ({ metadata }) => metadata.name === name),
      );
    case 'status':
      return verb === 'update' || verb === 'patch' ? ALLOWED : refused('');
    case 'eviction':
      return verb === 'create' ? ALLOWED : refused('');
    default:
      return refused('');
  }
}

function related(node: string, isRelated: boolean): NodeDecision {
  return isRelated ? ALLOWED : refused(`no relationship found between node '${node}' and this object`);
}

/** plugin/pkg/auth/authorizer/rbac/bootstrappolicy.NodeRules, as far as the kinds are served. */
const NODE_RULES: readonly {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}[] = [
  { group: '', resources: ['services'], verbs: ['get', 'list', 'watch'] },
  { group: '', resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { group: 'authentication.k8s.io', resources: ['tokenreviews'], verbs: ['create'] },
  {
    group: 'authorization.k8s.io',
    resources: ['subjectaccessreviews', 'localsubjectaccessreviews'],
    verbs: ['create'],
  },
];

function ruled({ group, resource, verb }: Attributes): boolean {
  return NODE_RULES.some(
    (rule) => rule.group === group && rule.resources.includes(resource) && rule.verbs.includes(verb),
  );
}

function uses(each: Pod, resource: string, name: string): boolean {
  const key = resource === 'secrets' ? 'secret' : 'configMap';
  const containers = [...each.spec.containers, ...(each.spec.initContainers ?? [])];
  return (
    (each.spec.volumes ?? []).some((volume) => volumeUses(volume, key, name)) ||
    (key === 'secret' && (each.spec.imagePullSecrets ?? []).some((reference) => reference.name === name)) ||
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
