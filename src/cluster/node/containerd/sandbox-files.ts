import type { Mount, PodSandbox } from '#machine/cri.ts';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';

const SANDBOXES = '/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes';

/** Files of a sandbox that its containers share (containerd, internal/cri/server: setupSandboxFiles). */
export function makeSandboxFiles(files: FileSystem, { id, config }: PodSandbox): void {
  const directory = `${SANDBOXES}/${id}`;
  if (!files.exists(SANDBOXES)) files.mkdir(SANDBOXES, { recursive: true });
  files.mkdir(directory);
  files.writeText(`${directory}/hostname`, `${config.hostname}\n`);
  const resolve = config.hostNetwork
    ? (readTextIfThere(files, '/etc/resolv.conf') ?? '')
    : clusterFirst(config.namespace);
  files.writeText(`${directory}/resolv.conf`, resolve);
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

/** What the kubelet asks for by `dnsPolicy: ClusterFirst`. */
function clusterFirst(namespace: string): string {
  return `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5
`;
}
