import { describe, expect, it } from 'vitest';
import { labFacts } from './lab-facts.ts';

describe('labFacts', () => {
  const { everywhere, onNodes, missing } = labFacts();

  it('names the programs of machines and nodes', () => {
    expect(everywhere).toEqual(expect.arrayContaining(['bash', 'kubectl', 'vi', 'jq', 'ssh', 'grep']));
    expect(onNodes).toEqual(expect.arrayContaining(['crictl', 'systemctl', 'journalctl', 'etcdctl', 'iptables']));
    expect(everywhere.filter((name) => onNodes.includes(name))).toEqual([]);
  });

  it('names what is not simulated, with its reason', () => {
    const why = Object.fromEntries(missing.map((each) => [each.what, each.why]));
    expect(why['kubectl port-forward']).toMatch(/carries bytes/);
    expect(why['kubectl apply --server-side']).toMatch(/who owns which field/);
    expect(Object.keys(why)).not.toContain('kubectl get');
  });
});
