import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { AGGREGATED_MEDIA_TYPE } from './aggregated.ts';
import { Discovery, type DiscoveryAnswer } from './discovery.ts';

/**
 * What the real server (v1.36.4, api/discovery of its source) lists of what is served here: a resource's name, its
 * singular, its scope, its kind, its verbs (`*` for the eight of a stored kind), its short names, its categories.
 */
const REAL = `
# v1
bindings binding namespaced Binding create - -
componentstatuses componentstatus cluster ComponentStatus get,list cs -
configmaps configmap namespaced ConfigMap * cm -
endpoints endpoints namespaced Endpoints * ep -
events event namespaced Event * ev -
namespaces namespace cluster Namespace create,delete,get,list,patch,update,watch ns -
namespaces/finalize - cluster Namespace update - -
namespaces/status - cluster Namespace get,patch,update - -
nodes node cluster Node * no -
nodes/proxy - cluster NodeProxyOptions create,delete,get,patch,update - -
nodes/status - cluster Node get,patch,update - -
pods pod namespaced Pod * po all
pods/attach - namespaced PodAttachOptions create,get - -
pods/binding - namespaced Binding create - -
pods/eviction - namespaced policy/v1/Eviction create - -
pods/exec - namespaced PodExecOptions create,get - -
pods/log - namespaced Pod get - -
pods/portforward - namespaced PodPortForwardOptions create,get - -
pods/status - namespaced Pod get,patch,update - -
secrets secret namespaced Secret * - -
serviceaccounts serviceaccount namespaced ServiceAccount * sa -
serviceaccounts/token - namespaced authentication.k8s.io/v1/TokenRequest create - -
services service namespaced Service * svc all
services/status - namespaced Service get,patch,update - -
# apps/v1
controllerrevisions controllerrevision namespaced ControllerRevision * - -
daemonsets daemonset namespaced DaemonSet * ds all
daemonsets/status - namespaced DaemonSet get,patch,update - -
deployments deployment namespaced Deployment * deploy all
deployments/scale - namespaced autoscaling/v1/Scale get,patch,update - -
deployments/status - namespaced Deployment get,patch,update - -
replicasets replicaset namespaced ReplicaSet * rs all
replicasets/scale - namespaced autoscaling/v1/Scale get,patch,update - -
replicasets/status - namespaced ReplicaSet get,patch,update - -
statefulsets statefulset namespaced StatefulSet * sts all
statefulsets/scale - namespaced autoscaling/v1/Scale get,patch,update - -
statefulsets/status - namespaced StatefulSet get,patch,update - -
# events.k8s.io/v1
events event namespaced Event * ev -
# authentication.k8s.io/v1
selfsubjectreviews selfsubjectreview cluster SelfSubjectReview create - -
tokenreviews tokenreview cluster TokenReview create - -
# authorization.k8s.io/v1
localsubjectaccessreviews localsubjectaccessreview namespaced LocalSubjectAccessReview create - -
selfsubjectaccessreviews selfsubjectaccessreview cluster SelfSubjectAccessReview create - -
selfsubjectrulesreviews selfsubjectrulesreview cluster SelfSubjectRulesReview create - -
subjectaccessreviews subjectaccessreview cluster SubjectAccessReview create - -
# batch/v1
cronjobs cronjob namespaced CronJob * cj all
cronjobs/status - namespaced CronJob get,patch,update - -
jobs job namespaced Job * - all
jobs/status - namespaced Job get,patch,update - -
# rbac.authorization.k8s.io/v1
clusterrolebindings clusterrolebinding cluster ClusterRoleBinding * - -
clusterroles clusterrole cluster ClusterRole * - -
rolebindings rolebinding namespaced RoleBinding * - -
roles role namespaced Role * - -
# storage.k8s.io/v1
storageclasses storageclass cluster StorageClass * sc -
# scheduling.k8s.io/v1
priorityclasses priorityclass cluster PriorityClass * pc -
# coordination.k8s.io/v1
leases lease namespaced Lease * - -
# discovery.k8s.io/v1
endpointslices endpointslice namespaced EndpointSlice * - -
`;

const EIGHT = 'create,delete,deletecollection,get,list,patch,update,watch';

const discovery = new Discovery({ address: '172.18.0.3:6443' });

function answer(path: string, accept = '', from = discovery): DiscoveryAnswer {
  const found = from.answer({ path, accept });
  if (!found) throw new Error(`nothing at ${path}`);
  return found;
}

function valueAt(path: string, accept = ''): JsonObject {
  const found = answer(path, accept);
  return found.is === 'object' ? found.value : (JSON.parse(found.text) as JsonObject);
}

/** `at(value, 'items', 0, 'name')` */
function at(value: Json | undefined, ...way: readonly (string | number)[]): Json | undefined {
  return way.reduce<Json | undefined>((current, key) => {
    if (Array.isArray(current)) return (current as readonly Json[])[Number(key)];
    return isObject(current) ? current[key] : undefined;
  }, value);
}

