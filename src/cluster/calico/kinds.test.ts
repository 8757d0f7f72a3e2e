import { beforeEach, describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import type { HttpRequest } from '#machine/http.ts';
import { KINDS } from '../api/kinds/kinds.ts';
import { Discovery } from '../apiserver/discovery/discovery.ts';
import { ApiServer } from '../apiserver/server.ts';
import { Store } from '../store/store.ts';
import { CALICO_KINDS } from './kinds.ts';

const kinds = [...KINDS, ...CALICO_KINDS];
const POOLS = '/apis/crd.projectcalico.org/v1/ippools';
const POOL = { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPPool', metadata: { name: 'one' } };

let server: ApiServer;
beforeEach(() => {
  const kernel = new Kernel({ start: 0, seed: 1 });
  server = new ApiServer({ kernel, store: new Store(kernel), kinds });
});

/** As a client from outside sends it: text. */
function send(method: HttpRequest['method'], path: string, body: object, type = 'application/json', query = {}) {
  const handle = server.connectAs({ name: 'admin', groups: ['system:masters'] });
  const headers = { 'content-type': type, accept: 'application/json' };
  const { status, body: answer } = handle({ method, path, query, headers, body: JSON.stringify(body) });
  return [status, JSON.parse(JSON.stringify(answer))];
}

describe('a kind that a CustomResourceDefinition brings', () => {
  it('is named as it is on a real cluster', () => {
    const names = CALICO_KINDS.map(({ plural, group }) => `${plural}.${group}`);
    for (const name of [
      'ippools.crd.projectcalico.org',
      'blockaffinities.crd.projectcalico.org',
      'globalnetworkpolicies.crd.projectcalico.org',
      'caliconodestatuses.crd.projectcalico.org',
      'gatewayapis.operator.tigera.io',
      'tigerastatuses.operator.tigera.io',
      'clusternetworkpolicies.policy.networking.k8s.io',
    ])
      expect(names).toContain(name);
    expect(names.length).toBe(32);
    expect(CALICO_KINDS.filter(({ isNamespaced }) => isNamespaced).map(({ kind }) => kind)).toEqual([
      'NetworkPolicy',
      'NetworkSet',
      'StagedKubernetesNetworkPolicy',
      'StagedNetworkPolicy',
    ]);
  });

  it('keeps what its spec holds, and its metadata are checked', () => {
    const spec = { cidr: '10.0.0.0/16', anything: { at: ['all'] } };
    const [status, made] = send('POST', POOLS, { ...POOL, spec }, 'application/json', { fieldValidation: 'Strict' });
    expect([status, made.spec, made.metadata.generation]).toEqual([201, spec, 1]);
    const wrong = { ...POOL, metadata: { name: 'two', labels: 5 }, spec };
    expect(send('POST', POOLS, wrong)[1].message).toContain('cannot unmarshal number');
    const other = { ...POOL, metadata: { name: 'two', color: 'red' }, spec };
    expect(send('POST', POOLS, other, 'application/json', { fieldValidation: 'Strict' })[1].message).toContain(
      'strict decoding error: unknown field "metadata.color"',
    );
  });

  it('takes merge patches and JSON patches, and no strategic ones', () => {
    send('POST', POOLS, { ...POOL, spec: { cidr: '10.0.0.0/16' } });
    const one = `${POOLS}/one`;
    const patch = { spec: { disabled: true } };
    expect(send('PATCH', one, patch, 'application/merge-patch+json')[1].spec).toEqual({
      cidr: '10.0.0.0/16',
      disabled: true,
    });
    const operations = [{ op: 'remove', path: '/spec/disabled' }];
    expect(send('PATCH', one, operations, 'application/json-patch+json')[1].spec).toEqual({ cidr: '10.0.0.0/16' });
    const [status, { message }] = send('PATCH', one, patch, 'application/strategic-merge-patch+json');
    expect([status, message]).toEqual([
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json',
    ]);
    expect(send('PATCH', one, { spec: null }, 'application/merge-patch+json')[1].message).toContain(
      'spec: Required value',
    );
  });

  it('is in the schema, which says that it does not describe its fields', () => {
    const discovery = new Discovery({ kinds, address: '172.18.0.2:6443' });
    const answer = discovery.answer({ path: '/openapi/v3/apis/crd.projectcalico.org/v1', accept: '' });
    const document = JSON.parse(answer?.is === 'text' ? answer.text : '{}');
    expect(document.components.schemas['org.projectcalico.crd.v1.IPPool']).toMatchObject({
      description: expect.stringContaining('are not described here; on a real cluster'),
      properties: { metadata: { allOf: [{ $ref: expect.stringContaining('meta.v1.ObjectMeta') }] } },
      'x-kubernetes-group-version-kind': [{ group: 'crd.projectcalico.org', version: 'v1', kind: 'IPPool' }],
      'x-kubernetes-preserve-unknown-fields': true,
    });
    const patch = document.paths['/apis/crd.projectcalico.org/v1/ippools/{name}'].patch;
    expect(Object.keys(patch.requestBody.content)).toEqual([
      'application/json-patch+json',
      'application/merge-patch+json',
    ]);
  });

  it('is not there on a cluster without it', () => {
    const kernel = new Kernel({ start: 0, seed: 1 });
    server = new ApiServer({ kernel, store: new Store(kernel) });
    expect(send('GET', POOLS, {})).toEqual([404, '404 page not found\n']);
  });
});
