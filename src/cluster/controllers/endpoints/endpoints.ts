import { isEqual } from '../../api/json.ts';
import { endpoints as endpointsKind } from '../../api/kinds/core/endpoints.ts';
import { keyOf, type Labels, splitKey } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Endpoints, Service } from '../../api/types/core.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { ServicePods } from '../endpointslice/service-pods.ts';
import { HEADLESS, isHeadless } from '../endpointslice/slices.ts';
import { TRIGGER_TIME, TriggerTimes } from '../endpointslice/trigger-time.ts';
import { isNamespaceEnding, messageOf } from '../pod-control/errors.ts';
import { PacedQueue } from '../pod-control/paced-queue.ts';
import { subsetsOf, truncate } from './subsets.ts';

export interface EndpointsOptions {
  /** `--endpoint-updates-batch-period`, in milliseconds. */
  readonly updatesBatchPeriod?: number;
}

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const NAME = 'endpoint-controller';
/** Until the cache shows what was written, in milliseconds. */
const STALE_RETRY = 5;

/** Keeps the Endpoints of Services with a selector (pkg/controller/endpoint), for clients that do not know EndpointSlices. */
export function startEndpoints(
  context: ControllerContext,
  { updatesBatchPeriod = 0 }: EndpointsOptions = {},
): Controller {
  const { client, informers, log } = context;
  const recorder = context.recorder(NAME);
  const queue = new PacedQueue(context, 'endpoint', sync);
  const servicePods = new ServicePods(context, enqueue);
  const endpoints = informers.of(endpointsKind);
  const times = new TriggerTimes();
  /** Objects that were written and that the cache may still show as they were, by key: their resourceVersion before. */
  const stale = new Map<string, string>();
  servicePods.services.handle({
    added: (service) => queue.add(keyOf(service)),
    updated: (service) => queue.add(keyOf(service)),
    deleted: (service) => queue.add(keyOf(service)),
  });
  endpoints.handle({
    // Left over by Services that went while nobody looked.
    added: (object) => {
      if (!informers.haveSynced && !object.metadata.annotations?.[LEADER]) queue.add(keyOf(object));
    },
    deleted: (object) => queue.add(keyOf(object)),
  });
  log.info('endpoints_controller.go:193', 'Starting endpoint controller', { logger: 'endpoints-controller' });

  function enqueue(key: string): void {
    if (updatesBatchPeriod > 0) queue.addAfter(key, updatesBatchPeriod);
    else queue.add(key);
  }

  function sync(key: string): void {
    const service = servicePods.services.getByKey(key);
    if (!service) {
      times.forget(key);
      stale.delete(key);
      queue.forget(key);
      if (endpoints.getByKey(key)) remove(key);
      return;
    }
    if (service.spec.type === 'ExternalName' || !service.spec.selector) return;
    const current = endpoints.getByKey(key);
    if (current && stale.get(key) === current.metadata.resourceVersion) {
      queue.addAfter(key, STALE_RETRY);
      return;
    }
    const pods = servicePods.podsOf(service);
    const time = times.next(key, service, pods);
    const { subsets, isCut } = truncate(subsetsOf(service, pods));
    const labels = labelsFor(service);
    if (current && !isCut && isEqual(current.subsets ?? [], subsets)) {
      const isMarked = current.metadata.annotations?.[OVER_CAPACITY] !== undefined;
      if (!isMarked && isEqual(current.metadata.labels, labels)) return;
    }
    const { [TRIGGER_TIME]: _, [OVER_CAPACITY]: __, ...annotations } = current?.metadata.annotations ?? {};
    const metadata = {
      labels,
      annotations: {
        ...annotations,
        ...(time !== undefined && { [TRIGGER_TIME]: time }),
        ...(isCut && { [OVER_CAPACITY]: 'truncated' }),
      },
    };
    const content = subsets.length > 0 ? { subsets } : {};
    if (current) {
      const { subsets: ___, ...rest } = current;
      update(key, current, { ...rest, metadata: { ...current.metadata, ...metadata }, ...content });
    } else create(service, metadata, content);
  }

  function create(
    { metadata: { name, namespace = '' } }: Service,
    marks: { readonly labels: Labels; readonly annotations: Labels },
    content: Pick<Endpoints, 'subsets'>,
  ): void {
    const about = { apiVersion: 'v1', kind: 'Endpoints' };
    try {
      client.create(endpointsKind, { ...about, metadata: { name, namespace, ...marks }, ...content });
    } catch (error) {
      if (isNamespaceEnding(error)) return;
      const message = `Failed to create endpoint for service ${namespace}/${name}: ${messageOf(error)}`;
      recorder.record({ ...about, name, namespace }, 'Warning', 'FailedToCreateEndpoint', message);
      throw error;
    }
  }

  function update(key: string, current: Endpoints, next: Endpoints): void {
    try {
      const { metadata } = client.update(endpointsKind, next);
      if (metadata.resourceVersion !== current.metadata.resourceVersion)
        stale.set(key, current.metadata.resourceVersion);
    } catch (error) {
      const message = `Failed to update endpoint ${key}: ${messageOf(error)}`;
      recorder.record(current, 'Warning', 'FailedToUpdateEndpoint', message);
      throw error;
    }
  }

  function remove(key: string): void {
    try {
      client.delete(endpointsKind, { metadata: metadataOf(key) });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }

  return { name: 'endpoints', stop: () => queue.stop() };
}

function labelsFor({ metadata, spec }: Service): Labels {
  const { [HEADLESS]: _, ...labels } = metadata.labels ?? {};
  return { ...labels, ...(isHeadless(spec) && { [HEADLESS]: '' }), [MANAGED_BY]: NAME };
}

function metadataOf(key: string): { readonly name: string; readonly namespace?: string } {
  const { namespace, name } = splitKey(key);
  return { name, ...(namespace !== undefined && { namespace }) };
}
