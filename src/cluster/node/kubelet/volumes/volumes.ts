import type { Kernel } from '#kernel/kernel.ts';
import type { DownwardFile, KeyToPath, Pod, Volume, VolumeProjection } from '../../../api/types/pod.ts';
import { fromBase64 } from '../base64.ts';
import type { EnvironmentSources } from '../containers/environment.ts';
import { fieldValue, resourceValue } from '../containers/field-values.ts';
import type { KubeletFiles } from '../files.ts';
import { volumePath } from '../pods/pod-paths.ts';
import { type VolumeFile, writeAtomically } from './atomic-writer.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

export interface VolumeSources extends Omit<EnvironmentSources, 'services'> {
  readonly kernel: Kernel;
  readonly files: KubeletFiles;
  readonly tokens: ServiceAccountTokens;
}

interface Content {
  readonly path: string;
  readonly text: VolumeFile['text'];
  /** As 0o644; the volume's own when it is missing. */
  readonly mode?: number | undefined;
}

/** Whether a volume's content may change while it is mounted. */
export function isRemounted({ configMap, secret, projected, downwardAPI }: Volume): boolean {
  return (configMap ?? secret ?? projected ?? downwardAPI) !== undefined;
}

/**
 * Makes a volume of a Pod on the node, or what has changed of it (pkg/volume's plugins).
 *
 * @param known its files as they were written last
 * @returns its files
 * @throws Error with the words behind `MountVolume.SetUp failed for volume "x" : `
 */
export function setUpVolume(
  pod: Pod,
  volume: Volume,
  sources: VolumeSources,
  known: readonly VolumeFile[] | undefined,
): readonly VolumeFile[] {
  const { files } = sources;
  if (volume.hostPath) {
    checkHostPath(volume.hostPath, files);
    return [];
  }
  if (volume.persistentVolumeClaim)
    throw new Error(
      'persistent volumes are not simulated here; on a real cluster the claim would be bound and mounted',
    );
  const directory = volumePath(pod, volume);
  const content = contentOf(pod, volume, sources);
  if (!isRemounted(volume)) {
    files.makeDirectory(directory, 0o777);
    return [];
  }
  const usual = (volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI)?.defaultMode ?? 0o644;
  const written = content.map(({ path, text, mode }) => ({ path, text, mode: mode ?? usual }));
  writeAtomically(files, sources.kernel, directory, written, known);
  return written;
}

/** pkg/volume/hostpath: the type says what must be there, or is made. */
function checkHostPath({ path, type = '' }: NonNullable<Volume['hostPath']>, files: KubeletFiles): void {
  const is = files.kind(path);
  const demand = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`hostPath type check failed: ${path} is not ${what}`);
  };
  switch (type) {
    case 'DirectoryOrCreate':
      if (is === undefined) files.makeDirectory(path, 0o755);
      else demand(is === 'directory', 'a directory');
      return;
    case 'FileOrCreate':
      if (is === undefined) files.write(path, '', 0o644);
      else demand(is === 'file', 'a file');
      return;
    case 'Directory':
      demand(is === 'directory', 'a directory');
      return;
    case 'File':
      demand(is === 'file', 'a file');
      return;
    case 'Socket':
      demand(is === 'other', 'a socket file');
      return;
    case 'CharDevice':
      demand(is === 'other', 'a character device');
      return;
    case 'BlockDevice':
      demand(is === 'other', 'a block device');
      return;
  }
}

function contentOf(pod: Pod, volume: Volume, sources: VolumeSources): readonly Content[] {
  const { configMap, secret, projected, downwardAPI } = volume;
  if (configMap) return configMapFiles(pod, configMap.name ?? '', configMap, sources);
  if (secret) return secretFiles(pod, secret.secretName ?? '', secret, sources);
  if (downwardAPI) return downwardFiles(pod, downwardAPI.items ?? [], sources);
  if (!projected) return [];
  const errors: string[] = [];
  const content = (projected.sources ?? []).flatMap((source) => {
    try {
      return projectedFiles(pod, source, sources);
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
      return [];
    }
  });
  if (errors.length > 0) throw new Error(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`);
  return content;
}

interface Selected {
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

function configMapFiles(pod: Pod, name: string, selected: Selected, { objects }: VolumeSources): readonly Content[] {
  const found = objects.configMap(pod.metadata.namespace ?? '', name, selected.optional);
  return chosen(found?.data ?? {}, selected, 'configmap references non-existent config key');
}

function secretFiles(pod: Pod, name: string, selected: Selected, { objects }: VolumeSources): readonly Content[] {
  const found = objects.secret(pod.metadata.namespace ?? '', name, selected.optional);
  const data = Object.entries(found?.data ?? {}).map(([key, value]) => [key, fromBase64(value)]);
  return chosen(Object.fromEntries(data), selected, 'references non-existent secret key');
}

function chosen(
  data: Readonly<Record<string, string>>,
  { items = [], optional }: Selected,
  complaint: string,
): readonly Content[] {
  if (items.length === 0) return Object.entries(data).map(([path, text]) => ({ path, text }));
  return items.flatMap(({ key, path, mode }): Content[] => {
    const text = data[key];
    if (text !== undefined) return [{ path, text, mode }];
    if (optional) return [];
    throw new Error(`${complaint}: ${key}`);
  });
}

function downwardFiles(pod: Pod, items: readonly DownwardFile[], sources: VolumeSources): readonly Content[] {
  return items.map(({ path, mode, fieldRef, resourceFieldRef }) => ({
    path,
    mode,
    text: fieldRef
      ? fieldValue(pod, fieldRef.fieldPath, sources)
      : resourceFieldRef
        ? resourceValue(pod, undefined, resourceFieldRef, sources)
        : '',
  }));
}

function projectedFiles(
  pod: Pod,
  { configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection,
  sources: VolumeSources,
): readonly Content[] {
  if (configMap) return configMapFiles(pod, configMap.name ?? '', configMap, sources);
  if (secret) return secretFiles(pod, secret.name ?? '', secret, sources);
  if (downwardAPI) return downwardFiles(pod, downwardAPI.items ?? [], sources);
  if (!serviceAccountToken) return [];
  const { path, audience, expirationSeconds = 3600 } = serviceAccountToken;
  return [{ path, text: sources.tokens.get(pod, audience, expirationSeconds) }];
}
