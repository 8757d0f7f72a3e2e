import { queryValue } from '#machine/http.ts';
import { quote } from '../../api/json.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { type FieldRequirement, parseFieldSelector } from '../../api/selectors/fields.ts';
import { everything, type LabelMatcher, parseLabelSelector, SelectorError } from '../../api/selectors/labels.ts';
import { ApiError, badRequest, expired } from '../../api/status.ts';
import { StoreError } from '../../store/errors.ts';
import type { ApiRequest, ServerContext } from '../context.ts';
import { prefixKey } from '../registry/keys.ts';
import { type Continuation, readToken, writeToken } from './continue-token.ts';
import type { ListMeta } from './forms.ts';
import { type ListOptions, listOptionsOf, parseRevision } from './list-options.ts';

/** Which objects a request wants. */
export interface Selection {
  readonly matches: (object: KubeObject) => boolean;
  readonly isEverything: boolean;
}

/** @throws ApiError BadRequest */
export function selectionOf({ http, info }: ApiRequest, kind: AnyKind): Selection {
  const labelText = queryValue(http.query, 'labelSelector') ?? '';
  const fieldText = queryValue(http.query, 'fieldSelector') ?? '';
  const fields = parsed(() => parseFieldSelector(fieldText));
  for (const { field } of fields) {
    if (field === 'metadata.name' || field === 'metadata.namespace' || kind.selectable?.[field]) continue;
    if (kind.selectable) throw badRequest(`field label not supported: ${field}`);
    throw badRequest(`${quote(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
  }
  if (info.name !== '') fields.push({ field: 'metadata.name', value: info.name, isEqual: true });
  const labels: LabelMatcher = labelText === '' ? everything : parsed(() => parseLabelSelector(labelText));
  const isEverything = labelText === '' && fields.length === 0;
  if (isEverything) return { matches: () => true, isEverything };
  return { isEverything, matches: (object) => labels(object.metadata.labels) && fieldsFit(kind, object, fields) };
}

/** The words of a selector that cannot be read are the answer's; clients put theirs around them. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

function fieldsFit(kind: AnyKind, object: KubeObject, requirements: readonly FieldRequirement[]): boolean {
  return requirements.every(({ field, value, isEqual }) => (fieldOf(kind, object, field) === value) === isEqual);
}

function fieldOf(kind: AnyKind, object: KubeObject, field: string): string {
  if (field === 'metadata.name') return object.metadata.name;
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  return kind.selectable?.[field]?.(object) ?? '';
}

/**
 * A list, or a page of it.
 *
 * @throws ApiError BadRequest, Expired, Timeout for a resourceVersion of the future
 */
export function listObjects(
  { registry }: ServerContext,
  request: ApiRequest,
  kind: AnyKind,
): { readonly items: readonly KubeObject[]; readonly meta: ListMeta } {
  const selection = selectionOf(request, kind);
  const options = listOptionsOf(request);
  const { limit, continue: token } = options;
  const prefix = prefixKey(kind, request.info.namespace);
  if (token !== '' && options.resourceVersion !== '' && options.resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  const start: Partial<Continuation> =
    token === '' ? { revision: exactRevision(options, registry.store.revision) } : readToken(token, prefix);
  try {
    return page(registry, request, kind, selection, Math.max(0, limit), start);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw token !== '' ? expired(CONTINUE_EXPIRED) : expired(`The resourceVersion for the provided list is too old.`);
  }
}

const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

function page(
  registry: ServerContext['registry'],
  { info }: ApiRequest,
  kind: AnyKind,
  { matches, isEverything }: Selection,
  limit: number,
  start: Partial<Continuation>,
): { readonly items: readonly KubeObject[]; readonly meta: ListMeta } {
  const items: KubeObject[] = [];
  let { revision, from } = start;
  for (;;) {
    const wanted = limit > 0 ? limit - items.length : 0;
    const found = registry.list(kind, info.namespace, {
      ...(wanted > 0 && { limit: wanted }),
      ...(revision && { revision }),
      ...(from !== undefined && { from }),
    });
    revision = found.revision;
    items.push(...(isEverything ? found.items : found.items.filter(matches)));
    const resourceVersion = `${revision}`;
    if (found.lastKey === undefined) return { items, meta: { resourceVersion } };
    from = `${found.lastKey}\0`;
    if (items.length < limit) continue;
    // How many remain is known only when nothing is left out.
    const remaining = isEverything && found.remaining !== undefined ? { remainingItemCount: found.remaining } : {};
    return {
      items,
      meta: {
        resourceVersion,
        continue: writeToken({ revision, from }, prefixKey(kind, info.namespace)),
        ...remaining,
      },
    };
  }
}

/** 0: the newest. @throws ApiError BadRequest, Timeout */
function exactRevision({ resourceVersion: text, match, limit }: ListOptions, current: number): number {
  if (text === '' || text === '0') return 0;
  const revision = parseRevision(text, (why) => badRequest(`invalid resource version: ${why}`));
  if (revision > current) throw tooLarge(revision, current);
  // A page of an older list stays of that list, as it always did.
  return match === 'Exact' || (match === '' && limit > 0) ? revision : 0;
}

function tooLarge(revision: number, current: number): ApiError {
  return new ApiError('Timeout', `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
