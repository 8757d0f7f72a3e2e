/** A kind of value that differs from run to run, and what may stand in its place. */
export interface VolatileRule {
  /** The name that a failed comparison shows. */
  readonly name: string;
  /** Where such a value stands in an expected line; the context stands in lookarounds. */
  readonly find: readonly RegExp[];
  /** What the actual output may show instead, as the source of a regular expression without capturing groups. */
  readonly accept: string;
  /**
   * `same`: a value that occurs twice in a block is equal in both places. `distinct`: two values that differ on the page also differ
   * in the run. Absent for values that are not anybody's identity, such as ages.
   */
  readonly identity?: 'same' | 'distinct';
}

/** The letters that Kubernetes makes names of (apimachinery, util/rand): no vowels, no 0, 1 and 3. */
const SAFE = '[bcdfghjklmnpqrstvwxz2456789]';
const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const WEEKDAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const CLOCK = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d';
/** apimachinery, util/duration.HumanDuration: `5s`, `2m46s`, `3h`, `5d3h`, `2y10d`. */
const AGE = '(?:\\d+y(?:\\d+d)?|\\d+d(?:\\d+h)?|\\d+h(?:\\d+m)?|\\d+m(?:\\d+s)?|\\d+s)';
/** docker/go-units.HumanDuration, which crictl prints. */
const SPOKEN_AGE = '(?:Less than a second|About an? (?:minute|hour)|\\d+ (?:second|minute|hour|day|week|month|year)s?)';
/** Addresses that are the same in every cluster of the course: loopback, any, the first Services, whole ranges. */
const FIXED_ADDRESS =
  '127\\.|0\\.0\\.0\\.0(?![\\d.])|10\\.96\\.0\\.10?(?![\\d.])|\\d+\\.\\d+\\.0\\.0/(?:[89]|1\\d)(?!\\d)';

const at = (source: string): RegExp => new RegExp(source, 'y');

/**
 * Every value that is compared by its shape. The first rule that fits at a position wins, so the longer shapes come first.
 * What no rule names is literal.
 */
