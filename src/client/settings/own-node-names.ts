import { type NodeNames, nodeNameProblem, nodeNames, ownNames } from '#course/node-names.ts';
import { readJson, writeJson } from '../storage.ts';

const KEY = 'node-names';

/** The reader's names, or undefined while they are the pages' own. */
export function keptNames(): NodeNames | undefined {
  return readJson(KEY, acceptNames);
}

export function keepNames(names: NodeNames): void {
  writeJson(KEY, isOwn(names) ? undefined : names);
}

/** Takes what was kept only when each name can be a node's, and one at least differs from the pages'. */
export function acceptNames(value: unknown): NodeNames | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const kept: Partial<Record<string, unknown>> = { ...value };
  const names = { ...ownNames };
  for (const name of nodeNames) {
    const own = kept[name];
    if (typeof own !== 'string' || nodeNameProblem(own) !== undefined) return undefined;
    names[name] = own;
  }
  return isOwn(names) ? undefined : names;
}

function isOwn(names: NodeNames): boolean {
  return nodeNames.every((name) => names[name] === ownNames[name]);
}

/** Why these names cannot be used together, by field; empty when they can. */
export function nameProblems(names: NodeNames): Partial<Record<keyof NodeNames, string>> {
  const problems: Partial<Record<keyof NodeNames, string>> = {};
  for (const name of nodeNames) {
    const twin = nodeNames.find((other) => other !== name && names[other] === names[name]);
    const problem =
      nodeNameProblem(names[name]) ??
      (twin === undefined ? undefined : 'Two nodes of a cluster cannot have the same name.');
    if (problem !== undefined) problems[name] = problem;
  }
  return problems;
}
