import { type HttpResponse, queryValue } from '#machine/http.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import { ApiError, badRequest } from '../../api/status.ts';
import type { ApiRequest, ServerContext } from '../context.ts';
import { ObjectWatch, type WatchEvent } from '../registry/object-watch.ts';
import { formOfList, formOfObject, type IncludeObject, watchFormer } from './forms.ts';
import { listObjects, selectionOf } from './list.ts';
import { listOptionsOf, parseRevision } from './list-options.ts';
import { MappedSource } from './mapped-source.ts';
import { acceptedForm } from './media-types.ts';

/** `includeObject=` of a table. */
export function includeOf({ http }: ApiRequest): IncludeObject {
  const value = queryValue(http.query, 'includeObject') ?? 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(value)}`);
}

/** GET of one object. @throws ApiError NotFound */
export function getObject({ registry, kernel }: ServerContext, request: ApiRequest, kind: AnyKind): HttpResponse {
  const form = acceptedForm(request.http.headers?.['accept']);
  const { name, namespace } = request.info;
  const object = registry.get({ kind, namespace, name });
  request.warnings.push(...readWarnings(kind, object));
  return { status: 200, body: formOfObject(kind, object, form, includeOf(request), kernel.now) };
}

/** GET of a collection. */
export function getList(context: ServerContext, request: ApiRequest, kind: AnyKind): HttpResponse {
  const form = acceptedForm(request.http.headers?.['accept']);
  const { items, meta } = listObjects(context, request, kind);
  request.warnings.push(...readWarnings(kind));
  return { status: 200, body: formOfList(kind, items, meta, form, includeOf(request), context.kernel.now) };
}

/** Kinds that are deprecated say so on every read too. */
function readWarnings(kind: AnyKind, object?: unknown): readonly string[] {
  return kind.kind === 'Endpoints' || kind.kind === 'ComponentStatus' ? (kind.warnings?.(object) ?? []) : [];
}

/** GET with `watch=true`. @throws ApiError BadRequest, Expired */
export function watchObjects({ registry, kernel }: ServerContext, request: ApiRequest, kind: AnyKind): HttpResponse {
  const { headers } = request.http;
  const { namespace } = request.info;
  const form = acceptedForm(headers?.['accept']);
  const include = includeOf(request);
  const { matches } = selectionOf(request, kind);
  const { resourceVersion: version, sendInitialEvents, allowBookmarks, timeout } = listOptionsOf(request);
  const wantsInitial = sendInitialEvents === true;
  const { revision } = registry.store;
  // Without a version, or with 0, what is there comes first.
  const startsNow = version === '' || version === '0' || wantsInitial;
  const after = startsNow ? revision : parseRevision(version, (why) => new ApiError('', why, undefined, 500));
  request.warnings.push(...readWarnings(kind));
  const watch = new ObjectWatch(kernel, registry.store, kind, namespace, {
    after,
    matches,
    bookmarks: allowBookmarks,
    endOfInitial: wantsInitial,
    ...(startsNow && sendInitialEvents !== false && { initial: registry.all(kind, namespace).filter(matches) }),
    ...(timeout !== 0 && { timeout: Math.max(0, timeout) }),
  });
  if (form === 'object') return { status: 200, stream: watch };
  return {
    status: 200,
    stream: new MappedSource<WatchEvent, object>(
      watch,
      watchFormer(kind, form, include, () => kernel.now),
    ),
  };
}
