import type { Kernel } from '#kernel/kernel.ts';
import { configMap as configMapKind } from '../../api/kinds/core/config-map.ts';
import { secret as secretKind } from '../../api/kinds/core/secret.ts';
import type { ConfigMap, Secret } from '../../api/types/core.ts';
import type { DownwardFile, KeyToPath, Pod, Volume, VolumeProjection } from '../../api/types/pod.ts';
import type { Client } from '../../client/client.ts';
import { fromBase64 } from './base64.ts';
import { type EnvironmentSources, fieldValue, podDirectory, volumePlugin } from './container-config.ts';
import type { KubeletFiles } from './files.ts';

/** A volume that cannot be set up yet; the message is that of the event FailedMount. */
export class MountError extends Error {
  override readonly name = 'MountError';
}

export interface VolumeSources extends Pick<EnvironmentSources, 'podIP' | 'hostIP' | 'nodeName'> {
  readonly kernel: Kernel;
  readonly client: Client | undefined;
  readonly files: KubeletFiles;
}

/** A file of a volume: its path in it, its text. */
type VolumeFile = readonly [path: string, text: string];

/**
 * Sets up the volumes of a Pod under its directory (pkg/kubelet/volumemanager and pkg/volume's plugins).
 *
 * @throws MountError for the first that cannot be
 */
export function mountVolumes(pod: Pod, sources: VolumeSources): void {
  const { files } = sources;
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.hostPath) checkHostPath(volume, files);
    else {
      const directory = `${podDirectory(pod)}/volumes/${volumePlugin(volume)}/${volume.name}`;
      files.makeDirectory(directory, 0o755);
      for (const [path, text] of contentOf(pod, volume, sources))
        files.write(`${directory}/${path}`, text, modeOf(volume));
    }
  }
  files.write(`${podDirectory(pod)}/etc-hosts`, hostsFile(pod, sources), 0o644);
}

/** Takes the directory of a Pod away; hostPath volumes stay. */
export function unmountVolumes(pod: Pod, files: KubeletFiles): void {
  files.remove(podDirectory(pod));
}

function modeOf({ configMap, secret, projected, downwardAPI }: Volume): number {
  return configMap?.defaultMode ?? secret?.defaultMode ?? projected?.defaultMode ?? downwardAPI?.defaultMode ?? 0o644;
}

/** pkg/volume/hostpath: the type says what must be there, or is made. */
function checkHostPath({ name, hostPath }: Volume, files: KubeletFiles): void {
  const { path = '', type = '' } = hostPath ?? {};
  const is = files.kind(path);
  const fail = (why: string) => {
    throw new MountError(
      `MountVolume.SetUp failed for volume ${JSON.stringify(name)} : hostPath type check failed: ${path} ${why}`,
    );
  };
  if (type === 'DirectoryOrCreate' && is === undefined) files.makeDirectory(path, 0o755);
  else if (type === 'FileOrCreate' && is === undefined) files.write(path, '', 0o644);
  else if ((type === 'Directory' || type === 'DirectoryOrCreate') && is !== 'directory') fail('is not a directory');
  else if ((type === 'File' || type === 'FileOrCreate') && is !== 'file') fail('is not a file');
}

function contentOf(pod: Pod, volume: Volume, sources: VolumeSources): readonly VolumeFile[] {
  const fail = (why: string) =>
    new MountError(`MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${why}`);
  try {
    if (volume.configMap) return configMapFiles(pod, volume.configMap.name ?? '', volume.configMap, sources);
    if (volume.secret) return secretFiles(pod, volume.secret.secretName ?? '', volume.secret, sources);
    if (volume.downwardAPI) return downwardFiles(pod, volume.downwardAPI.items ?? [], sources);
    if (volume.projected)
      return (volume.projected.sources ?? []).flatMap((source) => projectedFiles(pod, source, sources));
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error));
  }
  if (volume.persistentVolumeClaim) {
    throw new MountError(
      'persistent volumes are not simulated here; on a real cluster the claim would be bound and mounted',
    );
  }
  return [];
}

interface Selected {
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

function configMapFiles(
  pod: Pod,
  name: string,
  { items, optional }: Selected,
  { client }: VolumeSources,
): readonly VolumeFile[] {
  const found = client?.find(configMapKind, pod.metadata.namespace, name) as ConfigMap | undefined;
  if (!found && !optional) throw new Error(`configmap ${JSON.stringify(name)} not found`);
  return chosen(Object.entries(found?.data ?? {}), items, optional, 'ConfigMap');
}

function secretFiles(
  pod: Pod,
  name: string,
  { items, optional }: Selected,
  { client }: VolumeSources,
): readonly VolumeFile[] {
  const found = client?.find(secretKind, pod.metadata.namespace, name) as Secret | undefined;
  if (!found && !optional) throw new Error(`secret ${JSON.stringify(name)} not found`);
  const data = Object.entries(found?.data ?? {}).map(([key, value]): VolumeFile => [key, fromBase64(value)]);
  return chosen(data, items, optional, 'Secret');
}

function chosen(
  data: readonly VolumeFile[],
  items: readonly KeyToPath[] | undefined,
  optional: boolean | undefined,
  kind: string,
): readonly VolumeFile[] {
  if (!items?.length) return data;
  const byKey = new Map(data);
  return items.flatMap(({ key, path }): VolumeFile[] => {
    const text = byKey.get(key);
    if (text !== undefined) return [[path, text]];
    if (optional) return [];
    throw new Error(`references non-existent ${kind.toLowerCase()} key: ${key}`);
  });
}

function downwardFiles(pod: Pod, items: readonly DownwardFile[], sources: VolumeSources): readonly VolumeFile[] {
  return items.flatMap(({ path, fieldRef }): VolumeFile[] =>
    fieldRef ? [[path, fieldValue(pod, fieldRef.fieldPath, sources)]] : [],
  );
}

function projectedFiles(pod: Pod, source: VolumeProjection, sources: VolumeSources): readonly VolumeFile[] {
  if (source.configMap) return configMapFiles(pod, source.configMap.name ?? '', source.configMap, sources);
  if (source.secret) return secretFiles(pod, source.secret.name ?? '', source.secret, sources);
  if (source.downwardAPI) return downwardFiles(pod, source.downwardAPI.items ?? [], sources);
  if (source.serviceAccountToken)
    return [[source.serviceAccountToken.path, tokenFor(pod, source.serviceAccountToken, sources)]];
  return [];
}

/** TokenRequest, bound to the Pod. */
function tokenFor(
  pod: Pod,
  { expirationSeconds = 3600, audience }: NonNullable<VolumeProjection['serviceAccountToken']>,
  { client }: VolumeSources,
): string {
  const { namespace, name, uid } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  const answer = client?.request({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience ? [audience] : [],
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
      },
    },
  }) as { status?: { token?: string } } | undefined;
  return answer?.status?.token ?? '';
}

/** pkg/kubelet/kubelet_pods.go: /etc/hosts of a Pod. */
function hostsFile(pod: Pod, { podIP }: VolumeSources): string {
  const name = pod.spec.hostname ?? pod.metadata.name;
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...(podIP === '' ? [] : [`${podIP}\t${name}`]),
  ];
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length > 0)
    lines.push(
      '',
      '# Entries added by HostAliases.',
      ...aliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}`),
    );
  return `${lines.join('\n')}\n`;
}
