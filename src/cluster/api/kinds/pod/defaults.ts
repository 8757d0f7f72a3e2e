import { canonicalQuantity } from '../../quantity.ts';
import type {
  Container,
  Handler,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ResourceList,
  Volume,
} from '../../types/pod.ts';

/** pkg/apis/core/v1/defaults.go: what a Pod's author may leave out. */
export function completePod(pod: Pod): Pod {
  const spec = completePodSpec(pod.spec);
  return {
    ...pod,
    spec: {
      ...spec,
      containers: spec.containers.map(withRequests),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(withRequests) }),
      enableServiceLinks: spec.enableServiceLinks ?? true,
    },
  };
}

export function completeTemplate(template: PodTemplateSpec): PodTemplateSpec {
  return { ...template, metadata: template.metadata ?? {}, spec: completePodSpec(template.spec) };
}

function completePodSpec(spec: PodSpec): PodSpec {
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  return {
    ...spec,
    containers: (spec.containers ?? []).map((container) => completeContainer(container, spec.hostNetwork === true)),
    ...(spec.initContainers && {
      initContainers: spec.initContainers.map((container) => completeContainer(container, spec.hostNetwork === true)),
    }),
    ...(spec.volumes && { volumes: spec.volumes.map(completeVolume) }),
    ...(account !== undefined && { serviceAccountName: account, serviceAccount: account }),
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    restartPolicy: spec.restartPolicy ?? 'Always',
    schedulerName: spec.schedulerName ?? 'default-scheduler',
    securityContext: spec.securityContext ?? {},
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
  };
}

function completeContainer(container: Container, hostNetwork: boolean): Container {
  return {
    ...container,
    imagePullPolicy:
      container.imagePullPolicy ?? (tagOf(container.image ?? '') === 'latest' ? 'Always' : 'IfNotPresent'),
    ...(container.ports && {
      ports: container.ports.map((port) => ({
        ...port,
        protocol: port.protocol ?? 'TCP',
        ...(hostNetwork && port.hostPort === undefined && { hostPort: port.containerPort }),
      })),
    }),
    ...(container.env && { env: container.env.map(completeEnv) }),
    ...(container.livenessProbe && { livenessProbe: completeProbe(container.livenessProbe) }),
    ...(container.readinessProbe && { readinessProbe: completeProbe(container.readinessProbe) }),
    ...(container.startupProbe && { startupProbe: completeProbe(container.startupProbe) }),
    ...(container.lifecycle && {
      lifecycle: {
        ...container.lifecycle,
        ...(container.lifecycle.postStart && { postStart: completeHandler(container.lifecycle.postStart) }),
        ...(container.lifecycle.preStop && { preStop: completeHandler(container.lifecycle.preStop) }),
      },
    }),
    resources: {
      ...container.resources,
      ...(container.resources?.limits && { limits: canonical(container.resources.limits) }),
      ...(container.resources?.requests && { requests: canonical(container.resources.requests) }),
    },
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
  };
}

type Env = NonNullable<Container['env']>[number];

function completeEnv(env: Env): Env {
  const ref = env.valueFrom?.fieldRef;
  if (!ref || ref.apiVersion !== undefined) return env;
  return { ...env, valueFrom: { ...env.valueFrom, fieldRef: { apiVersion: 'v1', ...ref } } };
}

function completeProbe(probe: Probe): Probe {
  return {
    ...completeHandler(probe),
    timeoutSeconds: probe.timeoutSeconds || 1,
    periodSeconds: probe.periodSeconds || 10,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  };
}

function completeHandler<T extends Handler>(handler: T): T {
  if (!handler.httpGet) return handler;
  return { ...handler, httpGet: { path: '/', scheme: 'HTTP', ...handler.httpGet } };
}

function completeVolume(volume: Volume): Volume {
  const { name, ...source } = volume;
  if (Object.keys(source).length === 0) return { name, emptyDir: {} };
  return {
    ...volume,
    ...(volume.hostPath && { hostPath: { type: '', ...volume.hostPath } }),
    ...(volume.configMap && { configMap: { defaultMode: 0o644, ...volume.configMap } }),
    ...(volume.secret && { secret: { defaultMode: 0o644, ...volume.secret } }),
    ...(volume.downwardAPI && { downwardAPI: { defaultMode: 0o644, ...volume.downwardAPI } }),
    ...(volume.projected && {
      projected: {
        defaultMode: 0o644,
        ...volume.projected,
        sources: (volume.projected.sources ?? []).map((source) =>
          source.serviceAccountToken
            ? { ...source, serviceAccountToken: { expirationSeconds: 3600, ...source.serviceAccountToken } }
            : source,
        ),
      },
    }),
  };
}

/** A limit without a request is the request too; of Pods only, not of templates. */
function withRequests(container: Container): Container {
  const { limits, requests } = container.resources ?? {};
  if (!limits) return container;
  return { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } };
}

function canonical(list: ResourceList): ResourceList {
  return Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, canonicalQuantity(amount)]));
}

/** The tag of an image, `latest` when it names none; '' for one that is named by its digest. */
export function tagOf(image: string): string {
  if (image.includes('@')) return '';
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? image.slice(colon + 1) : 'latest';
}
