/** Where the operator puts Calico. */
export const CALICO_NAMESPACE = 'calico-system';
/** Where the operator itself is. */
export const OPERATOR_NAMESPACE = 'tigera-operator';
