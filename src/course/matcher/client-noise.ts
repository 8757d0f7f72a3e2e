/**
 * Lines that a client prints about itself, now and then, beside its answer. Each is bound to its whole shape: the same words with
 * another cause are an answer.
 */
const NOISE: readonly RegExp[] = [
  // client-go, tools/cache/reflector.go: `kubectl wait` cancels its own watch once the condition is met; when that overtakes an event
  // that is just being read, the reflector says so. Seen once in some seventy waits of kubectl v1.36.4.
  /^[IW]\d{4} [\d:.]+ +\d+ reflector\.go:\d+\] "Warning: watch ended with error" .*unable to decode an event from the watch stream: context canceled/,
  // The same watch, ended by kubectl's own --timeout: whether the reflector begins another one before it is told to stop is a race of
  // kubectl with itself. Over HTTP/1.1 it mostly does.
  /^E\d{4} [\d:.]+ +\d+ reflector\.go:\d+\] "Failed to watch" err="context deadline exceeded" reflector="\S*\/tools\/cache\/reflector\.go:\d+" type="\*unstructured\.Unstructured"$/,
];

/** The lines of an answer, without what the client said of itself. */
export function withoutNoise(lines: readonly string[]): string[] {
  return lines.filter((line) => !NOISE.some((pattern) => pattern.test(line)));
}
