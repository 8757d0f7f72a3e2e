import { queryFlag, queryValue } from '#machine/http.ts';
import { invalidValue } from '../../api/field-error.ts';
import { isObject, type Json, type JsonObject, quote } from '../../api/json.ts';
import type { UpdateScope } from '../../api/kind.ts';
import { job } from '../../api/kinds/batch/job.ts';
import { service } from '../../api/kinds/core/service.ts';
import { serviceAccount } from '../../api/kinds/core/service-account.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import { pod } from '../../api/kinds/pod/pod.ts';
import type { KubeObject } from '../../api/object.ts';
import { applyJsonPatch, MAX_OPERATIONS, PatchError } from '../../api/patch/json-patch.ts';
import { applyMergePatch } from '../../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import { isCustom } from '../../api/schema/schema.ts';
import { ApiError, badRequest, invalid, type Status } from '../../api/status.ts';
import type { ApiRequest, ServerContext } from '../context.ts';
import type { DeleteOptions } from '../registry/deletion.ts';
import { type Address, resourceOf } from '../registry/registry.ts';
import { checkFields, isDryRun, MalformedField, objectOfBody } from './body.ts';
import { selectionOf } from './list.ts';
import { mediaTypeOf, unsupportedMediaType } from './media-types.ts';
import { generatedName } from './names.ts';

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
  if (sent.metadata.name !== name) {
    throw badRequest(`the name of the object (${sent.metadata.name}) does not match the name on the URL (${name})`);
  }
  return { status: 200, object: change(context, request, kind, scope, () => sent) };
}

/** PATCH, of the object or of its status. @throws ApiError */
export function patchObject(context: ServerContext, request: ApiRequest, kind: AnyKind, scope: UpdateScope): Written {
  const apply = patcher(request, kind);
  const { name, namespace } = request.info;
  return {
    status: 200,
    object: change(context, request, kind, scope, (before) => {
      const patched = apply(before as unknown as JsonObject);
      if (!isObject(patched)) throw badRequest('the patch does not leave an object');
      const checked = request.isForeign ? checkPatched(request, kind, patched) : patched;
      const metadata = checked['metadata'] as JsonObject | undefined;
      if (metadata?.['name'] !== name)
        throw badRequest(
          `the name of the object (${metadata?.['name'] ?? ''}) does not match the name on the URL (${name})`,
        );
      return withNamespaceOf(checked as unknown as KubeObject, namespace);
    }),
  };
}

/** A patch that leaves fields of a wrong type is itself what is wrong (apiserver, pkg/endpoints/handlers/patch.go). */
function checkPatched(request: ApiRequest, kind: AnyKind, patched: JsonObject): JsonObject {
  try {
    return checkFields(request, kind, patched);
  } catch (error) {
    if (!(error instanceof MalformedField)) throw error;
    throw invalid('', '', '', [invalidValue('patch', JSON.stringify(patched), error.why)]);
  }
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

/** @throws ApiError for a media type or a body that is no patch */
function patcher(request: ApiRequest, kind: AnyKind): (before: JsonObject) => Json {
  const type = mediaTypeOf(request.http.headers?.['content-type']);
  const patch = request.body as Json;
  switch (type) {
    case 'application/json-patch+json':
      if (!Array.isArray(patch))
        throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
      if (patch.length > MAX_OPERATIONS) {
        throw new ApiError(
          'RequestEntityTooLarge',
          `Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
        );
      }
      return (before) => refusing(() => applyJsonPatch(before, patch));
    case 'application/merge-patch+json':
      if (!isObject(patch)) throw badRequest('error decoding patch: a merge patch is an object');
      return (before) => applyMergePatch(before, patch);
    case 'application/strategic-merge-patch+json':
      if (isCustom(kind.definition)) throw unsupportedMediaType(ACCEPTED_PATCHES);
      if (!isObject(patch)) throw badRequest('error decoding patch: a strategic merge patch is an object');
      return (before) => {
        try {
          return applyStrategicMergePatch(kind.definition, before, patch);
        } catch (error) {
          if (error instanceof PatchError) throw badRequest(error.message);
          throw error;
        }
      };
    case 'application/apply-patch+yaml':
      throw new ApiError(
        'UnsupportedMediaType',
        'server-side apply is not simulated here; on a real cluster the API server merges by the owners of fields. Use kubectl apply without --server-side',
      );
    default:
      throw unsupportedMediaType(
        isCustom(kind.definition) ? ACCEPTED_PATCHES : [...ACCEPTED_PATCHES, 'application/strategic-merge-patch+json'],
      );
  }
}

const ACCEPTED_PATCHES = ['application/json-patch+json', 'application/merge-patch+json'];

function refusing(apply: () => Json): Json {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    // The real server keeps the reason to itself, and its log.
    throw new ApiError('Invalid', 'the server rejected our request due to an error in our request', {});
  }
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
  const options = deleteOptions(request, kind);
  const { object, isGone } = deleteOne(context, request, { kind, namespace, name }, options);
  if (!isGone) return { status: 200, object };
  if (ANSWER_OBJECT.has(kind)) return { status: 200, object };
  return { status: 200, object: deletedStatus(kind, object) };
}

/** DELETE of a collection: what fits the selectors. */
export function deleteCollection(context: ServerContext, request: ApiRequest, kind: AnyKind): readonly KubeObject[] {
  const { namespace } = request.info;
  const options = deleteOptions(request, kind);
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
  return registry.delete(address, options, isDryRun(request, options.dryRun));
}

/** From the body, or from the query (metav1.DeleteOptions). @throws ApiError BadRequest */
function deleteOptions(request: ApiRequest, kind: AnyKind): DeleteOptions {
  const body = request.body;
  const sent: DeleteOptions = isObject(body) ? (body as DeleteOptions) : {};
  const { query } = request.http;
  const grace = queryValue(query, 'gracePeriodSeconds');
  const policy = queryValue(query, 'propagationPolicy') ?? sent.propagationPolicy;
  if (policy !== undefined && !['Background', 'Foreground', 'Orphan'].includes(policy)) {
    const message = `Unsupported value: ${quote(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`;
    throw new ApiError('Invalid', `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: ${message}`, {
      group: 'meta.k8s.io',
      kind: 'DeleteOptions',
      causes: [{ reason: 'FieldValueNotSupported', message, field: 'propagationPolicy' }],
    });
  }
  const orphans = queryFlag(query, 'orphanDependents') || sent.orphanDependents === true;
  // Jobs of batch/v1 leave their Pods behind unless a client says otherwise, as they always did.
  const fallback = kind === job && !orphans ? 'Orphan' : undefined;
  const chosen = (policy ?? fallback) as DeleteOptions['propagationPolicy'];
  return {
    ...sent,
    ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
    ...(chosen && { propagationPolicy: chosen }),
    ...(orphans && { orphanDependents: true }),
  };
}

function deletedStatus(kind: AnyKind, { metadata }: KubeObject): Status {
  const { group, resource } = resourceOf(kind);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: metadata.name, ...(group !== '' && { group }), kind: resource, uid: metadata.uid },
    code: 200,
  };
}
