import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** Which shell and whose tools a command is for. */
export type Kind = 'bash' | 'busybox';

export interface TableCommand {
  readonly kind: Kind;
  readonly section: string;
  readonly command: string;
}

export interface Table {
  readonly files: Readonly<Record<string, string>>;
  readonly commands: readonly TableCommand[];
}

export interface Answer {
  readonly out: string;
  readonly error: string;
  readonly code: number;
}

/** By kind and command. */
export type Answers = Readonly<Record<string, Answer>>;

export function keyOf({ kind, command }: TableCommand): string {
  return `${kind}: ${command}`;
}

const sections = z.record(z.string(), z.array(z.string()));
const schema = z.strictObject({
  files: z.record(z.string(), z.string()),
  bash: sections,
  tools: sections,
  busybox: sections,
});
const answersSchema = z.record(z.string(), z.strictObject({ out: z.string(), error: z.string(), code: z.number() }));

export function readTable(): Table {
  const table = schema.parse(parse(readFileSync(join(import.meta.dirname, 'commands.yaml'), 'utf8')));
  const of = (kind: Kind, lists: z.infer<typeof sections>) =>
    Object.entries(lists).flatMap(([section, commands]) => commands.map((command) => ({ kind, section, command })));
  return {
    files: table.files,
    commands: [...of('bash', table.bash), ...of('bash', table.tools), ...of('busybox', table.busybox)],
  };
}

export function readAnswers(): Answers {
  return answersSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'answers.json'), 'utf8')));
}
