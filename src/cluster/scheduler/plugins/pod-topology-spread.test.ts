import { describe, expect, it } from 'vitest';
import { selectorMatcher } from '../../api/selectors/labels.ts';
import type { TopologySpreadConstraint } from '../../api/types/pod.ts';
import type { NodeInfo } from '../node-info.ts';
import { podInfo } from '../pod-info.ts';
import { node, nodeInfo, type PodOptions, pod, snapshot } from '../test-harness.ts';
import { podTopologySpread, podTopologySpreadScore } from './pod-topology-spread.ts';
import { nodeHelps, podHelps, verdicts } from './test-questions.ts';

const UNEVEN = "node(s) didn't match pod topology spread constraints (resolvable)";
const NO_LABEL = "node(s) didn't match pod topology spread constraints (missing required label)";
const HOST = 'kubernetes.io/hostname';
const WEB = { app: 'web' };

function spread(more: Partial<TopologySpreadConstraint> = {}, options: PodOptions = {}) {
  const constraint: TopologySpreadConstraint = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: WEB },
    ...more,
  };
  return pod('web', { labels: WEB, topologySpreadConstraints: [constraint], ...options });
}

/** A node of a zone with so many Pods that count. */
function on(name: string, zone: string | undefined, count: number, options: Parameters<typeof node>[1] = {}): NodeInfo {
  const pods = Array.from({ length: count }, (_, index) => pod(`${name}-${index}`, { labels: WEB, nodeName: name }));
  return nodeInfo(
    node(name, { ...options, labels: { ...(zone !== undefined && { zone }), ...options.labels } }),
    ...pods,
  );
}

