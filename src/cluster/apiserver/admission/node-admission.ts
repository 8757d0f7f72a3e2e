import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { forbidden } from '../../api/status.ts';
import type { Node } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import { nodeOf } from '../authorization/node.ts';
import type { Registry } from '../registry/registry.ts';
import type { AdmissionPlugin } from './chain.ts';

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const;

/** A new node takes no Pods before it says that it is ready (plugin/pkg/admission/nodetaint). */
export const taintNodesByCondition: AdmissionPlugin = (object, { kind, operation, subresource }) => {
  if (kind !== nodeKind || operation !== 'CREATE' || subresource !== '') return object;
  const node = object as Node;
  const taints = node.spec.taints ?? [];
  if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return node;
  return { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } };
};

/** A kubelet changes its own node and its own Pods only (plugin/pkg/admission/noderestriction). */
export function nodeRestriction(registry: Registry): AdmissionPlugin {
  return (object, { kind, operation, subresource, namespace, name, user }) => {
    const self = nodeOf(user);
    if (self === undefined) return object;
    if (kind === nodeKind && operation !== 'CREATE' && name !== self) {
      throw forbidden(
        { group: '', resource: 'nodes' },
        name,
        `node ${JSON.stringify(self)} is not allowed to modify node ${JSON.stringify(name)}`,
      );
    }
    if (kind !== podKind) return object;
    if (operation === 'CREATE' && subresource === '') {
      const why = `pod does not have "kubernetes.io/config.mirror" annotation, node ${JSON.stringify(self)} can only create mirror pods`;
      const isMirror = object.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
      if (!isMirror) throw forbidden({ group: '', resource: 'pods' }, object.metadata.name, why);
      return object;
    }
    const pod = (registry.find({ kind: podKind, namespace, name }) as Pod | undefined) ?? (object as Pod);
    if (pod.spec.nodeName !== self) {
      const verb = operation === 'DELETE' ? 'delete' : 'update status for';
      const why = `node ${JSON.stringify(self)} can only ${verb} pods with spec.nodeName set to itself`;
      throw forbidden({ group: '', resource: 'pods' }, name, why);
    }
    return object;
  };
}
