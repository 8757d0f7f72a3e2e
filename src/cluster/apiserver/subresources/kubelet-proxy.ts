import { type HttpResponse, queryValue } from '#machine/http.ts';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { ApiError, badRequest, internalError } from '../../api/status.ts';
import type { Node } from '../../api/types/core.ts';
import type { Container, Pod } from '../../api/types/pod.ts';
import type { ApiRequest, ServerContext } from '../context.ts';
import { checkLogOptions } from './log-options.ts';

/** What goes on to the kubelet of a Pod's node: logs, and commands in its containers (pkg/registry/core/pod/strategy.LogLocation, streamLocation). */
export function proxyPod(context: ServerContext, request: ApiRequest): HttpResponse {
  const { name, namespace, subresource } = request.info;
  if (subresource === 'log') checkLogOptions(request);
  const pod = context.registry.get({ kind: podKind, namespace, name }) as Pod;
  const { query } = request.http;
  const container = chosenContainer(pod, queryValue(query, 'container'));
  if (!pod.spec.nodeName) {
    if (subresource === 'log') return { status: 200, body: '' };
    throw badRequest(`pod ${name} does not have a host assigned`);
  }
  const found = context.registry.find({ kind: nodeKind, namespace: undefined, name: pod.spec.nodeName }) as
    | Node
    | undefined;
  if (subresource !== 'log') checkUpgrade(request);
  if (!found) throw internalError(`node ${JSON.stringify(pod.spec.nodeName)} not found`);
  const base =
    { log: 'containerLogs', exec: 'exec', attach: 'attach', portforward: 'portForward' }[subresource] ?? subresource;
  const tail = subresource === 'portforward' ? '' : `/${container}`;
  return ask(context, found, request, `/${base}/${namespace}/${name}${tail}`);
}

/** Clients outside say whether they can go on in both directions. @throws ApiError BadRequest */
function checkUpgrade({ http }: ApiRequest): void {
  const connection = http.headers?.['connection'];
  if (connection !== undefined && !/upgrade/i.test(connection)) throw badRequest('Upgrade request required');
}

/** `/api/v1/nodes/w1/proxy/healthz`: the kubelet's own endpoints. */
export function proxyNode(context: ServerContext, request: ApiRequest): HttpResponse {
  const node = context.registry.get({ kind: nodeKind, namespace: undefined, name: request.info.name }) as Node;
  return ask(context, node, request, `/${request.info.rest.join('/')}`);
}

function ask({ kubelet }: ServerContext, node: Node, { http }: ApiRequest, path: string): HttpResponse {
  try {
    return kubelet(node, { ...http, path });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const address = node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? node.metadata.name;
    const port = node.status.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250;
    throw new ApiError('InternalError', `Get "https://${address}:${port}${path}": ${(error as Error).message}`, {
      causes: [{ reason: 'UnexpectedServerResponse', message: (error as Error).message }],
    });
  }
}

/** @throws ApiError BadRequest when the name is missing among several, or is none of them */
function chosenContainer(pod: Pod, wanted: string | undefined): string {
  const { name } = pod.metadata;
  const containers = pod.spec.containers.map(nameOf);
  const init = (pod.spec.initContainers ?? []).map(nameOf);
  if (!wanted) {
    const [only] = containers;
    if (only !== undefined && containers.length === 1) return only;
    const all = `choose one of: [${containers.join(' ')}]`;
    const others = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : '';
    throw badRequest(`a container name must be specified for pod ${name}, ${all}${others}`);
  }
  if (![...containers, ...init].includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  return wanted;
}

function nameOf({ name }: Container): string {
  return name;
}
