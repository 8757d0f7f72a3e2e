import { ApiError } from '../../api/status.ts';

/** The form in which a client wants an answer. */
export type Form = 'object' | 'table' | 'metadata' | 'metadata-list';

const FORMS: Readonly<Record<string, Form>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata-list',
};

/** What the server can send; protobuf and CBOR are the real one's, and not simulated. */
const ACCEPTED = 'application/json, application/yaml';

/**
 * The first form of an Accept header that can be served.
 *
 * @throws ApiError NotAcceptable
 */
export function acceptedForm(accept: string | undefined): Form {
  if (!accept) return 'object';
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    const group = parameters.find((parameter) => parameter.startsWith('g='))?.slice(2);
    if (as === undefined) return 'object';
    const form = FORMS[as];
    if (form && (group === undefined || group === 'meta.k8s.io')) return form;
  }
  throw new ApiError('NotAcceptable', `only the following media types are accepted: ${ACCEPTED}`);
}

/** A body's media type without its parameters. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}
