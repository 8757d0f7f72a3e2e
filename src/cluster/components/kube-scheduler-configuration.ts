import { stringify } from 'yaml';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import { isObject } from '../api/json.ts';
import { parseManifest } from '../node/kubelet/static-pods/manifest-text.ts';

const GROUP_VERSION = 'kubescheduler.config.k8s.io/v1';
const KIND = 'KubeSchedulerConfiguration';

/** The fields of the configuration's top level. */
const FIELDS = new Set([
  'apiVersion',
  'kind',
  'parallelism',
  'leaderElection',
  'clientConnection',
  'enableProfiling',
  'enableContentionProfiling',
  'percentageOfNodesToScore',
  'podInitialBackoffSeconds',
  'podMaxBackoffSeconds',
  'profiles',
  'extenders',
  'delayCacheUntilActive',
]);

/** What is taken of a configuration file. */
export interface SchedulerConfiguration {
  readonly kubeconfig: string;
  readonly leaderElect: boolean;
}

/**
 * Reads the file of `--config` (cmd/kube-scheduler/app/options, configfile.go). Profiles of one's own are not simulated.
 *
 * @throws Error with the scheduler's words, or that something is not simulated
 */
export function readSchedulerConfiguration(files: FileSystem, path: string): SchedulerConfiguration {
  const text = readTextIfThere(files, path);
  if (text === undefined) throw new Error(`open ${path}: no such file or directory`);
  const parsed = parseManifest(text);
  const config: Readonly<Record<string, unknown>> = isObject(parsed) ? parsed : {};
  const { apiVersion, kind } = config;
  if (kind !== KIND || apiVersion !== GROUP_VERSION) {
    if (typeof kind !== 'string') throw new Error(`Object 'Kind' is missing in '${text}'`);
    const version = JSON.stringify(apiVersion ?? '');
    throw new Error(
      `no kind ${JSON.stringify(kind)} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const unknown = Object.keys(config).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw new Error(`strict decoding error: unknown field ${JSON.stringify(unknown)}`);
  for (const field of ['profiles', 'extenders', 'percentageOfNodesToScore']) {
    if (config[field] !== undefined) throw new Error(`${field} of a ${KIND} are not simulated here`);
  }
  const { clientConnection = {}, leaderElection = {} } = config;
  const kubeconfig = isObject(clientConnection) ? clientConnection['kubeconfig'] : '';
  return {
    kubeconfig: typeof kubeconfig === 'string' ? kubeconfig : '',
    leaderElect: !isObject(leaderElection) || leaderElection['leaderElect'] !== false,
  };
}

/** Plugins by where they are asked, with their weights, as they are told at the start (default_plugins.go). */
const EXTENSION_POINTS: readonly (readonly [point: string, plugins: string])[] = [
  ['PreEnqueue', 'SchedulingGates DynamicResources DefaultPreemption'],
  ['QueueSort', 'PrioritySort'],
  [
    'PreFilter',
    'NodeAffinity NodePorts NodeResourcesFit VolumeRestrictions NodeVolumeLimits VolumeBinding VolumeZone PodTopologySpread InterPodAffinity DynamicResources NodeDeclaredFeatures',
  ],
  [
    'Filter',
    'NodeUnschedulable NodeName TaintToleration NodeAffinity NodePorts NodeResourcesFit VolumeRestrictions NodeVolumeLimits VolumeBinding VolumeZone PodTopologySpread InterPodAffinity DynamicResources NodeDeclaredFeatures',
  ],
  ['PostFilter', 'DynamicResources DefaultPreemption'],
  [
    'PreScore',
    'TaintToleration NodeAffinity NodeResourcesFit VolumeBinding PodTopologySpread InterPodAffinity NodeResourcesBalancedAllocation',
  ],
  [
    'Score',
    'TaintToleration:3 NodeAffinity:2 NodeResourcesFit:1 VolumeBinding:1 PodTopologySpread:2 InterPodAffinity:2 DynamicResources:2 NodeResourcesBalancedAllocation:1 ImageLocality:1',
  ],
  ['Reserve', 'VolumeBinding DynamicResources'],
  ['Permit', ''],
  ['PreBind', 'VolumeBinding DynamicResources'],
  ['Bind', 'DefaultBinder'],
  ['PostBind', ''],
  ['MultiPoint', ''],
  ['PlacementGenerate', ''],
  ['PlacementScore', 'NodeResourcesFit:1'],
];

/** Of `the scheduler starts to work with those plugins`. */
export function pluginsTold(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    EXTENSION_POINTS.map(([point, plugins]) => [point, { Enabled: enabled(plugins), Disabled: null }]),
  );
}

function enabled(plugins: string): readonly { readonly Name: string; readonly Weight: number }[] | null {
  if (plugins === '') return null;
  return plugins.split(' ').map((plugin) => {
    const [name = '', weight = '0'] = plugin.split(':');
    return { Name: name, Weight: Number(weight) };
  });
}

/** In the order in which a profile lists them. */
const MULTI_POINT =
  'SchedulingGates PrioritySort NodeUnschedulable NodeName TaintToleration:3 NodeAffinity:2 NodePorts NodeResourcesFit:1 VolumeRestrictions NodeVolumeLimits VolumeBinding VolumeZone PodTopologySpread:2 InterPodAffinity:2 DynamicResources:2 DefaultPreemption NodeResourcesBalancedAllocation:1 ImageLocality:1 DefaultBinder NodeDeclaredFeatures';

const RESOURCES = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** Of `Using component config`: what holds when no file says otherwise. */
export function configurationTold({ kubeconfig, leaderElect }: SchedulerConfiguration): string {
  const nothing = {};
  return stringify(
    {
      apiVersion: GROUP_VERSION,
      clientConnection: {
        acceptContentTypes: '',
        burst: 100,
        contentType: 'application/vnd.kubernetes.protobuf',
        kubeconfig,
        qps: 50,
      },
      enableContentionProfiling: true,
      enableProfiling: true,
      kind: KIND,
      leaderElection: {
        leaderElect,
        leaseDuration: '15s',
        renewDeadline: '10s',
        resourceLock: 'leases',
        resourceName: 'kube-scheduler',
        resourceNamespace: 'kube-system',
        retryPeriod: '2s',
      },
      parallelism: 16,
      percentageOfNodesToScore: 0,
      podInitialBackoffSeconds: 1,
      podMaxBackoffSeconds: 10,
      profiles: [
        {
          pluginConfig: [
            argumentsOf('DefaultPreemption', { minCandidateNodesAbsolute: 100, minCandidateNodesPercentage: 10 }),
            argumentsOf('DynamicResources', { bindingTimeout: '10m0s', filterTimeout: '10s' }),
            argumentsOf('InterPodAffinity', { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false }),
            argumentsOf('NodeAffinity', {}),
            argumentsOf('NodeResourcesBalancedAllocation', { resources: RESOURCES }),
            argumentsOf('NodeResourcesFit', { scoringStrategy: { resources: RESOURCES, type: 'LeastAllocated' } }),
            argumentsOf('PodTopologySpread', { defaultingType: 'System' }),
            argumentsOf('VolumeBinding', { bindTimeoutSeconds: 600 }),
          ],
          plugins: {
            bind: nothing,
            filter: nothing,
            multiPoint: { enabled: enabled(MULTI_POINT)?.map(({ Name, Weight }) => ({ name: Name, weight: Weight })) },
            permit: nothing,
            placementGenerate: nothing,
            placementScore: nothing,
            postBind: nothing,
            postFilter: nothing,
            preBind: nothing,
            preEnqueue: nothing,
            preFilter: nothing,
            preScore: nothing,
            queueSort: nothing,
            reserve: nothing,
            score: nothing,
          },
          schedulerName: 'default-scheduler',
        },
      ],
    },
    { indentSeq: false, aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

/** The arguments of a plugin, in the order of their names as Go's maps are written. */
function argumentsOf(name: string, own: Readonly<Record<string, unknown>>): object {
  const args = { apiVersion: GROUP_VERSION, kind: `${name}Args`, ...own };
  const sorted = Object.entries(args).sort(([one], [other]) => (one < other ? -1 : 1));
  return { args: Object.fromEntries(sorted), name };
}
