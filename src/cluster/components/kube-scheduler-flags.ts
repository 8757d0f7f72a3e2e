import { type Flags, parseFlags } from './flags.ts';

/** Every flag of the release that is taught, as its `--help` lists them, with its default. */
const DEFAULTS = new Map(
  `allow-metric-labels=[] allow-metric-labels-manifest= authentication-kubeconfig= authentication-skip-lookup=false
authentication-token-webhook-cache-ttl=10s authentication-tolerate-lookup-failure=true
authorization-always-allow-paths=[/healthz,/readyz,/livez] authorization-kubeconfig=
authorization-webhook-cache-authorized-ttl=10s authorization-webhook-cache-unauthorized-ttl=10s bind-address=0.0.0.0
cert-dir= client-ca-file= config= contention-profiling=true disable-http2-serving=false disabled-metrics=[]
emulated-version=[] feature-gates= help=false http2-max-streams-per-connection=0 kube-api-burst=100
kube-api-content-type=application/vnd.kubernetes.protobuf kube-api-qps=50 kubeconfig= leader-elect=true
leader-elect-lease-duration=15s leader-elect-renew-deadline=10s leader-elect-resource-lock=leases
leader-elect-resource-name=kube-scheduler leader-elect-resource-namespace=kube-system leader-elect-retry-period=2s
log-flush-frequency=5s log-json-info-buffer-size=0 log-json-split-stream=false log-text-info-buffer-size=0
log-text-split-stream=false logging-format=text master= min-compatibility-version=[] permit-address-sharing=false
permit-port-sharing=false pod-max-in-unschedulable-pods-duration=5m0s profiling=true requestheader-allowed-names=[]
requestheader-client-ca-file= requestheader-extra-headers-prefix=[x-remote-extra-]
requestheader-group-headers=[x-remote-group] requestheader-uid-headers=[] requestheader-username-headers=[x-remote-user]
secure-port=10259 show-hidden-metrics-for-version= tls-cert-file= tls-cipher-suites=[] tls-curve-preferences=[]
tls-min-version= tls-private-key-file= tls-sni-cert-key=[] v=0 version=false vmodule= write-config-to=`
    .split(/\s+/)
    .map((entry): [string, string] => {
      const [name = '', ...value] = entry.split('=');
      return [name, value.join('=')];
    }),
);

const SWITCHES = new Set([...DEFAULTS].filter(([, value]) => /^(?:true|false)$/.test(value)).map(([name]) => name));
const TRUTHS = new Set(['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False']);
const DURATION = /^[+-]?(?:0|(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+)$/;

/**
 * The value of every flag.
 *
 * @throws FlagError with pflag's words
 */
export function readSchedulerFlags(args: readonly string[]): Flags {
  const given = parseFlags(args, [...DEFAULTS.keys()], { program: 'kube-scheduler', switches: SWITCHES, complaint });
  return new Map([...DEFAULTS].map(([name, value]) => [name, given.get(name) ?? value]));
}

/** Whether a switch is on. */
export function isOn(flags: Flags, name: string): boolean {
  return /^(?:1|t|true)$/i.test(flags.get(name) ?? '');
}

function complaint(name: string, value: string): string | undefined {
  const usual = DEFAULTS.get(name) ?? '';
  const syntax = (parser: string) => `strconv.${parser}: parsing ${JSON.stringify(value)}: invalid syntax`;
  if (SWITCHES.has(name)) return TRUTHS.has(value) ? undefined : syntax('ParseBool');
  if (name === 'v') return /^\d+$/.test(value) ? undefined : syntax('ParseUint');
  if (name === 'kube-api-qps') return Number.isFinite(Number(value || 'x')) ? undefined : syntax('ParseFloat');
  if (name === 'secure-port' || name === 'kube-api-burst' || name.startsWith('http2-'))
    return /^[+-]?\d+$/.test(value) ? undefined : syntax('ParseInt');
  if (name === 'bind-address')
    return /^[\d.]+$|:/.test(value) ? undefined : `failed to parse IP: ${JSON.stringify(value)}`;
  if (/^\d+(?:s|m)/.test(usual))
    return DURATION.test(value) ? undefined : `time: invalid duration ${JSON.stringify(value)}`;
  return undefined;
}
