/** The template of 10-calico.conflist (pkg/render/node.go, nodeCNIConfigMap); the blanks are the operator's. */
export function cniConfig(): string {
  const calico = {
    calico_api_group: '',
    container_settings: { allow_ip_forwarding: false },
    datastore_type: 'kubernetes',
    endpoint_status_dir: '/var/run/calico/endpoint-status',
    ipam: { assign_ipv4: 'true', assign_ipv6: 'false', type: 'calico-ipam' },
    kubernetes: { kubeconfig: '__KUBECONFIG_FILEPATH__' },
    log_file_max_age: 30,
    log_file_max_count: 10,
    log_file_max_size: 100,
    log_file_path: '/var/log/calico/cni/cni.log',
    log_level: 'Info',
    mtu: 0,
    nodename_file_optional: false,
    policy: { type: 'k8s' },
    policy_setup_timeout_seconds: 0,
    type: 'calico',
  };
  const portmap = { capabilities: { portMappings: true }, snat: true, type: 'portmap' };
  const indent = `\n${'\t'.repeat(3)}`;
  return [
    '{',
    '  "name": "k8s-pod-network",',
    '  "cniVersion": "1.0.0",',
    `  "plugins": ${JSON.stringify([calico, portmap])}`,
    '}',
  ].join(indent);
}
