import { parse } from 'yaml';
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/, 'names are lower case with hyphens');
const reason = z.string().min(20);
/** `*` stands for any text. */
const pattern = { object: z.string(), track: z.string().default('status'), value: z.string() };

const conditionSchema = z.strictObject({
  ...pattern,
  /** How many objects are so now; 0: none. At least one, unless it is said. */
  now: z.number().int().nonnegative().optional(),
  /** How many objects came to be so since the step began. */
  came: z.number().int().positive().optional(),
});

const action = {
  /** A script of bash with the real kubectl, in the scenario's folder and namespace. */
  run: z.string().optional(),
  /** A script that bash runs as root on a node. */
  node: z.strictObject({ name: z.string(), run: z.string() }).optional(),
  /** What systemctl does to a unit of a node. */
  unit: z.strictObject({ node: z.string(), name: z.string(), action: z.enum(['start', 'stop', 'restart']) }).optional(),
};

const stepSchema = z.strictObject({
  name,
  ...action,
  /** All of it must be so before the next step. */
  until: z.array(conditionSchema).min(1),
  /** Seconds of the cluster's time during which nothing is done after it. */
  pause: z.number().positive().max(30).optional(),
  /** Seconds of real time that it may take. */
  timeout: z.number().positive().max(240).default(90),
});

const ruleSchema = z.strictObject({
  /** What must be true, as a person says it; the name of a check. */
  says: z.string(),
  /** The step with which it begins to be true; the first one, unless it is said. */
  from: name.optional(),
  /** The step with which it ends to be true. */
  until: name.optional(),
  /** At any moment so many objects are in the state, at least and at most; with `sum`: so much is the sum of their numbers. */
  always: z
    .strictObject({
      ...pattern,
      sum: z.boolean().optional(),
      atLeast: z.number().int().optional(),
      atMost: z.number().int().optional(),
    })
    .optional(),
  /** Each comes, for the first time, before the next. */
  order: z.array(z.strictObject(pattern)).min(2).optional(),
});

const optionalSchema = z.array(z.strictObject({ ...pattern, value: z.string().default('*'), reason }));

const scenarioSchema = z.strictObject({
  /** Also the name of its namespace and of its recording. */
  name,
  about: z.string(),
  /** `alone`: what it does to the cluster would disturb others. */
  alone: z.boolean().default(false),
  /** Nodes that are watched. */
  nodes: z.array(z.string()).default([]),
  /** Pods of kube-system that are watched, by their names. */
  system: z.array(z.string()).default([]),
  /** Containers of the control plane's node that are looked at there, API server or not, by their names. */
  containers: z.array(z.string()).default([]),
  steps: z.array(stepSchema).min(1),
  /** What is done at the end, whatever happened. */
  cleanup: z.array(z.strictObject(action)).default([]),
  rules: z.array(ruleSchema).default([]),
  /** States that may be missed or whose order is chance, on a real cluster too. */
  optional: optionalSchema.default([]),
  /** What the simulated cluster shows differently, and why: names of checks. */
  differences: z.array(z.strictObject({ check: z.string(), reason })).default([]),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type Step = z.output<typeof stepSchema>;
export type Action = Scenario['cleanup'][number];
export type Condition = z.output<typeof conditionSchema>;
export type Rule = z.output<typeof ruleSchema>;

/** Reads what may be missed in any scenario. @throws Error with every problem of it, a line each */
export function parseOptional(text: string): Scenario['optional'] {
  return checked(optionalSchema, text);
}

/** Reads a scenario. @param common what may be missed in any @throws Error with every problem of it, a line each */
export function parseScenario(text: string, common: Scenario['optional'] = []): Scenario {
  const scenario = checked(scenarioSchema, text);
  const problems = problemsOf(scenario);
  if (problems.length > 0) throw new Error(problems.map((problem) => `${scenario.name}: ${problem}`).join('\n'));
  return { ...scenario, optional: [...common, ...scenario.optional] };
}

function checked<T>(schema: z.ZodType<T>, text: string): T {
  const result = schema.safeParse(parse(text, { merge: true }));
  if (result.success) return result.data;
  throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
}

function problemsOf({ steps, rules, cleanup }: Scenario): string[] {
  const names = steps.map((step) => step.name);
  return [
    ...names.filter((each, index) => names.indexOf(each) !== index).map((each) => `two steps are called "${each}"`),
    ...[...steps, ...cleanup.map((each) => ({ name: 'cleanup', ...each }))].flatMap(({ name, run, node, unit }) =>
      [run, node, unit].filter((each) => each !== undefined).length === 1
        ? []
        : [`the step "${name}" does not say one of run, node, unit`],
    ),
    ...steps.flatMap(({ name, until }) =>
      until.some(({ now, came }) => now !== undefined && came !== undefined)
        ? [`the step "${name}" waits for what is now and for what came in one condition`]
        : [],
    ),
    ...rules.flatMap(({ says, from, until, always, order }) => [
      ...((always === undefined) === (order === undefined) ? [`the rule "${says}" says not one of always, order`] : []),
      ...[from, until].flatMap((step) =>
        step === undefined || names.includes(step) ? [] : [`the rule "${says}" names no step: "${step}"`],
      ),
    ]),
  ];
}
