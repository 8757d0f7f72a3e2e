import { machineStringProblems } from '#course/block/machine-strings.ts';
import { isAnyLines } from '#course/matcher/expectation.ts';
import type { ParityCommand } from './scenario.ts';

/** A kind of value that an answer leaves out wherever it stands. */
interface RecordRule {
  readonly name: string;
  readonly find: RegExp;
}

const ELISION = '[..]';

/** What differs between two clusters of one release beside the volatile values of the matcher, which compares those by their shape. */
export const recordRules: readonly RecordRule[] = [
  { name: "the API server's address", find: /(?<=https:\/\/)[\d.]+:\d{4,5}/g },
  { name: 'resource version', find: /(?<=resourceVersion"?: ")\d+(?=")/g },
  { name: 'resource version in JSON of one line', find: /(?<="resourceVersion":")\d+(?=")/g },
  { name: 'node port in an object', find: /(?<=(?:nodePort|healthCheckNodePort)"?: ?)3\d{4}/g },
  { name: 'node port in a description', find: /(?<=NodePort: +\S+ +)3\d{4}(?=\/)/g },
  { name: 'pod-template-hash', find: /(?<=pod-template-hash[=:] ?"?)[bcdfghjklmnpqrstvwxz2456789]{8,10}/g },
  { name: 'pod-template-hash in JSON', find: /(?<="pod-template-hash": ?")[bcdfghjklmnpqrstvwxz2456789]{8,10}/g },
  { name: "a node's processor", find: /(?<=kubernetes\.io\/arch[=:] ?"?)\w+/g },
  { name: 'name of an event', find: /(?<=[a-z\d]\.)[\da-f]{16}(?!\w)/g },
  { name: 'token', find: /eyJ[\w-]+\.[\w-]+\.[\w-]+/g },
  { name: 'image id', find: /(?<=(?:Image ID: +|imageID"?: "?))[^\s"]+/g },
  // The matcher knows it, but a digit after the slashes reads as a version of containerd.
  { name: 'container id', find: /(?<=containerd:\/\/)[\da-f]{64}/g },
  { name: 'digest', find: /sha256:[\da-f]{6,}/g },
  { name: 'pull', find: /(?<=Successfully pulled image \S+ in ).*/g },
  { name: "diff's folder", find: /(?<=^(?:diff .*|--- |\+\+\+ ))\/\S*\/(?=(?:LIVE|MERGED)-)/g },
  { name: "diff's folder, its number", find: /(?<=(?:LIVE|MERGED)-)\d+/g },
  { name: "diff's time", find: /(?<=^(?:---|\+\+\+) \S+\t).*/g },
];

/**
 * The output as an answer shows it: left out is what the fixed rules and the command name. Undefined lines of `contains` are gone.
 *
 * @throws Error where something is left that only the recording machine shows, or where nothing would be compared
 */
export function recordable(command: ParityCommand, lines: readonly string[]): string[] {
  const leaveOut = command.leaveOut.map((source) => new RegExp(source));
  const elide = command.elide.map((source) => new RegExp(source, 'g'));
  const keep = command.keep?.map((source) => new RegExp(source));
  const recorded: string[] = [];
  for (const line of lines) {
    if (keep && !keep.some((wanted) => wanted.test(line))) continue;
    if (leaveOut.some((unwanted) => unwanted.test(line))) {
      if (!isAnyLines(recorded.at(-1))) recorded.push('...');
      continue;
    }
    let text = line;
    for (const find of [...elide, ...recordRules.map((rule) => rule.find)]) text = text.replaceAll(find, ELISION);
    recorded.push(text);
  }
  const shown = { file: command.name, line: 1, column: 1 };
  const problems = machineStringProblems(recorded, shown).map((problem) => problem.message);
  if (lines.length > 0 && recorded.every((line) => isAnyLines(line) || line.trim() === ELISION)) {
    problems.push('nothing of the answer would be compared');
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
  return recorded;
}
