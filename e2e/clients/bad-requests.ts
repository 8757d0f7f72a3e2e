import { readFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

/** A request that a server must refuse without harm. */
export interface BadRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What was answered: a Status by its words, anything else as text. */
export interface Refusal {
  readonly code: number;
  readonly type: string;
  readonly reason?: string;
  readonly message: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const THERE = `${CONFIG_MAPS}/kube-root-ca.crt`;
const PODS = '/api/v1/namespaces/default/pods';
const MEBIBYTE = 1024 * 1024;

function post(path: string, body: string): BadRequest {
  return { method: 'POST', path, headers: JSON_TYPE, body };
}

function patch(type: string, body: string, path = THERE): BadRequest {
  return { method: 'PATCH', path, headers: { 'content-type': type }, body };
}

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const configMap = (metadata: string, more = '') =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":${metadata}${more}}`;

/** By what is wrong with them. */
export const BAD_REQUESTS: Readonly<Record<string, BadRequest>> = {
  'no JSON': post(CONFIG_MAPS, '{"apiVersion":"v1",'),
  'not an object': post(CONFIG_MAPS, '[]'),
  'no body': post(CONFIG_MAPS, ''),
  'text that is no JSON at all': post(CONFIG_MAPS, 'kind: ConfigMap'),
  '10 MB': post(CONFIG_MAPS, configMap('{"name":"big"}', `,"data":{"a":"${'x'.repeat(10 * MEBIBYTE)}"}`)),
  'nested 20,000 deep': post(
    CONFIG_MAPS,
    configMap('{"name":"deep"}', `,"data":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
  ),
  'values of more than a mebibyte': post(
    CONFIG_MAPS,
    configMap('{"name":"large"}', `,"data":{"a":"${'x'.repeat(MEBIBYTE + 1)}"}`),
  ),
  'another kind': post(CONFIG_MAPS, '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}'),
  'a kind that there is not': post(CONFIG_MAPS, '{"apiVersion":"v1","kind":"Thing","metadata":{"name":"a"}}'),
  'a version that there is not': post(CONFIG_MAPS, '{"apiVersion":"v9","kind":"ConfigMap","metadata":{"name":"a"}}'),
  'a string where an object is wanted': post(CONFIG_MAPS, configMap('"a"')),
  'a number where a string is wanted': post(CONFIG_MAPS, configMap('{"name":"a"}', ',"data":{"a":1}')),
  'no name': post(CONFIG_MAPS, configMap('{}')),
  'a name in capitals': post(CONFIG_MAPS, configMap('{"name":"Web"}')),
  'a name that is too long': post(CONFIG_MAPS, configMap(`{"name":"${'a'.repeat(300)}"}`)),
  'a label that is none': post(CONFIG_MAPS, configMap('{"name":"a","labels":{"-":"x y"}}')),
  'another namespace than the path': post(CONFIG_MAPS, configMap('{"name":"a","namespace":"kube-system"}')),
  'a resourceVersion before it is there': post(CONFIG_MAPS, configMap('{"name":"a","resourceVersion":"5"}')),
  'a Pod without containers': post(PODS, '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{}}'),
  'an unknown field, strictly': post(`${CONFIG_MAPS}?fieldValidation=Strict`, configMap('{"name":"a"}', ',"dat":{}')),
  'a dry run of another kind': post(`${CONFIG_MAPS}?dryRun=Some`, configMap('{"name":"a"}')),
  'a media type that nobody reads': {
    method: 'POST',
    path: CONFIG_MAPS,
    headers: { 'content-type': 'text/csv' },
    body: 'a,b',
  },
  'an answer that nobody writes': { method: 'GET', path: CONFIG_MAPS, headers: { accept: 'text/csv' } },
  'a resource that there is not': { method: 'GET', path: '/api/v1/things' },
  'a version of a group that there is not': { method: 'GET', path: '/apis/apps/v9/deployments' },
  'a group that there is not': { method: 'GET', path: '/apis/nowhere.example/v1/things' },
  'a path of nobody': { method: 'GET', path: '/nowhere' },
  'a method of nobody': { method: 'POST', path: THERE, headers: JSON_TYPE, body: '{}' },
  'a deletion of everything of a kind that is not deleted so': { method: 'DELETE', path: '/api/v1/services' },
  'a name that is not there': { method: 'GET', path: `${CONFIG_MAPS}/nowhere` },
  'a selector of labels that cannot be read': { method: 'GET', path: `${CONFIG_MAPS}?labelSelector=a%3D%3D%3Db` },
  'a selector of fields that cannot be read': { method: 'GET', path: `${CONFIG_MAPS}?fieldSelector=x` },
  'a field that cannot be selected': { method: 'GET', path: `${CONFIG_MAPS}?fieldSelector=data.a%3Db` },
  'a limit that is no number': { method: 'GET', path: `${CONFIG_MAPS}?limit=some` },
  'a continue token that is none': { method: 'GET', path: `${CONFIG_MAPS}?limit=1&continue=bm9uc2Vuc2U` },
  'a resourceVersion that is none': { method: 'GET', path: `${CONFIG_MAPS}?resourceVersion=x` },
  'a resourceVersion of the future': {
    method: 'GET',
    path: `${CONFIG_MAPS}?resourceVersion=99999999999&resourceVersionMatch=Exact`,
  },
  'a watch from a resourceVersion that is none': { method: 'GET', path: `${CONFIG_MAPS}?watch=1&resourceVersion=x` },
  'a patch of no type': { method: 'PATCH', path: THERE, body: '{}' },
  'a patch of a type of nobody': patch('application/json', '{}'),
  'a JSON patch that is an object': patch(JSON_PATCH, '{}'),
  'a JSON patch that is no JSON': patch(JSON_PATCH, '['),
  'a JSON patch of what is not there': patch(JSON_PATCH, '[{"op":"remove","path":"/data/nowhere"}]'),
  'a JSON patch that tests what is not so': patch(JSON_PATCH, '[{"op":"test","path":"/kind","value":"Secret"}]'),
  'a JSON patch of an operation of nobody': patch(JSON_PATCH, '[{"op":"burn","path":"/data"}]'),
  'a JSON patch of 10,001 operations': patch(
    JSON_PATCH,
    `[${Array(10_001).fill('{"op":"test","path":"/kind","value":"ConfigMap"}').join()}]`,
  ),
  'a merge patch that is a list': patch(MERGE, '[]'),
  'a merge patch to another kind': patch(MERGE, '{"kind":"Namespace"}'),
  'a merge patch to another name': patch(MERGE, '{"metadata":{"name":"other"}}'),
  'a merge patch that is no JSON': patch(MERGE, '{'),
  'a strategic patch of a wrong type': patch(STRATEGIC, '{"data":"text"}'),
  'a strategic patch with a directive of nobody': patch(STRATEGIC, '{"metadata":{"$patch":"burn"}}'),
  'an update under another name': {
    method: 'PUT',
    path: THERE,
    headers: JSON_TYPE,
    body: configMap('{"name":"other"}'),
  },
  'an update of an old version': {
    method: 'PUT',
    path: THERE,
    headers: JSON_TYPE,
    body: configMap('{"name":"kube-root-ca.crt","resourceVersion":"1"}'),
  },
  'a grace period that is no number': {
    method: 'DELETE',
    path: `${CONFIG_MAPS}/nowhere?gracePeriodSeconds=soon`,
  },
};

/** Without what differs from cluster to cluster: revisions, and objects that are quoted whole. */
function steady(message: string): string {
  return message
    .replace(/(?<=current: )\d+/, '…')
    .replace(/(?<=Invalid value: ")\{.*\}(?=")/, '…')
    .trim();
}

/** Sends a request as it stands, with the client's own certificate. A server that hangs up has answered by code 0. */
export async function ask(config: KubeConfig, { method, path, headers, body }: BadRequest): Promise<Refusal> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key } = options;
  const server = config.getCurrentCluster()?.server ?? '';
  return await new Promise((resolve, reject) => {
    const sent = request(
      `${server}${path}`,
      { method, headers: { ...headers }, ca, cert, key, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve(refusalOf(answer.statusCode ?? 0, answer.headers['content-type'] ?? '', text)));
      },
    );
    // Whoever refuses a body before its end may close the connection under it.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (['EPIPE', 'ECONNRESET'].includes(error.code ?? '')) resolve({ code: 0, type: '', message: 'hung up' });
      else reject(error);
    });
    sent.end(body);
  });
}

function refusalOf(code: number, type: string, text: string): Refusal {
  const plain = { code, type: type.split(';')[0] ?? '' };
  try {
    const { kind, reason, message } = JSON.parse(text) as Readonly<Record<string, string | undefined>>;
    if (kind === 'Status' && message !== undefined)
      return { ...plain, ...(reason !== undefined && { reason }), message: steady(message) };
  } catch {
    // No Status, then.
  }
  return { ...plain, message: steady(text) };
}

/** What a kind cluster of the release answered, by what is wrong (`record-bad-requests.ts`). */
export function readRefusals(): Readonly<Record<string, Refusal>> {
  const url = new URL('bad-requests.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Readonly<Record<string, Refusal>>;
}
