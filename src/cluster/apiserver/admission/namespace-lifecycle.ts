import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { ApiError, forbidden, notFound, qualified } from '../../api/status.ts';
import type { Registry } from '../registry/registry.ts';
import type { AdmissionPlugin } from './chain.ts';

/** Namespaces that cannot be deleted. */
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is made in a namespace that is not, or that ends (plugin/pkg/admission/namespace/lifecycle). */
export function namespaceLifecycle(registry: Registry): AdmissionPlugin {
  return (object, { kind, operation, subresource, namespace, name }) => {
    if (kind === namespaceKind) {
      if (operation === 'DELETE' && IMMORTAL.has(name)) {
        throw forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted');
      }
      return object;
    }
    if (operation !== 'CREATE' || !kind.isNamespaced || namespace === undefined || subresource !== '') return object;
    const found = registry.find({ kind: namespaceKind, namespace: undefined, name: namespace });
    if (!found) throw notFound({ group: '', resource: 'namespaces' }, namespace);
    if (found.metadata.deletionTimestamp !== undefined) {
      const of = { group: kind.group, resource: kind.plural };
      const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
      throw new ApiError('Forbidden', `${qualified(of)} ${JSON.stringify(object.metadata.name)} is forbidden: ${why}`, {
        name: object.metadata.name,
        ...(kind.group !== '' && { group: kind.group }),
        kind: kind.plural,
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: `namespace ${namespace} is being terminated`,
            field: 'metadata.namespace',
          },
        ],
      });
    }
    return object;
  };
}
