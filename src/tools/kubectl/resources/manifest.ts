import { parseAllDocuments } from 'yaml';
import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
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
    if (path === '-') objects.push(...parseManifests(yield* standardInput(process), 'STDIN', 'STDIN'));
    else if (/^https?:\/\//.test(path))
      throw new CommandError(
        `unable to read URL ${JSON.stringify(path)}: addresses outside of the cluster are not simulated here`,
      );
    else
      for (const file of filesOf(process, path, isRecursive, true))
        objects.push(...parseManifests(readFile(process, file), JSON.stringify(file), file));
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

/** Every document; lists are taken apart. @throws CommandError */
export function parseManifests(text: string, shown: string, source: string): ManifestObject[] {
  return documentsOf(text, shown).flatMap((value) => {
    if (value === null || value === undefined) return [];
    const object = value as AnyObject;
    if (typeof value !== 'object' || Array.isArray(value) || typeof object.kind !== 'string' || object.kind === '') {
      throw new CommandError(
        typeof value === 'object' && !Array.isArray(value)
          ? `unable to decode ${shown}: Object 'Kind' is missing in '${JSON.stringify(value)}'`
          : `error parsing ${source}: json: cannot unmarshal into Go value of type map[string]interface {}`,
      );
    }
    if (object.kind === 'List' && Array.isArray(object.items))
      return object.items.map((item) => ({ object: item, source: shown }));
    return [{ object, source: shown }];
  });
}

function documentsOf(text: string, shown: string): unknown[] {
  if (text.trimStart().startsWith('{')) {
    try {
      return [JSON.parse(text)];
    } catch {
      // JSON with a mistake, or several values: YAML's reader says what is wrong.
    }
  }
  const documents = parseAllDocuments(text, { version: '1.1', logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [problem] = document.errors;
    if (problem) {
      const { line = 1 } = problem.linePos?.[0] ?? {};
      throw new CommandError(
        `error parsing ${shown.replaceAll('"', '')}: error converting YAML to JSON: yaml: line ${line}: ${yamlWords(problem.code)}`,
      );
    }
    return document.toJS() as unknown;
  });
}

/** The words of the library of the real kubectl, for the usual mistakes. */
function yamlWords(code: string): string {
  if (code === 'TAB_AS_INDENT') return 'found character that cannot start any token';
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY')
    return 'mapping values are not allowed in this context';
  if (code === 'DUPLICATE_KEY') return 'key already set in map';
  if (code === 'MISSING_CHAR') return "could not find expected ':'";
  return 'did not find expected key';
}
