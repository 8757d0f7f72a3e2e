import { expect, it } from 'vitest';
import { withoutNoise } from './client-noise.ts';

const line = (err: string, head = 'I1123 04:52:12.007531   18007') =>
  `${head} reflector.go:664] "Warning: watch ended with error" reflector="k8s.io/client-go@v0.36.4/tools/cache/reflector.go:343" type="*unstructured.Unstructured" err="an error on the server (\\"unable to decode an event from the watch stream: ${err}\\") has prevented the request from succeeding"`;

it('takes away what kubectl says of a watch that it ended itself', () => {
  expect(withoutNoise([line('context canceled'), 'pod/a condition met'])).toEqual(['pod/a condition met']);
});
const failed = (err: string) =>
  `E1123 10:30:59.051656    5191 reflector.go:227] "Failed to watch" err="${err}" reflector="k8s.io/client-go@v0.36.4/tools/cache/reflector.go:343" type="*unstructured.Unstructured"`;

it('takes away what kubectl says of a watch that its --timeout ended', () => {
  expect(withoutNoise([failed('context deadline exceeded'), 'error: timed out'])).toEqual(['error: timed out']);
});
it('keeps the same words with another cause, and everything else', () => {
  const kept = [
    failed('connection refused'),
    line('http2: client connection lost'),
    line('context canceled', 'E1123 04:52:12.007531   18007'),
    'error: timed out waiting for the condition on pods/a',
    'pod/a condition met',
    'context canceled',
  ];
  expect(withoutNoise(kept)).toEqual(kept);
});
