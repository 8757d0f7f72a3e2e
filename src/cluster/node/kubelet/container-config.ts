import type { ContainerConfig, PodSandboxConfig } from '#machine/cri.ts';
import { configMap as configMapKind } from '../../api/kinds/core/config-map.ts';
import { secret as secretKind } from '../../api/kinds/core/secret.ts';
import { Quantity } from '../../api/quantity.ts';
import type { ConfigMap, Secret, Service } from '../../api/types/core.ts';
import type { Container, EnvVar, Pod } from '../../api/types/pod.ts';
import type { Client } from '../../client/client.ts';
import { fromBase64 } from './base64.ts';

/** A container that cannot be made of its Pod: CreateContainerConfigError. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Where the kubelet keeps what Pods need (`--root-dir`). */
export const KUBELET_ROOT = '/var/lib/kubelet';

export function podDirectory(pod: Pod): string {
  return `${KUBELET_ROOT}/pods/${pod.metadata.uid}`;
}

/** `/var/log/pods/default_web_UID` */
export function logDirectory({ metadata }: Pod): string {
  return `/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}`;
}

/** pkg/kubelet/kuberuntime/kuberuntime_sandbox.go */
export function sandboxConfig(pod: Pod, attempt: number, nodeName: string): PodSandboxConfig {
  const { metadata, spec } = pod;
  const hostNetwork = spec.hostNetwork === true;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    uid: metadata.uid,
    attempt,
    hostname: hostNetwork ? nodeName : (spec.hostname ?? metadata.name.slice(0, 63)),
    logDirectory: logDirectory(pod),
    hostNetwork,
    labels: {
      ...metadata.labels,
      'io.kubernetes.pod.name': metadata.name,
      'io.kubernetes.pod.namespace': metadata.namespace ?? 'default',
      'io.kubernetes.pod.uid': metadata.uid,
    },
    annotations: { ...metadata.annotations },
  };
}

