import { type FileSystem, FsError } from '#machine/file-system.ts';
import { isObject } from '../api/json.ts';
import { parseManifest } from '../node/kubelet/static-pods/manifest-text.ts';

/** What the kubelet takes of its configuration file (kubelet.config.k8s.io/v1beta1, KubeletConfiguration). */
export interface KubeletConfiguration {
  readonly staticPodPath: string;
  readonly clientCAFile: string | undefined;
  readonly containerRuntimeEndpoint: string;
  readonly verbosity: number;
}

const KIND = 'KubeletConfiguration';
const GROUP_VERSION = 'kubelet.config.k8s.io/v1beta1';

/** Numbers that must not be negative, with the flags that the message names (pkg/kubelet/apis/config/validation). */
const NOT_NEGATIVE: readonly (readonly [field: string, flag: string])[] = [
  ['eventBurst', 'event-burst'],
  ['kubeAPIBurst', 'kube-api-burst'],
  ['maxOpenFiles', 'max-open-files'],
  ['maxPods', 'max-pods'],
  ['podsPerCore', 'pods-per-core'],
  ['registryBurst', 'registry-burst'],
];

/**
 * Reads a configuration file (pkg/kubelet/kubeletconfig/configfiles).
 *
 * @throws Error with the kubelet's words
 */
export function readKubeletConfiguration(files: FileSystem, path: string): KubeletConfiguration {
  const fail = (why: string) =>
    new Error(
      `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error ${why}`,
    );
  let text: string;
  try {
    text = files.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw fail(
      `failed to read kubelet config file ${JSON.stringify(path)}, error: open ${path}: ${error.message.toLowerCase()}`,
    );
  }
  if (text === '') throw fail(`kubelet config file ${JSON.stringify(path)} was empty`);
  let config: Readonly<Record<string, unknown>>;
  try {
    config = decode(text);
  } catch (error) {
    throw fail(`failed to decode: ${(error as Error).message}`);
  }
  validate(config, path);
  const { staticPodPath, authentication, containerRuntimeEndpoint, logging } = config;
  const x509 = isObject(authentication) ? authentication['x509'] : undefined;
  return {
    staticPodPath: textOf(staticPodPath) ?? '',
    clientCAFile: isObject(x509) ? textOf(x509['clientCAFile']) : undefined,
    containerRuntimeEndpoint: textOf(containerRuntimeEndpoint) ?? 'unix:///run/containerd/containerd.sock',
    verbosity: isObject(logging) ? Number(logging['verbosity'] ?? 0) : 0,
  };
}

function decode(text: string): Readonly<Record<string, unknown>> {
  const config = parseManifest(text);
  if (!isObject(config))
    throw new Error(
      'couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
    );
  const { kind, apiVersion } = config;
  const shown = JSON.stringify(config);
  if (!kind) throw new Error(`Object 'Kind' is missing in '${shown}'`);
  if (!apiVersion) throw new Error(`Object 'apiVersion' is missing in '${shown}'`);
  if (kind !== KIND || apiVersion !== GROUP_VERSION)
    throw new Error(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/kubernetes/pkg/kubelet/apis/config/scheme/scheme.go:33"`,
    );
  for (const [field] of NOT_NEGATIVE) {
    const value = config[field];
    if (value !== undefined && value !== null && typeof value !== 'number')
      throw new Error(`json: cannot unmarshal ${goKind(value)} into Go struct field ${KIND}.${field} of type int32`);
  }
  for (const field of ['staticPodPath', 'clusterDomain', 'containerRuntimeEndpoint', 'cgroupDriver']) {
    const value = config[field];
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw new Error(`json: cannot unmarshal ${goKind(value)} into Go struct field ${KIND}.${field} of type string`);
  }
  return config;
}

function validate(config: Readonly<Record<string, unknown>>, path: string): void {
  const problems = NOT_NEGATIVE.flatMap(([field, flag]) => {
    const value = config[field];
    return typeof value === 'number' && value < 0
      ? [`invalid configuration: ${field} (--${flag}) ${value} must not be a negative number`]
      : [];
  });
  if (problems.length === 0) return;
  const all = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  throw new Error(`failed to validate kubelet configuration, error: ${all}, path: ${path}`);
}

function goKind(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? 'array' : typeof value;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