function listAt(value: Json | undefined, ...way: readonly (string | number)[]): readonly Json[] {
  const found = at(value, ...way);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

const names = (list: readonly Json[]): readonly (Json | undefined)[] => list.map((item) => at(item, 'name'));

describe('the lists of resources', () => {
  const groups = REAL.trim()
    .split('# ')
    .slice(1)
    .map((part) => part.trim().split('\n'))
    .map(([name = '', ...lines]) => [name, lines] as const);

  test.each(groups)('%s is the real one', (name, lines) => {
    const path = name.includes('/') ? `/apis/${name}` : `/api/${name}`;
    const { resources, ...rest } = valueAt(path);
    expect(rest).toEqual({
      kind: 'APIResourceList',
      ...(name.includes('/') && { apiVersion: 'v1' }),
      groupVersion: name,
    });
    expect(resources).toEqual(lines.map(resourceOf));
  });

  test('no other group version is served', () => {
    const served = listAt(valueAt('/apis'), 'groups').flatMap((group) =>
      listAt(group, 'versions').map((version) => at(version, 'groupVersion')),
    );
    expect(['v1', ...served]).toEqual(groups.map(([name]) => name));
    expect(discovery.answer({ path: '/apis/apps/v2', accept: '' })).toBeUndefined();
    expect(discovery.answer({ path: '/apis/policy', accept: '' })).toBeUndefined();
    expect(discovery.answer({ path: '/api/v1/pods', accept: '' })).toBeUndefined();
  });
});

function resourceOf(line: string): JsonObject {
  const [name = '', singular = '', scope, type = '', verbs, short = '', categories = ''] = line.split(' ');
  const [kind = '', version, group] = type.split('/').toReversed();
  return {
    name,
    singularName: singular === '-' ? '' : singular,
    namespaced: scope === 'namespaced',
    kind,
    verbs: (verbs === '*' ? EIGHT : (verbs ?? '')).split(','),
    ...(group !== undefined && version !== undefined && { group, version }),
    ...(short !== '-' && { shortNames: short.split(',') }),
    ...(categories !== '-' && { categories: categories.split(',') }),
  };
}

describe('groups and versions', () => {
  test('of the core group, to the byte', () => {
    expect(JSON.stringify(valueAt('/api/'))).toBe(
      '{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"172.18.0.3:6443"}]}',
    );
  });

  test('of one group, to the byte', () => {
    expect(JSON.stringify(valueAt('/apis/apps'))).toBe(
      '{"kind":"APIGroup","apiVersion":"v1","name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],"preferredVersion":{"groupVersion":"apps/v1","version":"v1"}}',
    );
  });

  test('the release, indented', () => {
    const found = answer('/version');
    expect(found).toMatchObject({ is: 'text', status: 200 });
    expect(found.is === 'text' && found.text).toContain('{\n  "major": "1",\n  "minor": "36",\n');
    expect(valueAt('/version')).toMatchObject({ gitVersion: 'v1.36.4', platform: 'linux/amd64' });
  });
});

describe('the aggregated form', () => {
  // What kubectl sends: the newest form it knows, older ones, and plain JSON.
  const accept = `${AGGREGATED_MEDIA_TYPE},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;

  test('is given to who prefers it', () => {
    expect(answer('/apis', accept)).toMatchObject({ contentType: AGGREGATED_MEDIA_TYPE, headers: { Vary: 'Accept' } });
    expect(valueAt('/api', accept)).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
    });
    for (const other of ['', '*/*', 'application/json, */*', `application/json,${AGGREGATED_MEDIA_TYPE}`]) {
      expect(answer('/apis', other)).toMatchObject({
        contentType: 'application/json',
        value: { kind: 'APIGroupList' },
      });
    }
  });

  test('v2beta1 is no longer known', () => {
    const beta = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
    expect(valueAt('/apis', beta)).toMatchObject({ kind: 'APIGroupList' });
  });

  test('a resource holds its subresources', () => {
    const apps = valueAt('/apis', accept);
    expect(at(apps, 'items', 0, 'metadata')).toEqual({ name: 'apps' });
    expect(at(apps, 'items', 0, 'versions', 0, 'resources', 2)).toEqual({
      resource: 'deployments',
      responseKind: { group: '', version: '', kind: 'Deployment' },
      scope: 'Namespaced',
      singularResource: 'deployment',
      verbs: EIGHT.split(','),
      shortNames: ['deploy'],
      categories: ['all'],
      subresources: [
        {
          subresource: 'scale',
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          verbs: ['get', 'patch', 'update'],
        },
        {
          subresource: 'status',
          responseKind: { group: '', version: '', kind: 'Deployment' },
          verbs: ['get', 'patch', 'update'],
        },
      ],
    });
  });

  test('the core group is at /api and has no name', () => {
    const core = valueAt('/api', accept);
    expect(listAt(core, 'items')).toHaveLength(1);
    expect(at(core, 'items', 0, 'metadata')).toEqual({});
    expect(listAt(valueAt('/apis', accept), 'items')).toHaveLength(names(listAt(valueAt('/apis'), 'groups')).length);
  });
});