export interface EnvironmentSources {
  readonly client: Client | undefined;
  /** Services whose addresses Pods of a namespace find in their environment. */
  readonly services: readonly Service[];
  readonly podIP: string;
  readonly hostIP: string;
  readonly nodeName: string;
  /** The node's own amounts, for containers without limits. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** pkg/kubelet/kuberuntime/kuberuntime_container.generateContainerConfig. @throws ConfigError */
export function containerConfig(
  pod: Pod,
  container: Container,
  attempt: number,
  sources: EnvironmentSources,
): ContainerConfig {
  const env = environmentOf(pod, container, sources);
  const values = new Map(env);
  const expand = (text: string) => expandReferences(text, values);
  return {
    name: container.name,
    attempt,
    image: container.image ?? '',
    command: (container.command ?? []).map(expand),
    args: (container.args ?? []).map(expand),
    workingDirectory: container.workingDir ?? '',
    env,
    mounts: mountsOf(pod, container),
    labels: {
      'io.kubernetes.container.name': container.name,
      'io.kubernetes.pod.name': pod.metadata.name,
      'io.kubernetes.pod.namespace': pod.metadata.namespace ?? 'default',
      'io.kubernetes.pod.uid': pod.metadata.uid,
    },
    annotations: {
      'io.kubernetes.container.restartCount': `${attempt}`,
      'io.kubernetes.container.terminationMessagePath': container.terminationMessagePath ?? '/dev/termination-log',
    },
    logPath: `${container.name}/${attempt}.log`,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
  };
}

function mountsOf(pod: Pod, container: Container): ContainerConfig['mounts'] {
  const directory = podDirectory(pod);
  const own = (container.volumeMounts ?? []).map((mount) => {
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
    const base = volume?.hostPath?.path ?? `${directory}/volumes/${volumePlugin(volume)}/${mount.name}`;
    return {
      containerPath: mount.mountPath,
      hostPath: mount.subPath ? `${base}/${mount.subPath}` : base,
      isReadOnly: mount.readOnly ?? false,
    };
  });
  return [...own, { containerPath: '/etc/hosts', hostPath: `${directory}/etc-hosts`, isReadOnly: false }];
}

/** The directory of a volume's plugin. */
export function volumePlugin(volume: NonNullable<Pod['spec']['volumes']>[number] | undefined): string {
  if (volume?.configMap) return 'kubernetes.io~configmap';
  if (volume?.secret) return 'kubernetes.io~secret';
  if (volume?.projected) return 'kubernetes.io~projected';
  if (volume?.downwardAPI) return 'kubernetes.io~downward-api';
  return 'kubernetes.io~empty-dir';
}

type Variable = readonly [name: string, value: string];

/** pkg/kubelet/kubelet_pods.makeEnvironmentVariables: Services, then envFrom, then env; later ones win. */
function environmentOf(pod: Pod, container: Container, sources: EnvironmentSources): readonly Variable[] {
  const result = new Map<string, string>(serviceVariables(pod, sources.services));
  for (const source of container.envFrom ?? []) {
    for (const [key, value] of envFrom(pod, source, sources)) result.set(`${source.prefix ?? ''}${key}`, value);
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? valueFrom(pod, container, variable, sources)
      : expandReferences(variable.value ?? '', result);
    if (value !== undefined) result.set(variable.name, value);
  }
  return [...result];
}

/** `WEB_SERVICE_HOST` and its kin; the API server's own are in every namespace (pkg/kubelet/envvars). */
function serviceVariables(pod: Pod, services: readonly Service[]): Variable[] {
  const wanted = services.filter(({ metadata, spec }) => {
    if (!spec.clusterIP || spec.clusterIP === 'None') return false;
    if (metadata.namespace === 'default' && metadata.name === 'kubernetes') return true;
    return pod.spec.enableServiceLinks !== false && metadata.namespace === pod.metadata.namespace;
  });
  return wanted.flatMap(({ metadata, spec }) => {
    const name = metadata.name.toUpperCase().replaceAll('-', '_');
    const ports = spec.ports ?? [];
    const [first] = ports;
    const host = spec.clusterIP ?? '';
    if (!first) return [];
    const url = `${first.protocol.toLowerCase()}://${host}:${first.port}`;
    const variables: Variable[] = [
      [`${name}_SERVICE_HOST`, host],
      [`${name}_SERVICE_PORT`, `${first.port}`],
      ...ports.flatMap((port): Variable[] =>
        port.name ? [[`${name}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, `${port.port}`]] : [],
      ),
      [`${name}_PORT`, url],
    ];
    for (const { port, protocol } of ports) {
      const prefix = `${name}_PORT_${port}_${protocol}`;
      variables.push(
        [prefix, `${protocol.toLowerCase()}://${host}:${port}`],
        [`${prefix}_PROTO`, protocol.toLowerCase()],
        [`${prefix}_PORT`, `${port}`],
        [`${prefix}_ADDR`, host],
      );
    }
    return variables;
  });
}

function envFrom(
  pod: Pod,
  source: NonNullable<Container['envFrom']>[number],
  { client }: EnvironmentSources,
): Variable[] {
  const namespace = pod.metadata.namespace;
  if (source.configMapRef) {
    const { name = '', optional } = source.configMapRef;
    const found = client?.find(configMapKind, namespace, name) as ConfigMap | undefined;
    if (!found && !optional) throw new ConfigError(`configmap ${JSON.stringify(name)} not found`);
    return Object.entries(found?.data ?? {});
  }
  if (source.secretRef) {
    const { name = '', optional } = source.secretRef;
    const found = client?.find(secretKind, namespace, name) as Secret | undefined;
    if (!found && !optional) throw new ConfigError(`secret ${JSON.stringify(name)} not found`);
    return Object.entries(found?.data ?? {}).map(([key, value]): Variable => [key, fromBase64(value)]);
  }
  return [];
}

function valueFrom(
  pod: Pod,
  container: Container,
  { valueFrom: from }: EnvVar,
  sources: EnvironmentSources,
): string | undefined {
  const { client } = sources;
  const namespace = pod.metadata.namespace;
  if (from?.fieldRef) return fieldValue(pod, from.fieldRef.fieldPath, sources);
  if (from?.resourceFieldRef) return resourceValue(pod, container, from.resourceFieldRef, sources);
  if (from?.configMapKeyRef) {
    const { name = '', key, optional } = from.configMapKeyRef;
    const found = client?.find(configMapKind, namespace, name) as ConfigMap | undefined;
    if (!found && !optional) throw new ConfigError(`configmap ${JSON.stringify(name)} not found`);
    const value = found?.data?.[key];
    if (found && value === undefined && !optional) {
      throw new ConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
    }
    return value;
  }
  if (from?.secretKeyRef) {
    const { name = '', key, optional } = from.secretKeyRef;
    const found = client?.find(secretKind, namespace, name) as Secret | undefined;
    if (!found && !optional) throw new ConfigError(`secret ${JSON.stringify(name)} not found`);
    const value = found?.data?.[key];
    if (found && value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`);
    return value === undefined ? undefined : fromBase64(value);
  }
  return undefined;
}

/** pkg/fieldpath.ExtractFieldPathAsString. @throws ConfigError for a field that may not be named */
export function fieldValue(
  pod: Pod,
  path: string,
  { podIP, hostIP, nodeName }: Pick<EnvironmentSources, 'podIP' | 'hostIP' | 'nodeName'>,
): string {
  const subscript = /^(?<path>metadata\.(?:labels|annotations))\['(?<key>.*)'\]$/.exec(path)?.groups;
  if (subscript)
    return (
      pod.metadata[subscript['path'] === 'metadata.labels' ? 'labels' : 'annotations']?.[subscript['key'] ?? ''] ?? ''
    );
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid;
    case 'metadata.labels':
    case 'metadata.annotations':
      return formatMap(path === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations);
    case 'spec.nodeName':
      return nodeName;
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return podIP;
    default:
      throw new ConfigError(`unsupported fieldPath: ${path}`);
  }
}

function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort()
    .join('\n');
}

function resourceValue(
  pod: Pod,
  container: Container,
  { containerName, resource, divisor }: NonNullable<NonNullable<EnvVar['valueFrom']>['resourceFieldRef']>,
  { allocatable }: EnvironmentSources,
): string {
  const target = containerName
    ? (pod.spec.containers.find(({ name }) => name === containerName) ?? container)
    : container;
  const [which, name = ''] = resource.split('.');
  const amount =
    which === 'limits' ? (target.resources?.limits?.[name] ?? allocatable[name]) : target.resources?.requests?.[name];
  const by = Quantity.parse(divisor || '1');
  return `${Math.ceil(Quantity.parse(amount ?? '0').milli / by.milli)}`;
}

/** `$(NAME)` of variables that are known; `$$` is a dollar (third_party/forked/golang/expansion). */
function expandReferences(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    whole === '$$' ? '$' : (values.get(name ?? '') ?? whole),
  );
}
