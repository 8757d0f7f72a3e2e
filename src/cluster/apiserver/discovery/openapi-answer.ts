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
 * nothing else, and no client here reads the protobuf form.
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
  if (place === 'openapi/v2') return openApiV2(accept);
  const name = place.replace('openapi/v3/', '');
  const document = documents.document(name);
  if (!document) return text(404, {}, '');
  if (!acceptsJson(accept)) return text(406, VARY, '');
  const headers = { ...VARY, 'Content-Type': 'application/json', ETag: `"${document.hash}"` };
  if (hash === undefined || hash === '') return text(200, headers, document.text);
  if (hash !== document.hash) return text(301, { ...headers, Location: documents.urlOf(name) }, '');
  return text(200, { ...headers, 'Cache-Control': 'public, immutable' }, document.text);
}

const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/**
 * OpenAPI v2, the older form of the same, is not simulated: its document has no paths and no types, and says where they are. kubectl
 * asks for it, in protobuf, when a manifest is of a kind that v3 does not have, to say that there is none.
 */
function openApiV2(accept: string): TextAnswer {
  const title = 'Kubernetes';
  const version = 'OpenAPI v2 is not simulated here: see /openapi/v3';
  if (!accept.includes('protobuf')) {
    const document = { swagger: '2.0', info: { title, version }, paths: {} };
    return text(200, { ...VARY, 'Content-Type': 'application/json' }, JSON.stringify(document));
  }
  const info = protobufField(1, title) + protobufField(2, version);
  return text(200, { ...VARY, 'Content-Type': V2_PROTOBUF }, protobufField(1, '2.0') + protobufField(2, info));
}

/** A field of less than 128 bytes of ASCII. */
function protobufField(number: number, content: string): string {
  return String.fromCharCode((number << 3) | 2, content.length) + content;
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
