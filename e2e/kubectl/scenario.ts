import { parse } from 'yaml';
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/, 'names are lower case with hyphens');
const pattern = z.string().refine(isPattern, 'no regular expression');

const commandSchema = z.strictObject({
  name,
  /** What bash runs, in the scenario's folder, with the scenario's namespace as the default one. */
  run: z.string().min(1),
  /** A script that must succeed before it; what it prints is not compared. */
  before: z.string().optional(),
  /** `lines`: the whole output in order; `table`: rows in any order; `contains`: the lines that `keep` names, among others. */
  match: z.enum(['lines', 'table', 'contains']).default('lines'),
  /** Recording keeps the lines that match one of these; for `contains` only. */
  keep: z.array(pattern).min(1).optional(),
  /** What recording replaces by `[..]` beside what the fixed rules do. */
  elide: z.array(pattern).default([]),
  /** Lines that recording replaces by `...`. */
  leaveOut: z.array(pattern).default([]),
  /** Seconds during which it is run again until it answers as recorded; a recording waits until its answer matches `until`. */
  retry: z.strictObject({ seconds: z.number().positive().max(180), until: pattern }).optional(),
  /** Seconds that one run may take. */
  timeout: z.number().positive().max(180).default(30),
});

const scenarioSchema = z.strictObject({
  /** Also the name of its namespace and of its file of answers. */
  name,
  about: z.string(),
  /** `alone`: begins when the namespaces of all scenarios before it are gone. */
  alone: z.boolean().default(false),
  /** A script that must succeed before the first command. */
  setup: z.string().optional(),
  /** A script that runs at the end, whatever happened: what the namespace does not hold. */
  cleanup: z.string().optional(),
  commands: z.array(commandSchema).min(1),
});

const differenceSchema = z.strictObject({ command: name, reason: z.string().min(20) });

const dataSchema = z.strictObject({
  scenarios: z.array(scenarioSchema).min(1),
  /** Commands that the simulated cluster answers differently, and why. */
  differences: z.array(differenceSchema).default([]),
  /** Commands that our own kubectl answers differently, and why. */
  ours: z.array(differenceSchema).default([]),
});

/** One command whose answer is compared. */
export type ParityCommand = z.output<typeof commandSchema>;
/** Commands that share a namespace and what happened in it, in order. */
export type Scenario = z.output<typeof scenarioSchema>;
/** A command that is known to be answered differently by the simulated cluster. */
export type Difference = z.output<typeof differenceSchema>;
export type ParityData = z.output<typeof dataSchema>;

/** Reads the list of commands. @throws Error with every problem of it, a line each */
export function parseData(text: string): ParityData {
  const result = dataSchema.safeParse(parse(text));
  if (!result.success) {
    throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  }
  const problems = dataProblems(result.data);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return result.data;
}

function dataProblems({ scenarios, differences, ours }: ParityData): string[] {
  const commands = scenarios.flatMap((scenario) => scenario.commands);
  const names = commands.map((command) => command.name);
  return [
    ...repeated(scenarios.map((scenario) => scenario.name)).map((twice) => `two scenarios are called "${twice}"`),
    ...repeated(names).map((twice) => `two commands are called "${twice}"`),
    ...repeated(differences.map((difference) => difference.command)).map((twice) => `"${twice}" is declared twice`),
    ...commands.flatMap((command) =>
      (command.match === 'contains') === (command.keep !== undefined)
        ? []
        : [`${command.name}: "keep" belongs to match: contains, and to that alone`],
    ),
    ...[...differences, ...ours].flatMap(({ command }) =>
      names.includes(command) ? [] : [`a difference is declared for "${command}", which is no command`],
    ),
  ];
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
