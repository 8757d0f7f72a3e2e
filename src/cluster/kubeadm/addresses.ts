/** Ranges of a cluster, as kubeadm and kind choose them, and the addresses in them that are fixed. */
export const SERVICE_CIDR = '10.96.0.0/16';
export const POD_CIDR = '10.244.0.0/16';
/** Of the Service `kubernetes`. */
export const SERVICE_ADDRESS = '10.96.0.1';
/** Of the Service `kube-dns`. */
export const DNS_ADDRESS = '10.96.0.10';
