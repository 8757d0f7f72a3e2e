/** What probes last said of containers. */
export interface ProbeResults {
  /** Undefined before a probe has said anything. */
  result(kind: 'Startup' | 'Readiness' | 'Liveness', containerId: string): boolean | undefined;
}
