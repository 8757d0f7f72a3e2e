import type { Random } from '#kernel/random.ts';
import type { ContainerConfig, DnsConfig, Mount, PodSandboxConfig } from '#machine/cri.ts';
import type { Container, Pod } from '../../../api/types/pod.ts';
import type { KubeletFiles } from '../files.ts';
import { hostnameOf, hostsFile } from '../pods/pod-hostname.ts';
import { logDirectory, podDirectory, volumePath } from '../pods/pod-paths.ts';
import { type EnvironmentSources, environmentOf, expandReferences } from './environment.ts';

/** A container that cannot be made of its Pod: CreateContainerConfigError. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** pkg/kubelet/kuberuntime/kuberuntime_sandbox.generatePodSandboxConfig */
export function sandboxConfig(pod: Pod, attempt: number, nodeName: string, dns: DnsConfig): PodSandboxConfig {
  const { metadata, spec } = pod;
  const hostNetwork = spec.hostNetwork === true;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    uid: metadata.uid,
    attempt,
    hostname: hostNetwork ? nodeName : hostnameOf(pod).hostname,
    logDirectory: logDirectory(pod),
    hostNetwork,
    dns,
    labels: { ...metadata.labels, ...podLabels(pod) },
    annotations: { ...metadata.annotations },
  };
}

export interface ContainerSources extends EnvironmentSources {
  readonly files: KubeletFiles;
  readonly random: Random;
}

/** pkg/kubelet/kuberuntime/kuberuntime_container.generateContainerConfig. @throws ConfigError */
export function containerConfig(
  pod: Pod,
  container: Container,
  attempt: number,
  sources: ContainerSources,
): ContainerConfig {
  try {
    const env = environmentOf(pod, container, sources);
    const values = new Map(env);
    const expand = (text: string) => expandReferences(text, (name) => values.get(name));
    return {
      name: container.name,
      attempt,
      image: container.image ?? '',
      command: (container.command ?? []).map(expand),
      args: (container.args ?? []).map(expand),
      workingDirectory: container.workingDir ?? '',
      env,
      mounts: mountsOf(pod, container, sources, expand),
      labels: { 'io.kubernetes.container.name': container.name, ...podLabels(pod) },
      annotations: {
        'io.kubernetes.container.restartCount': `${attempt}`,
        'io.kubernetes.container.terminationMessagePath': container.terminationMessagePath ?? '',
        'io.kubernetes.container.terminationMessagePolicy': container.terminationMessagePolicy ?? 'File',
        'io.kubernetes.pod.terminationGracePeriod': `${pod.spec.terminationGracePeriodSeconds ?? 30}`,
      },
      logPath: `${container.name}/${attempt}.log`,
      stdin: container.stdin ?? false,
      stdinOnce: container.stdinOnce ?? false,
      tty: container.tty ?? false,
    };
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function podLabels({ metadata }: Pod): Readonly<Record<string, string>> {
  return {
    'io.kubernetes.pod.name': metadata.name,
    'io.kubernetes.pod.namespace': metadata.namespace ?? 'default',
    'io.kubernetes.pod.uid': metadata.uid,
  };
}

/** Volumes, /etc/hosts, and the file for the container's last words (kubelet_pods.makeMounts, kuberuntime_container.makeMounts). */
function mountsOf(
  pod: Pod,
  container: Container,
  { files, podIP, random }: ContainerSources,
  expand: (text: string) => string,
): readonly Mount[] {
  const directory = podDirectory(pod);
  const mounts: Mount[] = (container.volumeMounts ?? []).map((mount, index) => {
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
    if (!volume)
      throw new Error(
        `cannot find volume ${JSON.stringify(mount.name)} to mount into container ${JSON.stringify(container.name)}`,
      );
    const base = volumePath(pod, volume);
    const subPath = mount.subPathExpr ? expand(mount.subPathExpr) : mount.subPath;
    const isFilled = volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI;
    return {
      containerPath: mount.mountPath,
      hostPath: subPath
        ? subPathOf(
            files,
            base,
            subPath,
            isFilled && `${directory}/volume-subpaths/${volume.name}/${container.name}/${index}`,
          )
        : base,
      isReadOnly: (mount.readOnly ?? false) || isFilled !== undefined,
    };
  });
  const hasHosts = mounts.some(({ containerPath }) => containerPath === '/etc/hosts');
  if (!hasHosts && (podIP !== '' || pod.spec.hostNetwork)) {
    const hostPath = `${directory}/etc-hosts`;
    files.write(hostPath, hostsFile(pod, podIP, files.read('/etc/hosts') ?? ''), 0o644);
    mounts.push({ containerPath: '/etc/hosts', hostPath, isReadOnly: false });
  }
  if (container.terminationMessagePath) {
    const hostPath = `${directory}/containers/${container.name}/${random.int(0x1_0000_0000).toString(16).padStart(8, '0')}`;
    files.write(hostPath, '', 0o666);
    mounts.push({ containerPath: container.terminationMessagePath, hostPath, isReadOnly: false });
  }
  return mounts;
}

/**
 * A part of a volume. Of a volume that is filled anew when its source changes, a mounted file stays as it was.
 *
 * @param copy where such a file is kept
 */
function subPathOf(files: KubeletFiles, base: string, subPath: string, copy: string | undefined): string {
  if (subPath.startsWith('/')) throw new Error(`error SubPath \`${subPath}\` must not be an absolute path`);
  const path = `${base}/${subPath}`;
  if (files.kind(path) === undefined) files.makeDirectory(path, 0o755);
  const text = copy === undefined ? undefined : files.read(path);
  if (copy === undefined || text === undefined) return path;
  files.write(copy, text, 0o644);
  return copy;
}