describe('PodTopologySpread as a filter', () => {
  const nodes = [on('w1', 'a', 2), on('w2', 'a', 0), on('w3', 'b', 1), on('w4', undefined, 0)];

  it('keeps the difference between domains to the skew', () => {
    expect(verdicts(podTopologySpread, spread(), nodes)).toEqual([UNEVEN, UNEVEN, 'ok', NO_LABEL]);
    expect(verdicts(podTopologySpread, spread({ maxSkew: 2 }), nodes)).toEqual(['ok', 'ok', 'ok', NO_LABEL]);
    expect(verdicts(podTopologySpread, spread({ topologyKey: HOST }), nodes)).toEqual([UNEVEN, 'ok', UNEVEN, 'ok']);
  });

  it('counts the Pod itself if it is one of those that are spread', () => {
    const other = { labels: { app: 'other' } };
    expect(verdicts(podTopologySpread, spread({}, other), nodes)).toEqual(['ok', 'ok', 'ok', NO_LABEL]);
  });

  it('counts Pods of its namespace that do not end', () => {
    const leaving = { deletionTimestamp: '2026-11-23T06:00:00Z' };
    const others = [
      nodeInfo(node('w1', { labels: { zone: 'a' } }), pod('x', { labels: WEB, namespace: 'other' })),
      nodeInfo(node('w2', { labels: { zone: 'b' } }), pod('y', { labels: WEB, metadata: leaving })),
      on('w3', 'c', 1),
    ];
    expect(verdicts(podTopologySpread, spread(), others)).toEqual(['ok', 'ok', UNEVEN]);
  });

  it('takes missing domains for empty ones when there are too few', () => {
    const even = [on('w1', 'a', 1), on('w2', 'b', 1)];
    expect(verdicts(podTopologySpread, spread({ minDomains: 2 }), even)).toEqual(['ok', 'ok']);
    expect(verdicts(podTopologySpread, spread({ minDomains: 3 }), even)).toEqual([UNEVEN, UNEVEN]);
  });

  it('looks at domains only where the Pod may go, unless told otherwise', () => {
    const some = [on('w1', 'a', 1, { labels: { disk: 'ssd' } }), on('w2', 'b', 0)];
    const ssd = { nodeSelector: { disk: 'ssd' } };
    expect(verdicts(podTopologySpread, spread({}, ssd), some)[0]).toBe('ok');
    expect(verdicts(podTopologySpread, spread({ nodeAffinityPolicy: 'Ignore' }, ssd), some)[0]).toBe(UNEVEN);
  });

  it('looks at domains with taints too, unless told otherwise', () => {
    const some = [on('w1', 'a', 1), on('w2', 'b', 0, { taints: [{ key: 'x', effect: 'NoSchedule' }] })];
    expect(verdicts(podTopologySpread, spread(), some)[0]).toBe(UNEVEN);
    expect(verdicts(podTopologySpread, spread({ nodeTaintsPolicy: 'Honor' }), some)[0]).toBe('ok');
    const tolerant = { tolerations: [{ operator: 'Exists' as const }] };
    expect(verdicts(podTopologySpread, spread({ nodeTaintsPolicy: 'Honor' }, tolerant), some)[0]).toBe(UNEVEN);
  });

  it('counts only Pods that are alike in the labels of `matchLabelKeys`', () => {
    const hash = (value: string) => ({ labels: { ...WEB, hash: value } });
    const old = nodeInfo(node('w1', { labels: { zone: 'a' } }), pod('x', hash('1')), pod('y', hash('1')));
    const some = [old, on('w2', 'b', 0)];
    expect(verdicts(podTopologySpread, spread({ matchLabelKeys: ['hash', 'none'] }, hash('2')), some)).toEqual([
      'ok',
      'ok',
    ]);
    expect(verdicts(podTopologySpread, spread({ matchLabelKeys: ['hash'] }, hash('1')), some)).toEqual([UNEVEN, 'ok']);
  });

  it('counts nobody with a selector of everybody, and with none', () => {
    const { labelSelector: _, ...none } = spread().spec.topologySpreadConstraints?.[0] ?? {};
    const nobody = pod('web', { labels: WEB, topologySpreadConstraints: [none as TopologySpreadConstraint] });
    expect(verdicts(podTopologySpread, nobody, nodes)).toEqual(['ok', 'ok', 'ok', NO_LABEL]);
    expect(verdicts(podTopologySpread, spread({ labelSelector: {} }), nodes)).toEqual(['ok', 'ok', 'ok', NO_LABEL]);
  });

  it('holds all constraints, and counts where all have a domain', () => {
    const constraints = [spread(), spread({ topologyKey: HOST })].flatMap(
      ({ spec }) => spec.topologySpreadConstraints ?? [],
    );
    const both = pod('web', { labels: WEB, topologySpreadConstraints: constraints });
    const some = [on('w1', 'a', 1), on('w2', 'a', 0), on('w3', 'b', 1), on('w4', 'b', 1)];
    expect(verdicts(podTopologySpread, both, some)).toEqual([UNEVEN, 'ok', UNEVEN, UNEVEN]);
  });

  it('follows Pods that come and go while preemption is tried out', () => {
    const [first] = nodes;
    const answer = podTopologySpread.prepare(podInfo(spread()), snapshot(nodes));
    if (!first || !answer || !('check' in answer)) throw new Error('the plugin has nothing to say');
    answer.update?.(podInfo(pod('x', { labels: WEB, namespace: 'other' })), first, -1);
    expect(answer.check(first)).toBeDefined();
    answer.update?.(podInfo(pod('x', { labels: WEB })), first, -1);
    expect(answer.check(first)).toBeUndefined();
  });

  it('has nothing to say of Pods without constraints, and of mere preferences', () => {
    expect(verdicts(podTopologySpread, pod('web'), nodes)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(verdicts(podTopologySpread, spread({ whenUnsatisfiable: 'ScheduleAnyway' }), nodes)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
  });
});

describe('what brings back Pods that were too many', () => {
  const placed = (labels: Record<string, string>, options: PodOptions = {}) =>
    pod('x', { labels, nodeName: 'w1', ...options });

  it('is that one comes or goes that counts', () => {
    expect(podHelps(podTopologySpread, spread(), 'Add', placed(WEB))).toBe(true);
    expect(podHelps(podTopologySpread, spread(), 'Delete', undefined, placed(WEB))).toBe(true);
    expect(podHelps(podTopologySpread, spread(), 'Add', placed({ app: 'other' }))).toBe(false);
    expect(podHelps(podTopologySpread, spread(), 'Add', placed(WEB, { namespace: 'other' }))).toBe(false);
    expect(podHelps(podTopologySpread, spread(), 'Add', pod('x', { labels: WEB }))).toBe(false);
  });

  it('is that one counts now that did not, or does not any more', () => {
    const other = placed({ app: 'other' });
    expect(podHelps(podTopologySpread, spread(), 'UpdatePodLabel', placed(WEB), other)).toBe(true);
    expect(podHelps(podTopologySpread, spread(), 'UpdatePodLabel', other, placed(WEB))).toBe(true);
    expect(podHelps(podTopologySpread, spread(), 'UpdatePodLabel', placed({ ...WEB, x: 'y' }), placed(WEB))).toBe(
      false,
    );
  });

  it('is a new toleration where taints matter', () => {
    const honors = spread({ nodeTaintsPolicy: 'Honor' });
    expect(podHelps(podTopologySpread, honors, 'UpdatePodToleration', honors)).toBe(true);
    expect(podHelps(podTopologySpread, spread(), 'UpdatePodToleration', spread())).toBe(false);
    expect(podHelps(podTopologySpread, honors, 'UpdatePodToleration', placed(WEB))).toBe(false);
  });

  it('is a node that changes the domains', () => {
    const [a, b, bare] = [node('w9', { labels: { zone: 'a' } }), node('w9', { labels: { zone: 'b' } }), node('w9')];
    const tainted = node('w9', { labels: { zone: 'a' }, taints: [{ key: 'x', effect: 'NoSchedule' }] });
    const helps = (now: typeof a | undefined, before?: typeof a) =>
      nodeHelps(podTopologySpread, spread(), 'UpdateNodeLabel', now, before);
    expect([helps(a), helps(undefined, a), helps(bare), helps(undefined, bare)]).toEqual([true, true, false, false]);
    expect([helps(a, bare), helps(bare, a), helps(a, b), helps(a, a)]).toEqual([true, true, true, false]);
    expect([helps(tainted, a), helps(bare, bare)]).toEqual([true, false]);
  });
});

describe('PodTopologySpread as a preference', () => {
  const soft = (more: Partial<TopologySpreadConstraint> = {}) =>
    spread({ whenUnsatisfiable: 'ScheduleAnyway', ...more });
  const scores = (each: ReturnType<typeof pod>, nodes: readonly NodeInfo[], more = {}) =>
    podTopologySpreadScore.score(podInfo(each), nodes, snapshot(nodes, more));

  it('prefers domains with fewer Pods', () => {
    const nodes = [on('w1', 'a', 4), on('w2', 'a', 0), on('w3', 'b', 2), on('w4', undefined, 0)];
    expect(scores(soft(), nodes)).toEqual([50, 50, 100, 0]);
    expect(scores(soft({ topologyKey: HOST }), nodes)).toEqual([0, 100, 42, 100]);
  });

  it('counts Pods of a domain on nodes that are no candidates', () => {
    const nodes = [on('w1', 'a', 0), on('w3', 'b', 0)];
    const all = [...nodes, on('w2', 'a', 3)];
    expect(podTopologySpreadScore.score(podInfo(soft()), nodes, snapshot(all))).toEqual([0, 100]);
  });

  it('has all nodes alike when there are no Pods, and nothing to say without constraints', () => {
    const nodes = [on('w1', 'a', 0), on('w2', 'b', 0)];
    expect(scores(soft(), nodes)).toEqual([100, 100]);
    expect(scores(pod('web', { labels: WEB }), nodes)).toBeUndefined();
    expect(scores(spread(), nodes)).toBeUndefined();
  });

  it('spreads the Pods of a Service or a workload over nodes and zones by default', () => {
    const companions = () => ({ key: 'web', fits: selectorMatcher({ matchLabels: WEB }) });
    const zone = (name: string) => ({ labels: { 'topology.kubernetes.io/zone': name } });
    const web = pod('web', { labels: WEB });
    const bare = [on('w1', undefined, 3), on('w2', undefined, 0), on('w3', undefined, 1)];
    expect(scores(web, bare, { companions })).toEqual([28, 100, 71]);
    const zoned = [
      on('w1', undefined, 3, zone('a')),
      on('w2', undefined, 0, zone('a')),
      on('w3', undefined, 1, zone('b')),
    ];
    expect(scores(web, zoned, { companions })).toEqual([60, 93, 100]);
    expect(scores(soft({ labelSelector: { matchLabels: { app: 'none' } } }), bare, { companions })).toEqual([0, 0, 0]);
    const picky = pod('web', { labels: WEB, nodeSelector: { disk: 'ssd' } });
    const ssd = (name: string) => ({ labels: { ...zone(name).labels, disk: 'ssd' } });
    const candidates = [on('w1', undefined, 0, ssd('a')), on('w3', undefined, 1, ssd('b'))];
    const all = [...candidates, on('w2', undefined, 9, zone('a'))];
    expect(podTopologySpreadScore.score(podInfo(picky), candidates, snapshot(all, { companions }))).toEqual([100, 66]);
  });
});
