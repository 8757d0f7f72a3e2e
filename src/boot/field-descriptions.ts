import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { kindOfDefinition } from '../cluster/apiserver/discovery/openapi/names.ts';
import type { Descriptions } from '../cluster/apiserver/discovery/openapi/schemas.ts';

/** What is said of one type: of itself, and of its fields. */
interface Texts {
  readonly own: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

const require = createRequire(import.meta.url);
const FOLDERS = {
  models: dirname(require.resolve('kubernetes-models/package.json')),
  meta: dirname(require.resolve('@kubernetes-models/apimachinery/package.json')),
};

/**
 * What Kubernetes says of its types and fields, for `kubectl explain`: the comments of the npm package kubernetes-models, which are those
 * of the release's OpenAPI. A type's file is read when it is first asked for.
 */
export function fieldDescriptions(): Descriptions {
  const known = new Map<string, Texts>();
  const textsOf = (definition: string): Texts => {
    const texts = known.get(definition) ?? readTexts(fileOf(definition));
    known.set(definition, texts);
    return texts;
  };
  return (definition, field) => {
    const texts = textsOf(definition);
    if (field === undefined) return texts.own;
    return texts.fields.get(field) ?? typeMeta(field, textsOf);
  };
}

/** Types of objects inherit these two; DeleteOptions says what they are. */
function typeMeta(field: string, textsOf: (definition: string) => Texts): string | undefined {
  return field === 'apiVersion' || field === 'kind' ? textsOf('meta.v1.DeleteOptions').fields.get(field) : undefined;
}

function fileOf(definition: string): string {
  const { group, version, kind } = kindOfDefinition(definition);
  if (definition.startsWith('meta.')) return join(FOLDERS.meta, 'apis', 'meta', version, `${kind}.d.ts`);
  return join(FOLDERS.models, group, version, `${kind}.d.ts`);
}

const COMMENT = /\/\*\*(?<text>.*?)\*\/\s*(?:export interface \w+[^{]*|"(?<field>[^"]+)"\??:)/gs;

function readTexts(path: string): Texts {
  const source = sourceOf(path);
  const fields = new Map<string, string>();
  let own: string | undefined;
  for (const { groups } of source.matchAll(COMMENT)) {
    const text = (groups?.['text'] ?? '').replace(/^\s*\* ?/gm, '').trim();
    const field = groups?.['field'];
    if (field === undefined) own ??= text;
    else fields.set(field, text);
  }
  return { own, fields };
}

/** The part about the interface: the class behind it says the same once more. Types that the package does not have say nothing. */
function sourceOf(path: string): string {
  try {
    const source = readFileSync(path, 'utf8');
    const end = source.indexOf('export declare class');
    return end < 0 ? source : source.slice(0, source.lastIndexOf('/**', end));
  } catch {
    return '';
  }
}
