import { timestamp } from '#kernel/calendar.ts';
import { required } from '../../api/field-error.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import type { Condition } from '../../api/object.ts';
import { badRequest, conflict, invalid, type Status } from '../../api/status.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { ApiRequest, ServerContext } from '../context.ts';
import type { DeleteOptions } from '../registry/deletion.ts';
import { isDryRun } from '../resources/write-options.ts';

/** POST of a Binding: the Pod goes to a node (pkg/registry/core/pod/storage.BindingREST). @throws ApiError */
export function bindPod({ registry, kernel }: ServerContext, request: ApiRequest): Status {
  const body = request.body as { target?: { kind?: string; name?: string }; metadata?: { name?: string } };
  const { namespace } = request.info;
  const name = nameOf(request, body, 'Binding');
  const target = body.target?.name;
  if (!target) throw invalid('', 'Binding', name, [required('target.name')]);
  registry.update(
    { kind: podKind, namespace, name },
    (before) => {
      const pod = before as Pod;
      const why =
        pod.metadata.deletionTimestamp !== undefined
          ? `pod ${name} is being deleted, cannot be assigned to a host`
          : pod.spec.nodeName
            ? `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`
            : pod.spec.schedulingGates?.length
              ? `pod ${name} has non-empty .spec.schedulingGates`
              : undefined;
      if (why) throw conflict({ group: '', resource: 'pods/binding' }, name, why);
      const scheduled: Condition = {
        type: 'PodScheduled',
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: timestamp(kernel.now),
      };
      const { nominatedNodeName: _, conditions = [], ...status } = pod.status;
      const isKnown = conditions.some(({ type }) => type === 'PodScheduled');
      return {
        ...pod,
        spec: { ...pod.spec, nodeName: target },
        status: {
          ...status,
          conditions: isKnown
            ? conditions.map((each) => (each.type === 'PodScheduled' ? scheduled : each))
            : [...conditions, scheduled],
        },
      };
    },
    { scope: 'other', isDryRun: isDryRun(request) },
  );
  return success(201);
}

/**
 * POST of an Eviction: a deletion that a disruption budget may refuse, and that the Pod's status tells of before; budgets are not
 * simulated (pkg/registry/core/pod/storage.EvictionREST). @throws ApiError
 */
export function evictPod({ registry, kernel }: ServerContext, request: ApiRequest): Status {
  const body = request.body as {
    readonly metadata?: { readonly name?: string };
    readonly deleteOptions?: DeleteOptions;
  };
  const options = body.deleteOptions ?? {};
  const { namespace } = request.info;
  const name = nameOf(request, body, 'Eviction');
  const address = { kind: podKind, namespace, name };
  // What it would refuse is refused before anything is written.
  registry.delete(address, options, true);
  if (isDryRun(request) || (options.dryRun?.length ?? 0) > 0) return success(201);
  const evicted: Condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(kernel.now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  registry.update(
    address,
    (before) => {
      const pod = before as Pod;
      const others = (pod.status.conditions ?? []).filter(({ type }) => type !== evicted.type);
      return { ...pod, status: { ...pod.status, conditions: [...others, evicted] } };
    },
    { scope: 'other' },
  );
  const { resourceVersion: _, ...preconditions } = options.preconditions ?? {};
  registry.delete(address, { ...options, preconditions });
  return success(201);
}

/** The Pod that is meant: the body must name it too. @throws ApiError BadRequest */
function nameOf(
  { info, isForeign }: ApiRequest,
  { metadata }: { readonly metadata?: { readonly name?: string } },
  kind: string,
): string {
  if (info.resource === `${kind.toLowerCase()}s`) return metadata?.name ?? '';
  if (isForeign && metadata?.name !== info.name) throw badRequest(`name in URL does not match name in ${kind} object`);
  return info.name;
}

function success(code: number): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code };
}
