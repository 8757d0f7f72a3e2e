import { describe, expect, it } from 'vitest';
import type { LabelSelector } from '../../api/object.ts';
import type { PodAffinityTerm, PodSpec } from '../../api/types/pod.ts';
import type { NodeInfo } from '../node-info.ts';
import { podInfo } from '../pod-info.ts';
import { node, nodeInfo, type PodOptions, pod, snapshot } from '../test-harness.ts';
import { interPodAffinity, interPodAffinityScore } from './inter-pod-affinity.ts';
import { nodeHelps, podHelps, verdicts } from './test-questions.ts';

const AFFINITY = "node(s) didn't match pod affinity rules";
const ANTI = "node(s) didn't match pod anti-affinity rules (resolvable)";
const EXISTING = "node(s) didn't satisfy existing pods anti-affinity rules (resolvable)";
const HOST = 'kubernetes.io/hostname';

function app(name: string): LabelSelector {
  return { matchLabels: { app: name } };
}

function term(labelSelector: LabelSelector, topologyKey = HOST, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm {
  return { labelSelector, topologyKey, ...more };
}

function near(...terms: readonly PodAffinityTerm[]): Pick<PodSpec, 'affinity'> {
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
}

function far(...terms: readonly PodAffinityTerm[]): Pick<PodSpec, 'affinity'> {
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
}

function on(name: string, zone: string | undefined, ...pods: readonly (readonly [string, PodOptions])[]): NodeInfo {
  const labels = zone === undefined ? {} : { zone };
  return nodeInfo(node(name, { labels }), ...pods.map(([each, options]) => pod(each, { nodeName: name, ...options })));
}

const DB: readonly [string, PodOptions] = ['db', { labels: { app: 'db' } }];
const NODES = [on('w1', 'a', DB), on('w2', 'a'), on('w3', 'b'), on('w4', undefined)];

describe('Pods that must be near others', () => {
  it('go into a domain that has one', () => {
    const asks = (topologyKey: string) =>
      verdicts(interPodAffinity, pod('web', near(term(app('db'), topologyKey))), NODES);
    expect(asks(HOST)).toEqual(['ok', AFFINITY, AFFINITY, AFFINITY]);
    expect(asks('zone')).toEqual(['ok', 'ok', AFFINITY, AFFINITY]);
  });

  it('need a Pod that meets all terms', () => {
    const nodes = [on('w1', 'a', DB), on('w2', 'b', ['both', { labels: { app: 'db', tier: 'x' } }])];
    const both = near(term(app('db')), term({ matchLabels: { tier: 'x' } }, 'zone'));
    expect(verdicts(interPodAffinity, pod('web', both), nodes)).toEqual([AFFINITY, 'ok']);
  });

  it('start anywhere when they are the first of their like, where the label of the domain is', () => {
    const self = pod('web', { labels: { app: 'web' }, ...near(term(app('web'), 'zone')) });
    expect(verdicts(interPodAffinity, self, NODES)).toEqual(['ok', 'ok', 'ok', AFFINITY]);
    const later = [...NODES, on('w5', 'c', ['web-1', { labels: { app: 'web' } }])];
    expect(verdicts(interPodAffinity, self, later)).toEqual([AFFINITY, AFFINITY, AFFINITY, AFFINITY, 'ok']);
    const another = pod('web', { labels: { app: 'other' }, ...near(term(app('web'), 'zone')) });
    expect(verdicts(interPodAffinity, another, NODES)).toEqual([AFFINITY, AFFINITY, AFFINITY, AFFINITY]);
  });

  it('mean Pods of their own namespace, unless others are named or selected', () => {
    const nodes = [on('w1', 'a', ['db', { labels: { app: 'db' }, namespace: 'data' }]), on('w2', 'b', DB)];
    const asks = (more: Partial<PodAffinityTerm>) =>
      verdicts(interPodAffinity, pod('web', near(term(app('db'), HOST, more))), nodes);
    const data = { matchLabels: { 'kubernetes.io/metadata.name': 'data' } };
    expect(asks({})).toEqual([AFFINITY, 'ok']);
    expect(asks({ namespaces: ['data'] })).toEqual(['ok', AFFINITY]);
    expect(asks({ namespaceSelector: data })).toEqual(['ok', AFFINITY]);
    expect(asks({ namespaceSelector: {} })).toEqual(['ok', 'ok']);
    expect(asks({ namespaceSelector: data, namespaces: ['default'] })).toEqual(['ok', 'ok']);
  });

  it('have nobody near without a selector', () => {
    const { labelSelector: _, ...nobody } = term({});
    expect(verdicts(interPodAffinity, pod('web', near(nobody)), NODES).every((each) => each === AFFINITY)).toBe(true);
  });
});

describe('Pods that must be far from others', () => {
  it('go into a domain that has none', () => {
    const asks = (topologyKey: string) =>
      verdicts(interPodAffinity, pod('web', far(term(app('db'), topologyKey))), NODES);
    expect(asks(HOST)).toEqual([ANTI, 'ok', 'ok', 'ok']);
    expect(asks('zone')).toEqual([ANTI, ANTI, 'ok', 'ok']);
  });

  it('keep others away too', () => {
    const shy = on('w1', 'a', ['shy', far(term(app('web'), 'zone'))]);
    const nodes = [shy, on('w2', 'a'), on('w3', 'b')];
    expect(verdicts(interPodAffinity, pod('web', { labels: { app: 'web' } }), nodes)).toEqual([
      EXISTING,
      EXISTING,
      'ok',
    ]);
    expect(verdicts(interPodAffinity, pod('api', { labels: { app: 'api' } }), nodes)).toEqual(['ok', 'ok', 'ok']);
    const elsewhere = pod('web', { labels: { app: 'web' }, namespace: 'other' });
    expect(verdicts(interPodAffinity, elsewhere, nodes)).toEqual(['ok', 'ok', 'ok']);
  });

  it('keep others away by the labels of their namespaces', () => {
    const everywhere = far(term(app('web'), HOST, { namespaceSelector: { matchLabels: { team: 'a' } } }));
    const nodes = [on('w1', 'a', ['shy', everywhere])];
    const web = pod('web', { labels: { app: 'web' } });
    const labelled = (team: string) => ({ namespaceLabels: () => ({ team }) });
    expect(verdicts(interPodAffinity, web, nodes, labelled('a'))).toEqual([EXISTING]);
    expect(verdicts(interPodAffinity, web, nodes, labelled('b'))).toEqual(['ok']);
  });

  it('are told of before those who want to be near, and after', () => {
    const affinity = { ...near(term(app('nobody'))).affinity, ...far(term(app('db'))).affinity };
    expect(verdicts(interPodAffinity, pod('web', { affinity }), NODES)[0]).toBe(AFFINITY);
    const shy = on('w1', 'a', DB, ['shy', far(term(app('web')))]);
    const web = pod('web', { labels: { app: 'web' }, ...far(term(app('db'))) });
    expect(verdicts(interPodAffinity, web, [shy])).toEqual([ANTI]);
  });

  it('come and go while preemption is tried out', () => {
    const [first] = NODES;
    const answer = interPodAffinity.prepare(podInfo(pod('web', far(term(app('db'), 'zone')))), snapshot(NODES));
    if (!first || !answer || !('check' in answer)) throw new Error('the plugin has nothing to say');
    const db = podInfo(pod('db', { labels: { app: 'db' } }));
    answer.update?.(db, first, -1);
    expect(answer.check(first)).toBeUndefined();
    answer.update?.(db, first, 1);
    expect(answer.check(first)?.reasons).toEqual(["node(s) didn't match pod anti-affinity rules"]);
  });
});

describe('what brings them back', () => {
  const wantsDb = pod('web', { labels: { app: 'web' }, ...near(term(app('db'), 'zone')) });
  const fearsDb = pod('web', { labels: { app: 'web' }, ...far(term(app('db'), 'zone')) });
  const placed = (name: string, options: PodOptions = {}) =>
    pod(name, { nodeName: 'w1', labels: { app: name }, ...options });

  it('is a Pod that they want', () => {
    expect(podHelps(interPodAffinity, wantsDb, 'Add', placed('db'))).toBe(true);
    expect(podHelps(interPodAffinity, wantsDb, 'Add', placed('api'))).toBe(false);
    expect(podHelps(interPodAffinity, fearsDb, 'Add', placed('db'))).toBe(false);
    expect(podHelps(interPodAffinity, wantsDb, 'Add', pod('db', { labels: { app: 'db' } }))).toBe(false);
  });

  it('is that a Pod goes that they fear, or that fears them', () => {
    expect(podHelps(interPodAffinity, fearsDb, 'Delete', undefined, placed('db'))).toBe(true);
    expect(podHelps(interPodAffinity, fearsDb, 'Delete', undefined, placed('api'))).toBe(false);
    const shy = placed('shy', far(term(app('web'))));
    expect(podHelps(interPodAffinity, wantsDb, 'Delete', undefined, shy)).toBe(true);
  });

  it('is that a Pod is labelled as they want it, or they themselves are', () => {
    const [db, api] = [placed('a', { labels: { app: 'db' } }), placed('a', { labels: { app: 'api' } })];
    expect(podHelps(interPodAffinity, wantsDb, 'UpdatePodLabel', db, api)).toBe(true);
    expect(podHelps(interPodAffinity, wantsDb, 'UpdatePodLabel', api, db)).toBe(false);
    expect(podHelps(interPodAffinity, fearsDb, 'UpdatePodLabel', api, db)).toBe(true);
    expect(podHelps(interPodAffinity, fearsDb, 'UpdatePodLabel', wantsDb, fearsDb)).toBe(true);
  });

  it('is a node in a domain of theirs', () => {
    const [bare, a, b] = [node('w9'), node('w9', { labels: { zone: 'a' } }), node('w9', { labels: { zone: 'b' } })];
    expect(nodeHelps(interPodAffinity, wantsDb, 'Add', a)).toBe(true);
    expect(nodeHelps(interPodAffinity, wantsDb, 'Add', bare)).toBe(false);
    expect(nodeHelps(interPodAffinity, fearsDb, 'Add', bare)).toBe(true);
    const moves = (waiting: typeof wantsDb, now: typeof a, before: typeof a) =>
      nodeHelps(interPodAffinity, waiting, 'UpdateNodeLabel', now, before);
    expect([moves(wantsDb, a, bare), moves(wantsDb, a, b), moves(wantsDb, bare, a)]).toEqual([true, true, false]);
    expect([moves(fearsDb, a, bare), moves(fearsDb, a, b), moves(fearsDb, bare, a)]).toEqual([false, true, true]);
    expect(moves(wantsDb, a, a)).toBe(false);
  });
});

describe('Pods that would like to be near others, or far', () => {
  const prefer = (weight: number, each: PodAffinityTerm) => ({ weight, podAffinityTerm: each });
  const scores = (each: ReturnType<typeof pod>, nodes: readonly NodeInfo[]) =>
    interPodAffinityScore.score(podInfo(each), nodes, snapshot(nodes));

  it('score nodes by weight, from the least to the most', () => {
    const affinity = {
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [prefer(10, term(app('db'), 'zone'))] },
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [prefer(5, term(app('db')))] },
    };
    expect(scores(pod('web', { affinity }), NODES)).toEqual([50, 100, 0, 0]);
  });

  it('are preferred by those who want them, and avoided by those who do not', () => {
    const likes = { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [prefer(3, term(app('web')))] } };
    const hates = {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [prefer(3, term(app('web')))] },
    };
    const nodes = [
      on('w1', 'a', ['fan', { affinity: likes }]),
      on('w2', 'a', ['foe', { affinity: hates }]),
      on('w3', 'a'),
      on('w4', 'a', ['friend', near(term(app('web')))]),
    ];
    expect(scores(pod('web', { labels: { app: 'web' } }), nodes)).toEqual([100, 0, 50, 66]);
    expect(scores(pod('api', { labels: { app: 'api' } }), nodes)).toBeUndefined();
  });
});
