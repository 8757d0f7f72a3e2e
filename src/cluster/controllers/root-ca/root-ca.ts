import { isEqual } from '../../api/json.ts';
import { configMap as configMapKind } from '../../api/kinds/core/config-map.ts';
import { namespace as namespaceKind } from '../../api/kinds/core/namespace.ts';
import { isReason } from '../../api/status.ts';
import type { ConfigMap } from '../../api/types/core.ts';
import { type Controller, type ControllerContext, controllerQueue } from '../controller.ts';
import { isNamespaceEnding } from '../pod-control/errors.ts';

export interface RootCaOptions {
  /** What the file of `--root-ca-file` holds: certificates in PEM. */
  readonly rootCa: string;
}

const NAME = 'kube-root-ca.crt';
const ANNOTATION = 'kubernetes.io/description';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Publishes the cluster's CA in each namespace, for the Pods there (pkg/controller/certificates/rootcacertpublisher). */
export function startRootCa(context: ControllerContext, { rootCa }: RootCaOptions): Controller {
  const { client, informers, log } = context;
  const data = { 'ca.crt': rootCa };
  const queue = controllerQueue(context, 'root_ca_cert_publisher', sync);
  const configMaps = informers.of(configMapKind);
  const enqueue = ({ metadata }: ConfigMap) => {
    if (metadata.name === NAME) queue.add(metadata.namespace ?? '');
  };
  configMaps.handle({ updated: enqueue, deleted: enqueue });
  informers.of(namespaceKind).handle({
    added: ({ metadata }) => queue.add(metadata.name),
    updated: ({ metadata, status }) => {
      if (status.phase === 'Active') queue.add(metadata.name);
    },
  });
  const logger = 'root-ca-certificate-publisher-controller';
  log.info('publisher.go:107', 'Starting root CA cert publisher controller', { logger });

  function sync(namespace: string): void {
    const known = configMaps.get(namespace, NAME);
    if (!known) {
      create(namespace);
      return;
    }
    if (isEqual(known.data, data) && known.metadata.annotations?.[ANNOTATION]) return;
    const annotations = { ...known.metadata.annotations, [ANNOTATION]: DESCRIPTION };
    client.update(configMapKind, { ...known, metadata: { ...known.metadata, annotations }, data });
  }

  function create(namespace: string): void {
    try {
      client.create(configMapKind, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: NAME, namespace, annotations: { [ANNOTATION]: DESCRIPTION } },
        data,
      });
    } catch (error) {
      if (!isReason(error, 'NotFound', 'AlreadyExists') && !isNamespaceEnding(error)) throw error;
    }
  }

  return { name: 'root-ca-certificate-publisher', stop: () => queue.stop() };
}
