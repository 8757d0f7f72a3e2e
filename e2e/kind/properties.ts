import type { ApiClient } from './api-client.ts';
import type { ClusterProperties } from './cluster.ts';

/** DaemonSets by which a CNI plug-in is known. */
const PLUGINS: Readonly<Record<string, string>> = {
  'calico-node': 'calico',
  kindnet: 'kindnet',
  cilium: 'cilium',
  'kube-flannel-ds': 'flannel',
};

/** What blocks may need of a cluster, read from it. */
export async function readProperties(api: ApiClient, kind: string | undefined): Promise<ClusterProperties> {
  const { gitVersion } = await api.get<{ gitVersion: string }>('/version');
  const sets = await api.list<{ metadata: { name: string } }>('/apis/apps/v1/daemonsets', 'names');
  const plugin = sets.map(({ metadata }) => PLUGINS[metadata.name]).find((name) => name !== undefined);
  return { kubernetes: gitVersion, kind, cni: plugin ?? 'unknown' };
}
