import { describe, expect, it } from 'vitest';
import { clusterRole } from '../../api/kinds/rbac/roles.ts';
import type { User } from '../authentication/user.ts';
import { TestServer } from '../test-server.ts';

const person = (name: string, ...groups: string[]): User => ({ name, groups: [...groups, 'system:authenticated'] });
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const PODS = '/api/v1/namespaces/default/pods';

function bound(role: string, user: string, namespace = 'default') {
  return {
    metadata: { name: `${user}-${role}`, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
  };
}

describe('RBAC', () => {
  it('allows what a bound role allows, where it is bound, until it is unbound', () => {
    const test = new TestServer();
    const ann = person('ann');
    const refused =
      'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "default"';
    expect(test.refusal(ann, 'GET', PODS)).toBe(refused);
    test.asAdmin('POST', `${RBAC}/namespaces/default/rolebindings`, bound('view', 'ann'));
    // The role `view` is aggregated by a controller, which does not run here.
    const view = test.client.get(clusterRole, undefined, 'view');
    test.client.update(clusterRole, {
      ...view,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
    });
    expect(test.refusal(ann, 'GET', PODS)).toBe('');
    expect(test.refusal(ann, 'GET', '/api/v1/namespaces/kube-system/pods')).toContain('in the namespace "kube-system"');
    expect(test.refusal(ann, 'DELETE', `${PODS}/a`)).toContain('cannot delete resource "pods"');
    test.asAdmin('DELETE', `${RBAC}/namespaces/default/rolebindings/ann-view`);
    // A decision stands until the watch tells of the change.
    test.kernel.runFor(10);
    expect(test.refusal(ann, 'GET', PODS)).toBe(refused);
  });

  it('names a role that is bound and not there', () => {
    const test = new TestServer();
    test.asAdmin('POST', `${RBAC}/namespaces/default/rolebindings`, bound('nothing', 'ann'));
    expect(test.refusal(person('ann'), 'GET', PODS)).toBe(
      'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "default": RBAC: clusterrole.rbac.authorization.k8s.io "nothing" not found',
    );
  });

  it('knows single names, subresources and paths', () => {
    const test = new TestServer();
    const rules = [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics/*'], verbs: ['get'] },
    ];
    test.asAdmin('POST', `${RBAC}/clusterroles`, { metadata: { name: 'some' }, rules });
    test.asAdmin('POST', `${RBAC}/clusterrolebindings`, { ...bound('some', 'bob'), metadata: { name: 'bob' } });
    const bob = person('bob');
    expect(test.send(bob, 'GET', '/api/v1/namespaces/default/configmaps/mine').status).toBe(404);
    expect(test.send(bob, 'GET', '/api/v1/namespaces/default/configmaps/other').status).toBe(403);
    expect(test.send(bob, 'GET', `${PODS}/a/log`).status).toBe(404);
    expect(test.send(bob, 'GET', `${PODS}/a`).status).toBe(403);
    expect(test.refusal(bob, 'GET', '/logs')).toBe('forbidden: User "bob" cannot get path "/logs"');
    expect(test.send(bob, 'GET', '/metrics/cadvisor').status).toBe(404);
  });
});

describe('nobody gives what he does not have', () => {
  const groups = 'user "robin" (groups=["system:authenticated"])';

  function withRobin(): TestServer {
    const test = new TestServer();
    const rules = [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create', 'update'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    ];
    test.asAdmin('POST', `${RBAC}/clusterroles`, { metadata: { name: 'own' }, rules });
    test.asAdmin('POST', `${RBAC}/namespaces/default/rolebindings`, bound('own', 'robin'));
    return test;
  }

  it('in a role', () => {
    const test = withRobin();
    const role = (verbs: string[]) => ({
      metadata: { name: 'more' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
    });
    const path = `${RBAC}/namespaces/default/roles`;
    expect(test.refusal(person('robin'), 'POST', path, role(['get', 'delete', 'watch']))).toBe(
      `roles.rbac.authorization.k8s.io "more" is forbidden: ${groups} is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}`,
    );
    expect(test.refusal(person('robin'), 'POST', path, role(['get']))).toBe('');
    expect(test.refusal(person('robin'), 'PUT', `${path}/more`, role(['*']))).toContain('Verbs:["*"]');
  });

  it('in a binding, but for who may bind', () => {
    const test = withRobin();
    const path = `${RBAC}/namespaces/default/rolebindings`;
    const binding = { ...bound('cluster-admin', 'robin'), metadata: { name: 'all' } };
    expect(test.refusal(person('robin'), 'POST', path, binding)).toContain(
      'not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
    );
    expect(test.refusal(person('robin'), 'POST', path, { ...bound('gone', 'robin') })).toBe(
      'clusterroles.rbac.authorization.k8s.io "gone" not found',
    );
    const rules = [
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: ['cluster-admin'],
        verbs: ['bind'],
      },
    ];
    test.asAdmin('POST', `${RBAC}/clusterroles`, { metadata: { name: 'binder' }, rules });
    test.asAdmin('POST', path, bound('binder', 'robin'));
    expect(test.refusal(person('robin'), 'POST', path, binding)).toBe('');
  });
});

describe('a node', () => {
  const w1 = person('system:node:w1', 'system:nodes');
  const secrets = '/api/v1/namespaces/default/secrets';

  function withPod(): TestServer {
    const test = new TestServer();
    for (const name of ['used', 'other']) test.asAdmin('POST', secrets, { metadata: { name } });
    test.asAdmin('POST', PODS, {
      metadata: { name: 'web' },
      spec: {
        nodeName: 'w1',
        containers: [
          { name: 'a', image: 'a', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'used', key: 'x' } } }] },
        ],
      },
    });
    return test;
  }

  it('reads what its Pods use', () => {
    const test = withPod();
    expect(test.refusal(w1, 'GET', `${secrets}/used`)).toBe('');
    const refused = 'User "system:node:w1" cannot get resource "secrets" in API group "" in the namespace "default"';
    expect(test.refusal(w1, 'GET', `${secrets}/other`)).toBe(
      `secrets "other" is forbidden: ${refused}: no relationship found between node 'w1' and this object`,
    );
    expect(test.refusal(w1, 'GET', secrets)).toContain(': No Object name found');
    expect(test.refusal(w1, 'POST', secrets, { metadata: { name: 'a' } })).toContain(
      ': can only read resources of this type',
    );
    const w2 = person('system:node:w2', 'system:nodes');
    expect(test.refusal(w2, 'GET', `${secrets}/used`)).toContain("no relationship found between node 'w2'");
  });

  it('still reads it after the Pod is known from the watch, and no longer when the Pod is gone', () => {
    const test = withPod();
    test.kernel.runFor(1000);
    expect(test.refusal(w1, 'GET', `${secrets}/used`)).toBe('');
    test.asAdmin('DELETE', `${PODS}/web`, { gracePeriodSeconds: 0 });
    test.kernel.runFor(1000);
    expect(test.refusal(w1, 'GET', `${secrets}/used`)).toContain('no relationship');
  });

  it('sees its own Pods and its own node alone', () => {
    const test = withPod();
    const own = { query: { fieldSelector: 'spec.nodeName=w1' } };
    expect(test.refusal(w1, 'GET', '/api/v1/pods', undefined, own)).toBe('');
    expect(test.refusal(w1, 'GET', '/api/v1/pods')).toContain(
      ': can only list/watch pods with spec.nodeName field selector',
    );
    expect(test.refusal(w1, 'GET', '/api/v1/nodes/w2')).toContain(
      ": node 'w1' cannot read 'w2', only its own Node object",
    );
    expect(test.refusal(w1, 'GET', '/api/v1/nodes')).toContain(
      ": node 'w1' cannot read all nodes, only its own Node object",
    );
    expect(test.send(w1, 'GET', '/api/v1/nodes/w1').status).toBe(404);
    expect(test.refusal(w1, 'GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/w2')).toContain(
      ': can only access node lease with the same name as the requesting node',
    );
  });
});

describe('--as', () => {
  const as = (name: string, ...groups: string[]) => ({
    headers: { 'impersonate-user': name, ...(groups.length > 0 && { 'impersonate-group': groups.join('\n') }) },
  });

  it('counts as the other user, with his groups', () => {
    const test = new TestServer();
    expect(test.asAdmin('GET', PODS, undefined, as('ann')).status).toBe(403);
    expect(test.asAdmin('GET', PODS, undefined, as('ann', 'system:masters')).status).toBe(200);
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const whoami = (name: string, ...groups: string[]) => test.asAdmin('POST', path, review, as(name, ...groups)).body;
    expect(whoami('system:serviceaccount:default:default')).toMatchObject({
      status: {
        userInfo: { groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'] },
      },
    });
    expect(whoami('system:node:w1')).toMatchObject({
      status: { userInfo: { groups: ['system:nodes', 'system:authenticated'] } },
    });
    expect(whoami('dev', 'ops')).toMatchObject({
      status: { userInfo: { username: 'dev', groups: ['ops', 'system:authenticated'] } },
    });
  });

  it('is refused to who may not, with the first of the ways that were tried', () => {
    const test = new TestServer();
    expect(test.refusal(person('bob'), 'GET', PODS, undefined, as('ann'))).toBe(
      'pods is forbidden: User "bob" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "default"',
    );
    expect(test.refusal(person('bob'), 'GET', PODS, undefined, as('ann', 'system:masters'))).toBe(
      'users "ann" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });

  it('may be allowed for one verb alone', () => {
    const test = new TestServer();
    const rules = [
      { apiGroups: [''], resources: ['pods'], verbs: ['impersonate-on:user-info:list'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['users'], verbs: ['impersonate:user-info'] },
    ];
    test.asAdmin('POST', `${RBAC}/clusterroles`, { metadata: { name: 'look' }, rules });
    test.asAdmin('POST', `${RBAC}/clusterrolebindings`, { ...bound('look', 'bob'), metadata: { name: 'bob' } });
    expect(test.refusal(person('bob'), 'GET', PODS, undefined, as('ann'))).toBe(
      'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    expect(test.refusal(person('bob'), 'DELETE', `${PODS}/a`, undefined, as('ann'))).toContain(
      'impersonate-on:user-info:delete',
    );
  });

  it('needs a user', () => {
    const test = new TestServer();
    const { status, body } = test.asAdmin('GET', PODS, undefined, { headers: { 'impersonate-group': 'ops' } });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      message: expect.stringMatching(/^requested &user.DefaultInfo\{.*"ops".*without impersonating a user name$/),
    });
  });
});
