import { ConnectError, type Sockets } from '#machine/sockets.ts';
import type { ComponentStatus } from '../api/types/core.ts';

/** What the API server asks, at addresses that are fixed in it (pkg/registry/core/rest.componentStatusStorage). */
const ASKED = [
  { name: 'controller-manager', port: 10257, path: '/healthz' },
  { name: 'scheduler', port: 10259, path: '/healthz' },
  { name: 'etcd-0', port: 2379, path: '/health' },
] as const;

export function componentStatuses(sockets: Sockets): readonly ComponentStatus[] {
  return ASKED.map(({ name, port, path }) => ({
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name, uid: '', resourceVersion: '', creationTimestamp: '' },
    conditions: [{ type: 'Healthy', ...ask(sockets, port, path) }],
  }));
}

function ask(
  sockets: Sockets,
  port: number,
  path: string,
): { readonly status: 'True' | 'False'; readonly message: string; readonly error?: string } {
  try {
    const response = sockets.connect('tcp', '127.0.0.1', port).serves.http?.({ method: 'GET', path });
    if (response?.status === 200) return { status: 'True', message: 'ok' };
    return { status: 'False', message: `${response?.body ?? ''}` };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const message = `Get "https://127.0.0.1:${port}${path}": dial tcp 127.0.0.1:${port}: ${error.message}`;
    return { status: 'False', message };
  }
}
