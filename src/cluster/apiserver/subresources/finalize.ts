import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Namespace } from '../../api/types/core.ts';
import type { ApiRequest, ServerContext } from '../context.ts';
import { checkName, objectOfBody } from '../resources/sent-object.ts';

/** PUT of `/api/v1/namespaces/x/finalize`: the namespace controller says that nothing is left (pkg/registry/core/namespace/storage.FinalizeREST). */
export function finalizeNamespace({ registry }: ServerContext, request: ApiRequest): KubeObject {
  const sent = objectOfBody(request, namespaceKind) as Namespace;
  if (request.isForeign) checkName(sent, request.info.name);
  const address = { kind: namespaceKind, namespace: undefined, name: request.info.name };
  return registry.update(
    address,
    (before) => ({
      ...(before as Namespace),
      spec: { ...(before as Namespace).spec, finalizers: sent.spec?.finalizers ?? [] },
    }),
    { scope: 'other' },
  );
}
