import { deployment } from '../api/kinds/apps/deployment.ts';
import type { Addon } from '../kubeadm/addons.ts';
import { installation } from './kinds.ts';
import { OPERATOR_NAMESPACE } from './namespaces.ts';
import { accountOf, namespaceOf, objectOf } from './objects.ts';
import { OPERATOR_VERSION } from './versions.ts';

const NAME = 'tigera-operator';
const ALL = 'create,update,delete,patch,get,list,watch';
const LABELS = { labels: { 'k8s-app': NAME } };

/** What an administrator applies: Calico's manifests/tigera-operator.yaml, with the rules that are used here, and an Installation. */
export function operatorManifest(podCidr: string): readonly Addon[] {
  return [
    namespaceOf(OPERATOR_NAMESPACE),
    ...accountOf(
      NAME,
      OPERATOR_NAMESPACE,
      `${ALL} , namespaces,pods,services,endpoints,events,configmaps,serviceaccounts`,
      `get,list,watch , nodes`,
      `${ALL},bind,escalate rbac.authorization.k8s.io clusterroles,clusterrolebindings,roles,rolebindings`,
      `${ALL} apps deployments,daemonsets,statefulsets`,
      `${ALL} operator.tigera.io installations,installations/status,tigerastatuses,tigerastatuses/status`,
      `create,patch,list,get,watch crd.projectcalico.org,projectcalico.org felixconfigurations,bgpconfigurations,ippools`,
      `get,list,watch crd.projectcalico.org,projectcalico.org kubecontrollersconfigurations,clusterinformations`,
    ),
    objectOf(deployment, NAME, OPERATOR_NAMESPACE, { spec: operatorSpec() }, LABELS),
    objectOf(installation, 'default', undefined, {
      spec: {
        calicoNetwork: {
          ipPools: [
            {
              name: 'default-ipv4-ippool',
              cidr: podCidr,
              encapsulation: 'VXLANCrossSubnet',
              natOutgoing: 'Enabled',
              nodeSelector: 'all()',
            },
          ],
        },
      },
    }),
  ];
}

function operatorSpec(): object {
  const labels = { name: NAME, 'k8s-app': NAME };
  const container = {
    name: NAME,
    image: `quay.io/tigera/operator:${OPERATOR_VERSION}`,
    imagePullPolicy: 'IfNotPresent',
    command: ['operator'],
    args: ['-manage-crds=true'],
    env: [
      { name: 'WATCH_NAMESPACE', value: '' },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'OPERATOR_NAME', value: NAME },
      { name: 'TIGERA_OPERATOR_INIT_IMAGE_VERSION', value: OPERATOR_VERSION },
    ],
    volumeMounts: [{ name: 'var-lib-calico', readOnly: true, mountPath: '/var/lib/calico' }],
  };
  return {
    replicas: 1,
    selector: { matchLabels: { name: NAME } },
    template: {
      metadata: { labels },
      spec: {
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [
          { effect: 'NoExecute', operator: 'Exists' },
          { effect: 'NoSchedule', operator: 'Exists' },
        ],
        serviceAccountName: NAME,
        terminationGracePeriodSeconds: 60,
        hostNetwork: true,
        dnsPolicy: 'ClusterFirstWithHostNet',
        containers: [container],
        volumes: [{ name: 'var-lib-calico', hostPath: { path: '/var/lib/calico' } }],
      },
    },
  };
}
