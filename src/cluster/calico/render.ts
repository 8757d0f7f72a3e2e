import { daemonSet } from '../api/kinds/apps/daemon-set.ts';
import { deployment } from '../api/kinds/apps/deployment.ts';
import { configMap } from '../api/kinds/core/config-map.ts';
import { service } from '../api/kinds/core/service.ts';
import type { Addon } from '../kubeadm/addons.ts';
import { cniConfig } from './cni-config.ts';
import { CALICO_NAMESPACE } from './namespaces.ts';
import { calicoNode } from './node-daemon-set.ts';
import { accountOf, namespaceOf, objectOf } from './objects.ts';
import { csiDriver, kubeControllers, typha } from './other-workloads.ts';

const GROUPS = 'projectcalico.org,crd.projectcalico.org';
const IPAM = 'blockaffinities,ipamblocks,ipamhandles,ipamconfigurations,ipamconfigs';

/**
 * What the operator makes of an Installation (tigera/operator, pkg/render): node.go, typha.go, csi.go, kube-controllers.go, with the labels,
 * the probes' periods and the order of pkg/controller/utils/component.go. Certificates between Typha and Felix, and what needs them, are
 * left out, and rules of roles that nothing here uses; so are PodDisruptionBudgets and the CSIDriver, whose kinds are not simulated.
 *
 * @param nodes how many there are, which decides how many Typhas there are
 */
export function render(nodes: number): readonly Addon[] {
  return [
    namespaceOf(CALICO_NAMESPACE),
    ...accountOf(
      'calico-node',
      CALICO_NAMESPACE,
      'list,watch discovery.k8s.io endpointslices',
      'get,list,watch , pods,nodes,namespaces,endpoints,services,serviceaccounts',
      'patch,update , nodes/status',
      'patch , pods/status',
      'create , serviceaccounts/token calico-cni-plugin',
      'get , configmaps',
      `get,list,watch ${GROUPS} bgpconfigurations,bgpfilters,bgppeers,clusterinformations,felixconfigurations,globalnetworkpolicies,globalnetworksets,hostendpoints,ippools,ipreservations,networkpolicies,networksets,stagedglobalnetworkpolicies,stagedkubernetesnetworkpolicies,stagednetworkpolicies,tiers`,
      `create,update ${GROUPS} clusterinformations,felixconfigurations,bgpconfigurations,ippools`,
      `create ${GROUPS} tiers`,
      `get,list,create,update,delete ${GROUPS} ${IPAM}`,
      `watch ${GROUPS} blockaffinities`,
    ),
    ...accountOf(
      'calico-cni-plugin',
      CALICO_NAMESPACE,
      'get , pods,nodes,namespaces',
      'patch , pods/status',
      `get,list,create,update,delete ${GROUPS} ${IPAM},clusterinformations,ippools,ipreservations`,
    ),
    ...accountOf('calico-typha', CALICO_NAMESPACE),
    ...accountOf(
      'calico-kube-controllers',
      CALICO_NAMESPACE,
      'get,list,watch , nodes,pods,services,endpoints',
      `get,list,create,update,delete,watch ${GROUPS} ${IPAM},ippools`,
      `get,create,list,update,watch ${GROUPS} kubecontrollersconfigurations`,
      `get,create,update ${GROUPS} clusterinformations`,
    ),
    ...accountOf('csi-node-driver', CALICO_NAMESPACE),
    objectOf(service, 'calico-typha', CALICO_NAMESPACE, {
      spec: {
        ports: [{ name: 'calico-typha', port: 5473, protocol: 'TCP', targetPort: 'calico-typha' }],
        selector: { 'k8s-app': 'calico-typha' },
      },
    }),
    objectOf(deployment, 'calico-typha', CALICO_NAMESPACE, ...typha(nodes)),
    objectOf(configMap, 'cni-config', CALICO_NAMESPACE, { data: { config: cniConfig() } }),
    objectOf(daemonSet, 'calico-node', CALICO_NAMESPACE, ...calicoNode()),
    objectOf(daemonSet, 'csi-node-driver', CALICO_NAMESPACE, ...csiDriver()),
    objectOf(deployment, 'calico-kube-controllers', CALICO_NAMESPACE, ...kubeControllers()),
  ];
}
