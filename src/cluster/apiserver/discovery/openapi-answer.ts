import type { OpenApiDocuments } from './openapi/documents.ts';

/** Sent as it is. */
export interface TextAnswer {
  readonly is: 'text';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const VARY = { Vary: 'Accept' };

/**
 * What `/openapi/v3` and below answer (kube-openapi, pkg/handler3). Documents are sent as JSON alone: kubectl asks for
 * nothing else, and no client here reads the protobuf form. OpenAPI v2, the older form of the same, is not simulated.
 *
 * @param place the path without its outer slashes
 * @param hash the parameter of the query, undefined for none
 */
export function openApiAnswer(
  documents: OpenApiDocuments,
  place: string,
  accept: string,
  hash: string | undefined,
): TextAnswer {
  if (place === 'openapi/v3') return text(200, { 'Content-Type': 'text/plain; charset=utf-8' }, documents.index());
  if (place === 'openapi/v2') {
    return text(
      404,
      { 'Content-Type': 'text/plain; charset=utf-8' },
      'OpenAPI v2 is not simulated here; on a real cluster it is the whole API in one document. See /openapi/v3.\n',
    );
  }
  const name = place.replace('openapi/v3/', '');
  const document = documents.document(name);
  if (!document) return text(404, {}, '');
  if (!acceptsJson(accept)) return text(406, VARY, '');
  const headers = { ...VARY, 'Content-Type': 'application/json', ETag: `"${document.hash}"` };
  if (hash === undefined || hash === '') return text(200, headers, document.text);
  if (hash !== document.hash) return text(301, { ...headers, Location: documents.urlOf(name) }, '');
  return text(200, { ...headers, 'Cache-Control': 'public, immutable' }, document.text);
}

function acceptsJson(accept: string): boolean {
  if (accept.trim() === '') return true;
  return accept.split(',').some((clause) => {
    const [type = ''] = clause.split(';');
    return ['application/json', 'application/*', '*/*'].includes(type.trim());
  });
}

function text(status: number, headers: Readonly<Record<string, string>>, body: string): TextAnswer {
  return { is: 'text', status, headers, text: body };
}
