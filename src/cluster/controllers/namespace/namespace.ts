import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { isReason } from '../../api/status.ts';
import type { Namespace } from '../../api/types/core.ts';
import { pathOf } from '../../client/client.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';
import { deleteContent } from './content.ts';
import { withDeletionConditions } from './deletion-conditions.ts';

const NAME = 'namespace-controller';
const FINALIZER = 'kubernetes';
/** So late it begins, in milliseconds, lest admission of another API server does not know yet of the end (namespaceDeletionGracePeriod). */
const GRACE = 5_000;

/** Empties namespaces that are being deleted, and then lets them go (pkg/controller/namespace). */
export function startNamespace(context: ControllerContext): Controller {
  const { client, informers, kernel, log } = context;
  const queue = controllerQueue(context, 'namespace', sync);
  const namespaces = informers.of(namespaceKind);
  const enqueue = ({ metadata }: Namespace) => {
    if (metadata.deletionTimestamp !== undefined) queue.addAfter(metadata.name, GRACE);
  };
  namespaces.handle({ added: enqueue, updated: enqueue });
  log.info('namespace_controller.go:202', 'Starting namespace controller', { logger: NAME });

  function sync(name: string): void {
    if (!namespaces.get(undefined, name)) {
      log.info('namespace_controller.go:187', 'Namespace has been deleted', { logger: NAME, namespace: name });
      return;
    }
    const namespace = client.find(namespaceKind, undefined, name);
    if (!namespace?.metadata.deletionTimestamp || !namespace.spec.finalizers?.length) return;
    const { report, estimate } = deleteContent(client, namespace, kernel.now);
    updateStatus(namespace, withDeletionConditions(namespace.status.conditions, report, kernel.now));
    if (report.errors.length > 0) throw new Error(aggregate(report.errors));
    if (estimate > 0) {
      const waitSeconds = Math.floor(estimate / 2) + 1;
      const values = { logger: NAME, namespace: name, waitSeconds };
      log.verbose(4, 'namespace_controller.go:159', 'Content remaining in namespace', values);
      queue.addAfter(name, waitSeconds * 1000);
      return;
    }
    finalize(name);
  }

  function updateStatus(namespace: Namespace, conditions: Namespace['status']['conditions']): void {
    const { status } = namespace;
    if (conditions === status.conditions && status.phase === 'Terminating') return;
    try {
      const next = { ...status, phase: 'Terminating' as const, ...(conditions && { conditions }) };
      client.updateStatus(namespaceKind, { ...namespace, status: next });
    } catch (error) {
      // It is only told of: the next pass tells again.
      if (!isReason(error, 'Conflict', 'NotFound')) throw error;
    }
  }

  function finalize(name: string): void {
    const namespace = client.find(namespaceKind, undefined, name);
    if (!namespace) return;
    const finalizers = namespace.spec.finalizers?.filter((finalizer) => finalizer !== FINALIZER) ?? [];
    const body: Namespace = { ...namespace, spec: { ...namespace.spec, finalizers } };
    try {
      client.request({ method: 'PUT', path: `${pathOf(namespaceKind, undefined, name)}/finalize`, body });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }

  return { name: 'namespace', stop: () => queue.stop() };
}

/** utilerrors.Aggregate.Error */
function aggregate(errors: readonly string[]): string {
  const unique = [...new Set(errors)];
  return unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`;
}
