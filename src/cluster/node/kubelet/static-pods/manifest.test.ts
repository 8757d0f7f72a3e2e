import { describe, expect, it } from 'vitest';
import { readManifest } from './manifest.ts';

const PATH = '/etc/kubernetes/manifests/x.yaml';
const GOOD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: a\n    image: nginx\n';

function failure(text: string): string {
  try {
    readManifest(PATH, text, 'w1');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a manifest', () => {
  it('becomes a Pod of its node', () => {
    const pod = readManifest(PATH, GOOD, 'W1');
    expect(pod.metadata).toMatchObject({
      name: 'web-w1',
      namespace: 'default',
      annotations: { 'kubernetes.io/config.hash': pod.metadata.uid, 'kubernetes.io/config.source': 'file' },
    });
    expect(pod.metadata.uid).toMatch(/^[0-9a-f]{32}$/);
    expect(pod.spec).toMatchObject({
      nodeName: 'W1',
      restartPolicy: 'Always',
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
    });
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  it('is another Pod when it says something else, not when it is written differently', () => {
    const { uid } = readManifest(PATH, GOOD, 'w1').metadata;
    const reordered =
      'kind: Pod\napiVersion: v1\n# a comment\nspec: {containers: [{image: nginx, name: a}]}\nmetadata: {name: web}\n';
    expect(readManifest(PATH, reordered, 'w1').metadata.uid).toBe(uid);
    expect(readManifest(PATH, GOOD.replace('nginx', 'nginx:1.27'), 'w1').metadata.uid).not.toBe(uid);
    expect(readManifest('/other.yaml', GOOD, 'w1').metadata.uid).not.toBe(uid);
  });

  it('may be JSON', () => {
    const text =
      '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "a", "image": "nginx"}]}}';
    expect(readManifest(PATH, text, 'w1').metadata.uid).toBe(readManifest(PATH, GOOD, 'w1').metadata.uid);
  });

  // What a kubelet of v1.36.4 wrote to its log for the same files.
  it.each([
    ['kind: Pod\nmetadata:\n  name: z\n spec:\n', 'yaml: line 3: did not find expected key'],
    ['\tkind: Pod\n', 'yaml: found character that cannot start any token'],
    ['a: b\n\tc: d\n', 'yaml: line 2: found a tab character that violates indentation'],
    ['a: b: c\n', 'yaml: mapping values are not allowed in this context'],
    ['a: "x\nb: c\n', 'yaml: line 3: found unexpected end of stream'],
    ['a:\n- b\n c: d\n', 'yaml: line 3: mapping values are not allowed in this context'],
    ['a:\n  - b\n c\n', 'yaml: line 2: did not find expected key'],
    ['kind: Pod\nname\nspec: x\n', "yaml: line 3: could not find expected ':'"],
    ['a: [1, 2\nb: c\n', "yaml: line 1: did not find expected ',' or ']'"],
    ['a: {b: c\nd: e\n', "yaml: line 1: did not find expected ',' or '}'"],
    ['a: &x\n  b: *y\n', "yaml: unknown anchor 'y' referenced"],
    ['a: 1\n  b: 2\n', 'yaml: line 2: mapping values are not allowed in this context'],
    ['a: b\n- c\n', 'yaml: line 1: did not find expected key'],
    ['@x: 1\n', 'yaml: found character that cannot start any token'],
    ['', "Object 'Kind' is missing in 'null'"],
    ['kind: Pod\n', `Object 'apiVersion' is missing in '{"kind":"Pod"}'`],
    ['apiVersion: v1\n', `Object 'Kind' is missing in '{"apiVersion":"v1"}'`],
    [
      'apiVersion: v1\nkind: Foo\n',
      'no kind "Foo" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
    ],
    [
      '{a: b: c',
      "couldn't get version/kind; json parse error: invalid character 'a' looking for beginning of object key string",
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: y}\n',
      'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: q}\nspec: {containers: {a: b}}\n',
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
  ])('that cannot be read is told: %j', (text, why) => {
    expect(failure(text)).toBe(`${PATH}: couldn't parse as pod(${why}), please check config file`);
  });

  it.each([
    ['apiVersion: v1\nkind: Pod\nmetadata: {}\n', 'invalid pod: name is needed for the pod'],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: q}\n', 'invalid pod: [spec.containers: Required value]'],
    [GOOD.replace('spec:', 'spec:\n  serviceAccountName: foo'), 'static pods may not reference serviceaccounts'],
    [`${GOOD}  volumes: [{name: v, configMap: {name: cm}}]\n`, 'static pods may not reference configmaps'],
    [
      GOOD.replace('name: a', 'name: A_b'),
      `invalid pod: [spec.containers[0].name: Invalid value: "A_b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]`,
    ],
  ])('that is no good Pod is told', (text, why) => {
    expect(failure(text)).toBe(why);
  });
});
