import { type HttpRequest, type HttpResponse, queryFlag, queryValues } from '#machine/http.ts';

/** A check of a health endpoint: undefined when it passes, else why not (the real server withholds the reason). */
export type HealthCheck = () => string | undefined;

/** What runs once the server listens; each is a check too, that it has finished (in the order of v1.36). */
const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
] as const;

const LAST_HOOKS = ['apiservice-openapi-controller', 'apiservice-openapiv3-controller'] as const;

export interface HealthChecks {
  readonly etcd: HealthCheck;
  /** Of the hooks, by name without `poststarthook/`; undefined: it has finished. */
  readonly hook: (name: string) => string | undefined;
  readonly shutdown: HealthCheck;
}

/** A check by its name. */
export type NamedCheck = readonly [name: string, check: HealthCheck];

/** `/healthz`, `/livez` and `/readyz`, whole or a check alone (apiserver, pkg/server/healthz). Undefined for another path. */
export function serveHealth({ path, query }: HttpRequest, checks: HealthChecks): HttpResponse | undefined {
  const match = /^\/(?<endpoint>healthz|livez|readyz)(?:\/(?<check>.+))?$/.exec(path);
  const endpoint = match?.groups?.['endpoint'];
  if (!endpoint) return undefined;
  const all = checksOf(endpoint, checks);
  const only = match.groups?.['check'];
  if (only !== undefined) {
    const found = all.find(([name]) => name === only);
    if (!found) return text(404, '404 page not found\n');
    const reason = found[1]();
    return reason === undefined ? text(200, 'ok') : text(500, `internal server error: ${reason}\n`);
  }
  return healthReport(endpoint, all, query);
}

function checksOf(endpoint: string, { etcd, hook, shutdown }: HealthChecks): readonly NamedCheck[] {
  const passes = () => undefined;
  const isReadyz = endpoint === 'readyz';
  const hooks = (names: readonly string[]): NamedCheck[] =>
    names.map((name) => [`poststarthook/${name}`, () => hook(name)]);
  return [
    ['ping', passes],
    ['log', passes],
    ['etcd', etcd],
    ...(isReadyz
      ? ([
          ['etcd-readiness', etcd],
          ['informer-sync', passes],
        ] satisfies NamedCheck[])
      : []),
    ...hooks(HOOKS),
    ['autoregister-completion', passes],
    ...hooks(LAST_HOOKS),
    ...(isReadyz ? ([['shutdown', shutdown]] satisfies NamedCheck[]) : []),
  ];
}

/** What an endpoint says of its checks, `?verbose` and without those that `?exclude=` names. */
export function healthReport(
  endpoint: string,
  checks: readonly NamedCheck[],
  query: HttpRequest['query'],
): HttpResponse {
  const excluded = new Set(queryValues(query, 'exclude'));
  const isVerbose = queryFlag(query, 'verbose');
  let hasFailed = false;
  const lines = checks.map(([name, check]) => {
    if (excluded.has(name)) return `[+]${name} excluded: ok`;
    if (check() === undefined) return `[+]${name} ok`;
    hasFailed = true;
    return `[-]${name} failed: reason withheld`;
  });
  if (hasFailed) return text(500, `${[...lines, `${endpoint} check failed`].join('\n')}\n`);
  return text(200, isVerbose ? `${[...lines, `${endpoint} check passed`].join('\n')}\n` : 'ok');
}

function text(status: number, body: string): HttpResponse {
  return {
    status,
    body,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  };
}
