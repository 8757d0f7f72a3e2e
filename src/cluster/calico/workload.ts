import { CALICO_VERSION } from './versions.ts';

export const TOLERATE_ALL = [
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { effect: 'NoSchedule', operator: 'Exists' },
  { effect: 'NoExecute', operator: 'Exists' },
];
export const TOLERATE_CONTROL_PLANE = [
  { effect: 'NoSchedule', key: 'node-role.kubernetes.io/master' },
  { effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' },
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
];

/** The names under which everything of a workload is found. */
function labelsOf(name: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/component': 'Installation.operator.tigera.io',
    'app.kubernetes.io/instance': 'default',
    'app.kubernetes.io/managed-by': 'tigera-operator',
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': 'Calico',
    'k8s-app': name,
  };
}

export type Workload = [content: { readonly spec: object }, meta: { readonly labels: object }];

export function workload(name: string, podSpec: object, more: object, podLabels: object = {}): Workload {
  const labels = labelsOf(name);
  const spec = {
    selector: { matchLabels: { 'k8s-app': name } },
    template: {
      metadata: { labels: { ...labels, ...podLabels } },
      spec: { serviceAccountName: name, nodeSelector: { 'kubernetes.io/os': 'linux' }, ...podSpec },
    },
    ...more,
  };
  return [{ spec }, { labels }];
}

export const image = (name: string) => ({
  image: `quay.io/calico/${name}:${CALICO_VERSION}`,
  imagePullPolicy: 'IfNotPresent',
});
/** `NAME=value` each. */
export const variables = (...lines: readonly string[]) =>
  lines.map((line) => ({ name: line.slice(0, line.indexOf('=')), value: line.slice(line.indexOf('=') + 1) }));
export const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
export const mounts = (...places: readonly string[]) =>
  places.map((place) => {
    const [name = '', mountPath = ''] = place.split(':');
    return { name, mountPath };
  });
/** `name:path` and the type of a directory, if it is to be one. */
export const hostPaths = (...places: readonly string[]) =>
  places.map((place) => {
    const [name = '', path = '', type] = place.split(':');
    return { name, hostPath: { path, ...(type && { type }) } };
  });
export const privileged = { securityContext: { privileged: true, runAsUser: 0, runAsGroup: 0 } };
export const LIVENESS = { periodSeconds: 60, timeoutSeconds: 10 };
export const READINESS = { periodSeconds: 30, timeoutSeconds: 10 };
export const http = (path: string, port: number) => ({ httpGet: { host: 'localhost', path, port } });
export const exec = (...command: readonly string[]) => ({ exec: { command } });
