import type { JsonObject } from '../../api/json.ts';
import type { UpdateScope } from '../../api/kind.ts';
import { job } from '../../api/kinds/batch/job.ts';
import { service } from '../../api/kinds/core/service.ts';
import { serviceAccount } from '../../api/kinds/core/service-account.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import { pod } from '../../api/kinds/pod/pod.ts';
import type { KubeObject } from '../../api/object.ts';
import { ApiError, badRequest, type Status } from '../../api/status.ts';
import type { ApiRequest, ServerContext } from '../context.ts';
import type { DeleteOptions } from '../registry/deletion.ts';
import { type Address, resourceOf } from '../registry/registry.ts';
import { deleteOptionsOf } from './delete-options.ts';
import { selectionOf } from './list.ts';
import { generatedName } from './names.ts';
import { patchOf } from './patch.ts';
import { checkName, objectOfBody } from './sent-object.ts';
import { isDryRun } from './write-options.ts';

/** An object that was written, and the status of the answer. */
export interface Written {
  readonly status: number;
  readonly object: KubeObject | Status;
}

/** POST. @throws ApiError BadRequest, Forbidden, AlreadyExists, Invalid, NotFound for the namespace */
export function createObject(context: ServerContext, request: ApiRequest, kind: AnyKind): Written {
  const sent = objectOfBody(request, kind);
  const namespaced = withNamespace(sent, request, kind);
  const { generateName } = namespaced.metadata;
  // Names that are made rarely meet one that is there; then another is made.
  for (let tries = 1; ; tries += 1) {
    const name = namespaced.metadata.name || (generateName ? generatedName(generateName, context.kernel.random) : '');
    const named = name === namespaced.metadata.name ? namespaced : withName(namespaced, name);
    try {
      return { status: 201, object: createNamed(context, request, kind, named) };
    } catch (error) {
      const isTaken = error instanceof ApiError && error.reason === 'AlreadyExists';
      if (!isTaken || namespaced.metadata.name || tries >= 8) throw error;
    }
  }
}

function withName(object: KubeObject, name: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, name } };
}

function createNamed(context: ServerContext, request: ApiRequest, kind: AnyKind, object: KubeObject): KubeObject {
  const { registry, admission } = context;
  const admitted = admission.admit(kind.complete(object), {
    kind,
    operation: 'CREATE',
    subresource: '',
    namespace: object.metadata.namespace,
    name: object.metadata.name,
    user: request.user,
  });
  request.warnings.push(...(kind.warnings?.(admitted) ?? []));
  return registry.create(kind, admitted, { isDryRun: isDryRun(request) });
}

/** PUT, of the object or of its status. @throws ApiError */
export function updateObject(context: ServerContext, request: ApiRequest, kind: AnyKind, scope: UpdateScope): Written {
  const sent = withNamespace(objectOfBody(request, kind), request, kind);
  const { name } = request.info;
  checkName(sent, name);
  return { status: 200, object: change(context, request, kind, scope, () => sent) };
}

/** PATCH, of the object or of its status. @throws ApiError */
export function patchObject(context: ServerContext, request: ApiRequest, kind: AnyKind, scope: UpdateScope): Written {
  const apply = patchOf(request, kind);
  const make = (before: KubeObject) => withNamespace(apply(before as unknown as JsonObject), request, kind);
  return { status: 200, object: change(context, request, kind, scope, make) };
}

function change(
  { registry, admission }: ServerContext,
  request: ApiRequest,
  kind: AnyKind,
  scope: UpdateScope,
  make: (before: KubeObject) => KubeObject,
): KubeObject {
  const { name, namespace, subresource } = request.info;
  const address: Address = { kind, namespace, name };
  const about = { kind, operation: 'UPDATE' as const, subresource, namespace, name, user: request.user };
  return registry.update(
    address,
    (before) => {
      const next = make(before);
      // A status update touches nothing that defaults are filled in for.
      return admission.admit(scope === 'status' ? next : kind.complete(next), about);
    },
    { scope, isDryRun: isDryRun(request) },
  );
}

function withNamespace(object: KubeObject, { info }: ApiRequest, kind: AnyKind): KubeObject {
  if (!kind.isNamespaced) return object;
  const { namespace } = object.metadata;
  if (namespace && info.namespace && namespace !== info.namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  return withNamespaceOf(object, info.namespace);
}

function withNamespaceOf(object: KubeObject, namespace: string | undefined): KubeObject {
  if (namespace === undefined || object.metadata.namespace === namespace) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Kinds whose deletion answers the object rather than a Status (their stores' ReturnDeletedObject). */
const ANSWER_OBJECT: ReadonlySet<AnyKind> = new Set<AnyKind>([pod, service, serviceAccount]);

/** DELETE of one object. @throws ApiError */
export function deleteObject(context: ServerContext, request: ApiRequest, kind: AnyKind): Written {
  const { name, namespace } = request.info;
  const options = deletion(request, kind);
  const { object, isGone } = deleteOne(context, request, { kind, namespace, name }, options);
  if (!isGone) return { status: 200, object };
  if (ANSWER_OBJECT.has(kind)) return { status: 200, object };
  return { status: 200, object: deletedStatus(kind, object) };
}

/** DELETE of a collection: what fits the selectors. */
export function deleteCollection(context: ServerContext, request: ApiRequest, kind: AnyKind): readonly KubeObject[] {
  const { namespace } = request.info;
  const options = deletion(request, kind);
  const selection = selectionOf(request, kind);
  const chosen = context.registry.all(kind, namespace).filter(selection.matches);
  for (const { metadata } of chosen) {
    deleteOne(context, request, { kind, namespace: metadata.namespace, name: metadata.name }, options);
  }
  return chosen;
}

function deleteOne(
  { registry, admission }: ServerContext,
  request: ApiRequest,
  address: Address,
  options: DeleteOptions,
) {
  const { kind, namespace, name } = address;
  const before = registry.get(address);
  admission.admit(before, { kind, operation: 'DELETE', subresource: '', namespace, name, user: request.user });
  return registry.delete(address, options, (options.dryRun?.length ?? 0) > 0);
}

/** Jobs of batch/v1 leave their Pods behind unless a client says otherwise, as they always did. */
function deletion(request: ApiRequest, kind: AnyKind): DeleteOptions {
  const options = deleteOptionsOf(request);
  if (kind !== job || options.propagationPolicy || options.orphanDependents !== undefined) return options;
  return { ...options, propagationPolicy: 'Orphan' };
}

function deletedStatus(kind: AnyKind, { metadata }: KubeObject): Status {
  const { group, resource } = resourceOf(kind);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: metadata.name, ...(group !== '' && { group }), kind: resource, uid: metadata.uid },
  };
}
