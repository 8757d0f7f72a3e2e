/** Flags of kube-controller-manager; times in milliseconds. */
export interface NodeLifecycleOptions {
  /** `--node-monitor-period` */
  readonly nodeMonitorPeriod?: number;
  /** `--node-monitor-grace-period` */
  readonly nodeMonitorGracePeriod?: number;
  /** `--node-startup-grace-period` */
  readonly nodeStartupGracePeriod?: number;
  /** `--node-eviction-rate`, nodes a second. */
  readonly nodeEvictionRate?: number;
  /** `--secondary-node-eviction-rate` */
  readonly secondaryNodeEvictionRate?: number;
  /** `--large-cluster-size-threshold` */
  readonly largeClusterSizeThreshold?: number;
  /** `--unhealthy-zone-threshold` */
  readonly unhealthyZoneThreshold?: number;
  /** It goes on with its machine: the nodes that are there are no news. */
  readonly isResumed?: boolean;
}

/** pkg/controller/nodelifecycle/config/v1alpha1, and those of the flags. */
export const DEFAULTS: Required<NodeLifecycleOptions> = {
  nodeMonitorPeriod: 5_000,
  nodeMonitorGracePeriod: 50_000,
  nodeStartupGracePeriod: 60_000,
  nodeEvictionRate: 0.1,
  secondaryNodeEvictionRate: 0.01,
  largeClusterSizeThreshold: 50,
  unhealthyZoneThreshold: 0.55,
  isResumed: false,
};