export const volatileRules: readonly VolatileRule[] = [
  {
    name: 'timestamp (RFC 3339)',
    find: [/(?<![\d-])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/y],
    accept: `\\d{4}-\\d\\d-\\d\\dT${CLOCK}(?:\\.\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)`,
  },
  {
    name: 'timestamp (systemd)',
    find: [at(`(?<!\\w)${WEEKDAY} \\d{4}-\\d\\d-\\d\\d ${CLOCK} [A-Z]{3,5}(?!\\w)`)],
    accept: `${WEEKDAY} \\d{4}-\\d\\d-\\d\\d ${CLOCK} [A-Z]{3,5}`,
  },
  {
    name: 'timestamp (kubectl describe)',
    find: [at(`(?<!\\w)${WEEKDAY}, \\d\\d ${MONTH} \\d{4} ${CLOCK} [+-]\\d{4}`)],
    accept: `${WEEKDAY}, \\d\\d ${MONTH} \\d{4} ${CLOCK} [+-]\\d{4}`,
  },
  {
    name: 'timestamp (certificate)',
    find: [at(`(?<!\\w)${MONTH} [ \\d]\\d ${CLOCK} \\d{4} GMT`)],
    accept: `${MONTH} [ \\d]\\d ${CLOCK} \\d{4} GMT`,
  },
  {
    name: 'timestamp (kubeadm)',
    find: [at(`(?<!\\w)${MONTH} \\d\\d, \\d{4} \\d\\d:\\d\\d UTC`)],
    accept: `${MONTH} \\d\\d, \\d{4} (?:[01]\\d|2[0-3]):[0-5]\\d UTC`,
  },
  {
    name: 'timestamp (journal)',
    find: [at(`(?<=^)${MONTH} [ \\d]\\d ${CLOCK}(?= )`)],
    accept: `${MONTH} [ \\d]\\d ${CLOCK}`,
  },
  {
    // component-base/logs: severity, month, day, time, process id.
    name: 'klog head',
    find: [at(`(?<=(?<!\\w)[IWEF])\\d{4} ${CLOCK}\\.\\d{6} +\\d+(?= [\\w-]+\\.go:)`)],
    accept: `(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01]) ${CLOCK}\\.\\d{6} +\\d+`,
  },
  { name: 'line of source code', find: [/(?<=[\w-]\.go:)\d+(?=[\]"])/y], accept: '\\d+' },
  {
    name: 'age (in words)',
    find: [at(`(?<!\\w)${SPOKEN_AGE} ago(?!\\w)`)],
    accept: `${SPOKEN_AGE} ago`,
  },
  {
    // systemd, format_timespan.
    name: 'age (systemd)',
    find: [/(?<=; )(?:\d+(?:y|month|w|d|h|min|s|ms|us)s? )+ago/y],
    accept: '(?:\\d+(?:y|month|w|d|h|min|s|ms|us)s? )+ago',
  },
  {
    // kubectl's Pod tables: the number of restarts and when the last one was, after READY and STATUS.
    name: 'restarts',
    find: [at(`(?<=(?:^|\\s)\\d+/\\d+ +[A-Z][A-Za-z:]+ +)\\d+(?: \\(${AGE} ago\\))?(?=\\s)`)],
    accept: `\\d+(?: \\(${AGE} ago\\))?`,
  },
  {
    name: 'age',
    find: [at(`(?<=^|\\s)${AGE}(?: \\(x\\d+ over ${AGE}\\))?(?=\\s|$)`)],
    accept: `${AGE}(?: \\(x\\d+ over ${AGE}\\))?`,
  },
  {
    name: 'round-trip time',
    find: [/(?<=time=)\d+\.\d+(?= ms)/y, /(?<== )\d+\.\d+\/\d+\.\d+\/\d+\.\d+(?= ms)/y],
    accept: '\\d+\\.\\d+(?:/\\d+\\.\\d+/\\d+\\.\\d+)?',
  },
  { name: 'duration', find: [/(?<=took = )\d+(?:\.\d+)?(?:µs|ms|s)/y], accept: '\\d+(?:\\.\\d+)?(?:µs|ms|s)' },
  {
    name: 'UID',
    find: [
      /(?<![\w-])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\w-])/y,
      /(?<=_)[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/y,
    ],
    accept: '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}',
    identity: 'distinct',
  },
  {
    name: 'container id',
    find: [/(?<![\w-])(?:[\da-f]{64}|[\da-f]{13})(?![\w-])/y],
    accept: '(?:[\\da-f]{64}|[\\da-f]{13})',
    identity: 'distinct',
  },
  {
    name: 'etcd member id',
    find: [/(?<![\w-])(?=[\da-f]*[a-f])[\da-f]{15,16}(?=, (?:started|unstarted))/y],
    accept: '[\\da-f]{12,16}',
    identity: 'distinct',
  },
  {
    // The pod-template-hash of a ReplicaSet and the suffix of its Pods.
    name: 'Pod name of a ReplicaSet',
    find: [at(`(?<=[a-z\\d]-)${SAFE}{8,10}-${SAFE}{5}(?![\\w-])`)],
    accept: `${SAFE}{6,10}-${SAFE}{5}`,
    identity: 'distinct',
  },
  {
    name: 'pod-template-hash',
    find: [at(`(?<=[a-z\\d]-)(?=[a-z]*\\d)${SAFE}{8,10}(?![\\w-])`)],
    accept: `${SAFE}{6,10}`,
    identity: 'distinct',
  },
  {
    name: 'Pod name of a controller',
    find: [at(`(?<=[a-z\\d]-)(?!https(?![\\w-]))${SAFE}{5}(?![\\w-])`)],
    accept: `${SAFE}{5}`,
    identity: 'distinct',
  },
  {
    // The chain of an endpoint is named by a hash of its address; the chain of a Service by its name, so that one is literal.
    name: 'chain of an endpoint',
    find: [/(?<=KUBE-SEP-)[A-Z2-7]{16}(?![\w-])/y],
    accept: '[A-Z2-7]{16}',
    identity: 'distinct',
  },
  {
    name: 'process id',
    find: [
      /(?<=[,(]pid=)\d+/y,
      /(?<=[a-z]\[)\d+(?=\]: )/y,
      /(?<=CONTAINER_RUNNING )\d+$/y,
      /(?<=Main PID: )\d+/y,
      /(?<=^ *)\d+(?= +\d+ [a-z][\w./:-]*$)/y,
      /(?<=^ *\d+ +)(?!1 )\d+(?= [a-z][\w./:-]*$)/y,
    ],
    // Never 1: that is init, and so literal.
    accept: '(?:[2-9]|\\d{2,})',
    identity: 'distinct',
  },
  { name: 'file descriptor', find: [/(?<=,fd=)\d+/y], accept: '\\d+' },
  {
    name: 'address',
    find: [at(`(?<![\\w.])(?!${FIXED_ADDRESS})${OCTET}(?:\\.${OCTET}){3}(?![\\w.])`)],
    accept: `(?<![\\d.])(?!${FIXED_ADDRESS})${OCTET}(?:\\.${OCTET}){3}(?![\\d.])`,
    identity: 'same',
  },
  {
    name: 'node port',
    find: [/(?<=[:\s])3[0-2]\d{3}(?=\/(?:TCP|UDP|SCTP))/y],
    accept: '(?:3[01]\\d{3}|32[0-6]\\d\\d|327[0-5]\\d|3276[0-7])',
    identity: 'same',
  },
  { name: "client's port", find: [/(?<=\d:)[3-6]\d{4}(?=->)/y], accept: '\\d{4,5}' },
  { name: 'memory', find: [/(?<=Memory: )\d+(?:\.\d+)?[KMGT]?/y], accept: '\\d+(?:\\.\\d+)?[KMGT]?' },
  {
    name: 'CPU time',
    find: [/(?<=CPU: )(?:\d+h )?(?:\d+min )?\d+(?:\.\d+)?m?s/y],
    accept: '(?:\\d+h )?(?:\\d+min )?\\d+(?:\\.\\d+)?m?s',
  },
  {
    name: 'virtual interface',
    find: [/(?<!\w)veth[\da-f]{8}(?!\w)/y],
    accept: 'veth[\\da-f]{8}',
    identity: 'distinct',
  },
];
