import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { serviceAccount as serviceAccountKind } from '../../api/kinds/core/service-account.ts';
import { isReason } from '../../api/status.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';
import { isNamespaceEnding } from '../pod-control/errors.ts';

/** The account of Pods that name none. */
const NAME = 'default';

/** Gives each namespace its ServiceAccount `default` (pkg/controller/serviceaccount.ServiceAccountsController). */
export function startServiceAccount(context: ControllerContext): Controller {
  const { client, informers, log } = context;
  const queue = controllerQueue(context, 'serviceaccount', sync);
  const namespaces = informers.of(namespaceKind);
  const accounts = informers.of(serviceAccountKind);
  namespaces.handle({
    added: ({ metadata }) => queue.add(metadata.name),
    updated: ({ metadata }) => queue.add(metadata.name),
  });
  accounts.handle({ deleted: ({ metadata }) => queue.add(metadata.namespace ?? '') });
  log.info('serviceaccounts_controller.go:117', 'Starting service account controller', {
    logger: 'serviceaccount-controller',
  });

  function sync(name: string): void {
    const namespace = namespaces.get(undefined, name);
    if (namespace?.status.phase !== 'Active' || accounts.get(name, NAME)) return;
    try {
      client.create(serviceAccountKind, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: NAME, namespace: name },
      });
    } catch (error) {
      if (!isReason(error, 'AlreadyExists') && !isNamespaceEnding(error)) throw error;
    }
  }

  return { name: 'serviceaccount', stop: () => queue.stop() };
}
