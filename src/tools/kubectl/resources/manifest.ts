import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { readYaml, YamlError } from '#yaml/read-yaml.ts';
import { CommandError } from '../command/errors.ts';
import type { AnyObject } from './object.ts';

/** An object of a file, and which one it came from, as errors name it. */
export interface ManifestObject {
  readonly object: AnyObject;
  readonly source: string;
}

/** The objects of `-f`: files, directories, `-`. @throws CommandError */
export function* readManifests(
  process: ProcessContext,
  paths: readonly string[],
  isRecursive: boolean,
): Routine<ManifestObject[]> {
  const objects: ManifestObject[] = [];
  for (const path of paths) {
    if (path === '-') objects.push(...parseManifests(yield* standardInput(process), '"STDIN"'));
    else if (/^https?:\/\//.test(path))
      throw new CommandError(
        `unable to read URL ${JSON.stringify(path)}: addresses outside of the cluster are not simulated here`,
      );
    else
      for (const file of filesOf(process, path, isRecursive, true))
        objects.push(...parseManifests(readFile(process, file), JSON.stringify(file)));
  }
  return objects;
}

function* standardInput({ streams }: ProcessContext): Routine<string> {
  let text = '';
  for (;;) {
    const more = yield* streams.read();
    if (more === undefined) return text;
    text += more;
  }
}

function filesOf({ files }: ProcessContext, path: string, isRecursive: boolean, isFirst: boolean): readonly string[] {
  let isDirectory: boolean;
  try {
    isDirectory = files.stat(path).kind === 'directory';
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (error.code !== 'ENOENT') throw new CommandError(`error: open ${path}: ${error.message.toLowerCase()}`);
    throw new CommandError(`the path ${JSON.stringify(path)} does not exist`);
  }
  if (!isDirectory) return isFirst || /\.(?:ya?ml|json)$/.test(path) ? [path] : [];
  if (!isFirst && !isRecursive) return [];
  const inside = files.readdir(path).map((name) => `${path.replace(/\/$/, '')}/${name}`);
  const found = inside.flatMap((each) => filesOf({ files } as ProcessContext, each, isRecursive, false));
  if (isFirst && found.length === 0)
    throw new CommandError(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`);
  return found;
}

function readFile({ files }: ProcessContext, path: string): string {
  try {
    return files.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

/**
 * Every document; lists are taken apart.
 *
 * @param shown as errors name the source: `"a.yaml"`, `"STDIN"`
 * @throws CommandError
 */
export function parseManifests(text: string, shown: string): ManifestObject[] {
  return documentsOf(text, shown.replaceAll('"', '')).flatMap((value) => {
    // A document without content is no object.
    if (value === null || value === undefined) return [];
    const why = invalidity(value);
    if (why !== undefined)
      throw new CommandError(
        `error validating "${shown.replaceAll('"', '')}": error validating data: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`,
      );
    const object = value as AnyObject;
    if (object.kind === 'List' && Array.isArray(object.items))
      return object.items.map((item) => ({ object: item, source: shown }));
    return [{ object, source: shown }];
  });
}

/** What a client can say without a schema (kubectl/pkg/validation). */
function invalidity(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'invalid object to validate';
  const { apiVersion, kind } = value as Partial<AnyObject>;
  const missing = [...(apiVersion ? [] : ['apiVersion not set']), ...(kind ? [] : ['kind not set'])];
  if (missing.length === 0) return undefined;
  return missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
}

/** A file is split at lines of three hyphens before its documents are read (apimachinery/pkg/util/yaml): lines count from there. */
function documentsOf(text: string, source: string): unknown[] {
  const fails = (why: string) => new CommandError(`error parsing ${source}: ${why}`);
  if (text.trimStart().startsWith('{')) {
    try {
      return [JSON.parse(text)];
    } catch {
      try {
        return [readYaml(text)];
      } catch {
        throw fails(jsonComplaint(text));
      }
    }
  }
  return text.split(/^---.*(?:\n|$)/m).map((document) => {
    try {
      return readYaml(document.endsWith('\n') ? document : `${document}\n`);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      throw fails(`error converting YAML to JSON: ${error.message}`);
    }
  });
}

/** Go's words for JSON that is neither JSON nor YAML. */
function jsonComplaint(text: string): string {
  const start = /^\s*\{\s*(?<letter>[^"}\s])/.exec(text);
  if (!start) return 'unexpected EOF';
  return `json: offset ${start[0].length}: invalid character '${start.groups?.['letter']}' looking for beginning of object key string`;
}
