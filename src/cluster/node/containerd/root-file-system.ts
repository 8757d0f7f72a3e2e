import { type ContainerConfig, CriError, type Mount } from '#machine/cri.ts';
import { FsError } from '#machine/file-system.ts';
import type { FileSystemView } from '../file-system/view.ts';
import { startFailure } from './runc-errors.ts';

/**
 * Mounts what a container is to see into its root file system. Directories of the host that are not there are made, as containerd does it
 * (internal/cri/opts.WithMounts); mount points too, as runc does it.
 *
 * @throws CriError with runc's words
 */
export function mountInto(root: FileSystemView, host: FileSystemView, mounts: ContainerConfig['mounts']): void {
  // Outer ones first: an inner one lies on them.
  const sorted = [...mounts].sort((a, b) => depth(a.containerPath) - depth(b.containerPath));
  for (const mount of sorted) {
    try {
      mountOne(root, host, mount);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const { hostPath, containerPath } = mount;
      const where = `error mounting ${JSON.stringify(hostPath)} to rootfs at ${JSON.stringify(containerPath)}`;
      throw new CriError(
        'Unknown',
        startFailure(`error during container init: ${where}: ${error.message.toLowerCase()}`),
      );
    }
  }
}

function mountOne(root: FileSystemView, host: FileSystemView, { hostPath, containerPath, isReadOnly }: Mount): void {
  if (!host.exists(hostPath)) host.mkdir(hostPath, { recursive: true });
  if (!root.exists(containerPath)) {
    if (host.stat(hostPath).kind === 'directory') root.mkdir(containerPath, { recursive: true });
    else {
      root.mkdir(containerPath.slice(0, containerPath.lastIndexOf('/')) || '/', { recursive: true });
      root.writeFile(containerPath, '');
    }
  }
  root.bind(host, hostPath, containerPath, { isReadOnly });
}

function depth(path: string): number {
  return path.split('/').filter((name) => name !== '').length;
}
