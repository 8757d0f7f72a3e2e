import { invalidValue } from '../../api/field-error.ts';
import type { JsonObject } from '../../api/json.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { formatSelector } from '../../api/selectors/labels.ts';
import { invalid } from '../../api/status.ts';
import type { Deployment } from '../../api/types/workloads.ts';
import type { ApiRequest, ServerContext } from '../context.ts';
import { patchOf } from '../resources/patch.ts';
import { checkName } from '../resources/sent-object.ts';
import { isDryRun } from '../resources/write-options.ts';

/** Any kind with replicas. */
type Scalable = Pick<Deployment, 'apiVersion' | 'kind' | 'metadata' | 'spec' | 'status'>;

type Scale = KubeObject & { readonly spec?: { readonly replicas?: number } };

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale', definition: 'autoscaling.v1.Scale' } as const;

/** autoscaling/v1.Scale of an object (pkg/registry/apps/deployment/storage.ScaleREST and its kin). */
function scaleOf(object: KubeObject): object {
  const { metadata, spec, status } = object as Scalable;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { ...(spec.replicas > 0 && { replicas: spec.replicas }) },
    status: { replicas: status.replicas ?? 0, selector: formatSelector(spec.selector) },
  };
}

/** GET, PUT and PATCH of `/scale`. @throws ApiError */
export function serveScale({ registry }: ServerContext, request: ApiRequest, kind: AnyKind): object {
  const { name, namespace, verb } = request.info;
  const address = { kind, namespace, name };
  if (verb === 'get') return scaleOf(registry.get(address));
  const changed = registry.update(
    address,
    (before) => {
      const scale = (verb === 'patch' ? patchOf(request, SCALE)(scaleOf(before) as JsonObject) : request.body) as Scale;
      if (request.isForeign) checkName(scale, name);
      const { metadata, spec } = scale;
      const replicas = spec?.replicas ?? 0;
      if (!Number.isInteger(replicas) || replicas < 0) {
        throw invalid('autoscaling', 'Scale', name, [
          invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
        ]);
      }
      const current = before as Scalable;
      return {
        ...current,
        metadata: {
          ...current.metadata,
          resourceVersion: metadata?.resourceVersion || current.metadata.resourceVersion,
        },
        spec: { ...current.spec, replicas },
      };
    },
    { isDryRun: isDryRun(request) },
  );
  return scaleOf(changed);
}
