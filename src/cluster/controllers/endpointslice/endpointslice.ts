import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { endpointSlice as sliceKind } from '../../api/kinds/other/endpoint-slice.ts';
import { type Draft, keyOf } from '../../api/object.ts';
import { isReason } from '../../api/status.ts';
import type { Service } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { EndpointSlice } from '../../api/types/policy.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { isNamespaceEnding, messageOf } from '../pod-control/errors.ts';
import { PacedQueue } from '../pod-control/paced-queue.ts';
import { ServicePods } from './service-pods.ts';
import { SliceTracker, serviceKeyOf } from './slice-tracker.ts';
import { CONTROLLER_NAME, MANAGED_BY, reconcileSlices, type SliceChanges } from './slices.ts';
import { TRIGGER_TIME, TriggerTimes } from './trigger-time.ts';

export interface EndpointSliceOptions {
  /** `--max-endpoints-per-slice` */
  readonly maxEndpointsPerSlice?: number;
  /** `--endpointslice-updates-batch-period`, in milliseconds. */
  readonly updatesBatchPeriod?: number;
}

/** A change of a slice by another hand is looked at so much later, in milliseconds; also one that the cache does not show yet. */
const SLICE_CHANGE_DELAY = 1_000;
const MAX_RETRIES = 15;
const BY_SERVICE = 'service';
const ZONE = 'topology.kubernetes.io/zone';

/** Keeps the EndpointSlices of Services with a selector (pkg/controller/endpointslice). Topology hints are not set. */
export function startEndpointSlice(context: ControllerContext, options: EndpointSliceOptions = {}): Controller {
  const { client, informers, log } = context;
  const { maxEndpointsPerSlice = 100, updatesBatchPeriod = 0 } = options;
  const recorder = context.recorder('endpoint-slice-controller');
  const queue = new PacedQueue(context, 'endpoint_slice', sync);
  const servicePods = new ServicePods(context, enqueue);
  const slices = informers.of(sliceKind);
  const nodes = informers.of(nodeKind);
  const tracker = new SliceTracker();
  const times = new TriggerTimes();
  /** How often in a row a Service had a Pod without a node. */
  const attempts = new Map<string, number>();
  slices.index(BY_SERVICE, (slice) => (isManaged(slice) ? [serviceKeyOf(slice)] : []));
  const enqueueServiceOf = (slice: EndpointSlice) =>
    queue.addAfter(serviceKeyOf(slice), Math.max(SLICE_CHANGE_DELAY, updatesBatchPeriod));

  servicePods.services.handle({
    added: (service) => queue.add(keyOf(service)),
    updated: (service) => queue.add(keyOf(service)),
    deleted: (service) => queue.add(keyOf(service)),
  });
  slices.handle({
    added: (slice) => {
      if (isManaged(slice) && tracker.isForeign(slice)) enqueueServiceOf(slice);
    },
    updated: (slice, before) => {
      if (serviceKeyOf(slice) !== serviceKeyOf(before)) {
        enqueueServiceOf(slice);
        enqueueServiceOf(before);
      } else if (isManaged(slice) !== isManaged(before) || (isManaged(slice) && tracker.isForeign(slice))) {
        enqueueServiceOf(slice);
      }
    },
    deleted: (slice) => {
      if (isManaged(slice) && tracker.gone(slice)) enqueueServiceOf(slice);
    },
  });
  log.info('endpointslice_controller.go:280', 'Starting endpoint slice controller', {
    logger: 'endpointslice-controller',
  });

  function enqueue(key: string): void {
    if (updatesBatchPeriod > 0) queue.addAfter(key, updatesBatchPeriod);
    else queue.add(key);
  }

  function sync(key: string): void {
    const service = servicePods.services.getByKey(key);
    if (!service) {
      times.forget(key);
      tracker.forget(key);
      attempts.delete(key);
      queue.forget(key);
      return;
    }
    if (service.spec.type === 'ExternalName' || !service.spec.selector) return;
    const own = slices.indexed(BY_SERVICE, key).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (tracker.isStale(key, own)) {
      queue.addAfter(key, SLICE_CHANGE_DELAY);
      return;
    }
    const pods = servicePods.podsOf(service);
    const time = times.next(key, service, pods);
    const changes = reconcileSlices({
      service,
      pods,
      slices: own,
      maxEndpoints: maxEndpointsPerSlice,
      zoneOf: (name) => {
        const node = nodes.get(undefined, name);
        return node && { zone: node.metadata.labels?.[ZONE] };
      },
    });
    try {
      apply(service, changes, time);
    } catch (error) {
      tellOfFailure(service, messageOf(error));
      throw error;
    }
    const [pod] = changes.withoutNode;
    if (pod) retryLater(key, service, withoutNodeMessage(pod, service));
    else attempts.delete(key);
  }

  function tellOfFailure(service: Service, why: string): void {
    const { namespace, name } = service.metadata;
    const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${why}`;
    recorder.record(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
  }

  /** The node may come, or the Pod go. */
  function retryLater(key: string, service: Service, why: string): void {
    tellOfFailure(service, why);
    const attempt = attempts.get(key) ?? 0;
    if (attempt === MAX_RETRIES) return;
    attempts.set(key, attempt + 1);
    const values = { logger: 'endpointslice-controller', key, err: why };
    log.info('endpointslice_controller.go:358', 'Error syncing endpoint slices for service, retrying', values);
    queue.addAfter(key, SLICE_CHANGE_DELAY * 2 ** attempt);
  }

  function apply(service: Service, changes: SliceChanges, time: string | undefined): void {
    // The garbage collector removes the slices of a Service that is being deleted: new ones would race with it.
    const create = service.metadata.deletionTimestamp === undefined ? changes.create : [];
    try {
      for (const draft of create) tracker.wrote(client.create(sliceKind, withTime(draft, time)));
    } catch (error) {
      if (isNamespaceEnding(error)) return;
      throw error;
    }
    for (const slice of changes.update) tracker.wrote(client.update(sliceKind, withTime(slice, time)));
    for (const slice of changes.delete) {
      try {
        client.delete(sliceKind, slice);
        tracker.deleted(slice);
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error;
      }
    }
  }

  return { name: 'endpointslice', stop: () => queue.stop() };
}

function isManaged({ metadata }: EndpointSlice): boolean {
  return metadata.labels?.[MANAGED_BY] === CONTROLLER_NAME;
}

function withTime<T extends EndpointSlice | Draft<EndpointSlice>>(slice: T, time: string | undefined): T {
  const { [TRIGGER_TIME]: _, ...annotations } = slice.metadata.annotations ?? {};
  const next = time === undefined ? annotations : { ...annotations, [TRIGGER_TIME]: time };
  return { ...slice, metadata: { ...slice.metadata, annotations: next } };
}

function withoutNodeMessage(pod: Pod, { metadata: { namespace, name } }: Service): string {
  return `skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${pod.spec.nodeName ?? ''} Not Found`;
}
