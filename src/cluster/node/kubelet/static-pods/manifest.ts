import { YamlError } from '#yaml/read-yaml.ts';
import { bodyOf } from '../../../api/field-error.ts';
import { isObject, type JsonObject } from '../../../api/json.ts';
import { pod as podKind } from '../../../api/kinds/pod/pod.ts';
import { qosOf } from '../../../api/kinds/pod/qos.ts';
import { decode, TypeMismatch } from '../../../api/schema/decode.ts';
import type { Container, Pod, PodSpec } from '../../../api/types/pod.ts';
import { imageDigest } from '../../containerd/ids.ts';
import { HASH, SOURCE } from '../pods/pod-source.ts';
import { parseManifest } from './manifest-text.ts';

/** A file that is no manifest of a Pod that may run here; the message is that of the kubelet's log. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** The Pod of a manifest: its name ends in the node's, its UID is a hash of what it says (pkg/kubelet/config/common.go). @throws ManifestError */
export function readManifest(path: string, text: string, nodeName: string): Pod {
  const unparsed = (why: string) =>
    new ManifestError(`${path}: couldn't parse as pod(${why}), please check config file`);
  let manifest: JsonObject;
  try {
    manifest = decode('core.v1.Pod', kindChecked(parseManifest(text))).value;
  } catch (error) {
    if (error instanceof YamlError || error instanceof ManifestError) throw unparsed(error.message);
    if (error instanceof TypeMismatch) throw unparsed(`json: ${error.message.replace(/^json: /, '')}`);
    throw error;
  }
  const sent = manifest as unknown as Partial<Pod>;
  if (!sent.metadata?.name) throw new ManifestError('invalid pod: name is needed for the pod');
  const uid = imageDigest(`${canonical(manifest)}host:${nodeName}file:${path}`).slice(7, 39);
  const spec: PodSpec = { ...sent.spec, containers: sent.spec?.containers ?? [] };
  const pod = podKind.complete({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...sent.metadata,
      name: `${sent.metadata.name}-${nodeName.toLowerCase()}`,
      namespace: sent.metadata.namespace || 'default',
      uid,
      resourceVersion: '',
      creationTimestamp: '',
      annotations: { ...sent.metadata.annotations, [HASH]: uid, [SOURCE]: 'file' },
    },
    spec: {
      ...spec,
      nodeName,
      tolerations: [...(spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }],
    },
    status: {},
  });
  const errors = podKind.validate(pod);
  if (errors.length > 0)
    throw new ManifestError(`invalid pod: [${errors.map((error) => `${error.field}: ${bodyOf(error)}`).join(', ')}]`);
  const reference = apiReference(pod.spec);
  if (reference) throw new ManifestError(`static pods may not reference ${reference}`);
  return { ...pod, status: { phase: 'Pending', qosClass: qosOf(pod.spec) } };
}

/** @throws ManifestError */
function kindChecked(manifest: unknown): JsonObject {
  if (manifest === null || manifest === undefined) throw new ManifestError("Object 'Kind' is missing in 'null'");
  if (!isObject(manifest)) {
    const type = Array.isArray(manifest) ? 'array' : typeof manifest === 'boolean' ? 'bool' : typeof manifest;
    const into =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
    throw new ManifestError(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type ${into}`,
    );
  }
  const { kind, apiVersion } = manifest as { readonly kind?: string; readonly apiVersion?: string };
  if (!kind) throw new ManifestError(`Object 'Kind' is missing in '${JSON.stringify(manifest)}'`);
  if (!apiVersion) throw new ManifestError(`Object 'apiVersion' is missing in '${JSON.stringify(manifest)}'`);
  if (kind !== 'Pod' || apiVersion !== 'v1')
    throw new ManifestError(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  return manifest;
}

/** The first kind of object at the API server that a Pod needs; static Pods may need none (pkg/api/pod.HasAPIObjectReference). */
function apiReference({
  serviceAccountName,
  volumes = [],
  initContainers = [],
  containers,
}: PodSpec): string | undefined {
  if (serviceAccountName) return 'serviceaccounts';
  for (const { secret, configMap, projected, persistentVolumeClaim } of volumes) {
    if (secret) return 'secrets';
    if (configMap) return 'configmaps';
    if (persistentVolumeClaim) return 'persistentvolumeclaims';
    for (const source of projected?.sources ?? []) {
      if (source.secret) return 'secrets';
      if (source.configMap) return 'configmaps';
      if (source.serviceAccountToken) return 'serviceaccounts';
    }
  }
  return [...initContainers, ...containers].map(environmentReference).find((kind) => kind !== undefined);
}

function environmentReference({ env = [], envFrom = [] }: Container): string | undefined {
  if (envFrom.some(({ secretRef }) => secretRef) || env.some(({ valueFrom }) => valueFrom?.secretKeyRef))
    return 'secrets';
  if (envFrom.some(({ configMapRef }) => configMapRef) || env.some(({ valueFrom }) => valueFrom?.configMapKeyRef))
    return 'configmaps';
  return undefined;
}

/** As JSON with sorted keys: what is only written differently is the same. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const pairs = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${pairs.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}
