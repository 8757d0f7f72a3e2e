import { ApiError } from '../../api/status.ts';

/** The form in which a client wants an answer. */
export type Form = 'object' | 'table' | 'metadata' | 'metadata-list';

/** What a path can answer with: an object, a list that can be watched, JSON alone, the text of a log, or whatever is asked for. */
export type Representation = 'object' | 'list' | 'json' | 'log' | 'any';

const FORMS: Readonly<Record<string, Form>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata-list',
};

const JSON_TYPE = 'application/json';
const YAML = 'application/yaml';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
/** What the real server reads and writes. */
const SERIALIZED = [JSON_TYPE, YAML, PROTOBUF];

const REPRESENTATIONS: Readonly<Record<Exclude<Representation, 'any'>, readonly string[]>> = {
  object: SERIALIZED,
  list: [...SERIALIZED, `${JSON_TYPE};stream=watch`, `${PROTOBUF};stream=watch`],
  json: [JSON_TYPE],
  log: ['text/plain', ...SERIALIZED],
};

/**
 * Whether a path has what an Accept header asks for (go-restful, Route.matchesAccept).
 *
 * @throws ApiError NotAcceptable
 */
export function checkAccept(accept: string | undefined, representation: Representation): void {
  if (!accept || representation === 'any') return;
  const available = REPRESENTATIONS[representation];
  if (rangesOf(accept).some(([type]) => type === '*/*' || available.includes(type))) return;
  const message = `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`;
  throw new ApiError('NotAcceptable', message, {});
}

/**
 * The first form of an Accept header that can be served.
 *
 * @param accept one that was let through by `checkAccept`
 * @throws ApiError NotAcceptable
 */
export function acceptedForm(accept: string | undefined): Form {
  if (!accept) return 'object';
  for (const [type, parameters] of rangesOf(accept)) {
    if (type !== JSON_TYPE && type !== '*/*') continue;
    const parameter = (name: string) => parameters.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
    const as = parameter('as');
    if (as === undefined) return 'object';
    const form = FORMS[as];
    if (form && parameter('g') === 'meta.k8s.io' && VERSIONS.has(parameter('v'))) return form;
  }
  if (rangesOf(accept).some(([type, parameters]) => isOtherSerialization(type) && parameters.length === 0)) {
    throw new ApiError(
      'NotAcceptable',
      `answers in YAML and protobuf are not simulated here; on a real cluster they can be asked for. Accept ${JSON_TYPE} as well`,
    );
  }
  throw new ApiError('NotAcceptable', `only the following media types are accepted: ${SERIALIZED.join(', ')}`);
}

const VERSIONS: ReadonlySet<string | undefined> = new Set(['v1', 'v1beta1']);

function isOtherSerialization(type: string): boolean {
  return type === YAML || type === PROTOBUF;
}

function rangesOf(accept: string): readonly (readonly [type: string, parameters: readonly string[]])[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    return [type, parameters];
  });
}

/** A body's media type without its parameters; JSON when nothing is said. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType || JSON_TYPE).split(';')[0]?.trim().toLowerCase() ?? '';
}

export const STRATEGIC = 'application/strategic-merge-patch+json';

const PATCH_TYPES: ReadonlySet<string> = new Set([
  'application/json-patch+json',
  'application/merge-patch+json',
  STRATEGIC,
  'application/apply-patch+yaml',
]);

/** @throws ApiError UnsupportedMediaType, in the words of go-restful */
export function checkPatchType(contentType: string | undefined): void {
  if (contentType && PATCH_TYPES.has(mediaTypeOf(contentType))) return;
  throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** A body in a media type that nobody reads here. */
export function unsupportedMediaType(type: string): ApiError {
  const message =
    type === YAML
      ? 'bodies in YAML are not simulated here; on a real cluster the API server reads them. Send application/json'
      : `the body of the request was in an unknown format - accepted media types include: ${SERIALIZED.join(', ')}`;
  return new ApiError('UnsupportedMediaType', message);
}
