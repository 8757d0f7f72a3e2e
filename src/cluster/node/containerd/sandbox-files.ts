import type { DnsConfig, Mount, PodSandbox } from '#machine/cri.ts';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';

const SANDBOXES = '/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes';

/** Files of a sandbox that its containers share (containerd, internal/cri/server: setupSandboxFiles). */
export function makeSandboxFiles(files: FileSystem, { id, config }: PodSandbox): void {
  const directory = `${SANDBOXES}/${id}`;
  if (!files.exists(SANDBOXES)) files.mkdir(SANDBOXES, { recursive: true });
  files.mkdir(directory);
  files.writeText(`${directory}/hostname`, `${config.hostname}\n`);
  files.writeText(
    `${directory}/resolv.conf`,
    resolvConf(config.dns) || (readTextIfThere(files, '/etc/resolv.conf') ?? ''),
  );
}

export function removeSandboxFiles(files: FileSystem, id: string): void {
  const directory = `${SANDBOXES}/${id}`;
  if (files.exists(directory)) files.remove(directory);
}

/** What the runtime mounts into a container, unless the Pod does so itself. */
export function sandboxMounts({ id }: PodSandbox, mounts: readonly Mount[]): readonly Mount[] {
  return ['hostname', 'resolv.conf']
    .map((name) => ({ containerPath: `/etc/${name}`, hostPath: `${SANDBOXES}/${id}/${name}`, isReadOnly: false }))
    .filter((own) => !mounts.some(({ containerPath }) => containerPath === own.containerPath));
}

function resolvConf({ searches, servers, options }: DnsConfig): string {
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
