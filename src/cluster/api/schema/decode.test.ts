import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { decode } from './decode.ts';

const pod = (spec: JsonObject) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec });

describe('decode', () => {
  test('what is known is given back as it is', () => {
    const body = pod({ containers: [{ name: 'a', image: 'a', resources: { limits: { cpu: 1 } } }] });
    const { value, unknown } = decode('core.v1.Pod', body);
    expect(value).toBe(body);
    expect(unknown).toEqual([]);
  });
  test('unknown fields and nulls are dropped, the first by name', () => {
    const { value, unknown } = decode(
      'core.v1.Pod',
      pod({ containers: [{ name: 'a', imagee: 'x', image: null }], replica: 1 }) as never,
    );
    expect(value).toEqual(pod({ containers: [{ name: 'a' }] }));
    expect(unknown).toEqual(['spec.containers[0].imagee', 'spec.replica']);
  });
  test.each([
    [
      { containers: 'none' },
      'cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      { containers: [{ name: 7 }] },
      'cannot unmarshal number into Go struct field Container.spec.containers.name of type string',
    ],
    [{ hostNetwork: 'yes' }, 'cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool'],
    [{ terminationGracePeriodSeconds: 1.5 }, 'cannot unmarshal number 1.5 into Go struct field'],
    [
      { nodeSelector: { a: 1 } },
      'cannot unmarshal number into Go struct field PodSpec.spec.nodeSelector of type string',
    ],
  ])('%j is of a wrong type', (spec, message) => {
    expect(() => decode('core.v1.Pod', pod(spec) as never)).toThrow(message);
  });
});
