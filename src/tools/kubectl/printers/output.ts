import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { CommandError } from '../command/errors.ts';
import { objectName, type Resource } from '../connection/discovery.ts';
import { printTemplate, valuesOfTemplate } from '../json-path/evaluate.ts';
import { JsonPathError, parseTemplate } from '../json-path/parse.ts';
import type { AnyObject } from '../resources/object.ts';
import { parseColumnFile, parseColumns, printColumns } from './custom-columns.ts';
import { toJson } from './json.ts';
import { toYaml } from './yaml.ts';

/** How whole objects are printed, by `-o`. */
export interface ObjectPrinter {
  /** @param resource of the object; undefined for a list of several */
  print(object: AnyObject, resource: Resource | undefined): string;
}

const FORMATS =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml';
/** Of commands that print what they made. */
const MUTATION_FORMATS =
  'json, kyaml, yaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file';

export interface PrinterOptions {
  readonly process: ProcessContext;
  /** The value of `-o`. */
  readonly output: string;
  /** `--template` */
  readonly template?: string;
  readonly showsManagedFields?: boolean;
  readonly hasHeaders?: boolean;
  /** `get` knows tables and columns, commands that change something do not. */
  readonly isGet?: boolean;
}

/** @returns undefined for what is printed as a table @throws CommandError for a format that there is not */
export function objectPrinter(options: PrinterOptions): ObjectPrinter | undefined {
  const { output, process, template = '', showsManagedFields = false, hasHeaders = true, isGet = false } = options;
  const at = output.indexOf('=');
  const format = at < 0 ? output : output.slice(0, at);
  const value = at < 0 ? template : output.slice(at + 1);
  const cleaned = (object: AnyObject) => (showsManagedFields ? object : withoutManagedFields(object));
  switch (format) {
    case '':
    case 'wide':
      if (format === 'wide' && !isGet) break;
      return undefined;
    case 'json':
      return { print: (object) => toJson(cleaned(object)) };
    case 'yaml': {
      let count = 0;
      return {
        print: (object) => {
          count += 1;
          return (count > 1 ? '---\n' : '') + toYaml(cleaned(object));
        },
      };
    }
    case 'name':
      return { print: printNames };
    case 'jsonpath':
    case 'jsonpath-as-json':
    case 'jsonpath-file': {
      const text = format === 'jsonpath-file' ? fileText(process, value) : value;
      if (text === '') throw new CommandError(`template format specified but no template given`);
      check(text);
      return { print: (object) => printPath(text, object, format === 'jsonpath-as-json') };
    }
    case 'custom-columns':
    case 'custom-columns-file': {
      if (!isGet) break;
      const columns = format === 'custom-columns' ? parseColumns(value) : parseColumnFile(fileText(process, value));
      const widths: number[] = [];
      let isFirst = true;
      return {
        print: (object) => {
          const text = printColumns(columns, object.items ?? [object], hasHeaders && isFirst, widths);
          isFirst = false;
          return text;
        },
      };
    }
    case 'go-template':
    case 'go-template-file':
    case 'template':
    case 'templatefile':
    case 'kyaml':
      throw new CommandError(`-o ${format} is not simulated here; jsonpath and custom-columns are`);
  }
  throw new CommandError(
    `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${isGet ? FORMATS : MUTATION_FORMATS.replaceAll(', ', ',')}`,
  );
}

function check(text: string): void {
  try {
    parseTemplate(text);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new CommandError(`error parsing jsonpath ${text}, ${error.message}`);
  }
}

function printPath(text: string, object: AnyObject, asJson: boolean): string {
  try {
    if (asJson) return `${JSON.stringify(valuesOfTemplate(text, object, { allowsMissing: true }), undefined, 4)}\n`;
    return printTemplate(text, object, { allowsMissing: true });
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new CommandError(
      `error executing jsonpath ${JSON.stringify(text)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\tobject given to jsonpath engine was:\n\t\t${goMapOf(object)}\n\n`,
    );
  }
}

/** As Go prints a map with %#v. */
function goMapOf(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goMapOf).join(', ')}}`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[string]interface {}{${entries.map(([key, each]) => `${JSON.stringify(key)}:${goMapOf(each)}`).join(', ')}}`;
  }
  return value === null ? 'interface {}(nil)' : JSON.stringify(value);
}

function printNames(object: AnyObject, resource: Resource | undefined): string {
  if (object.items) return object.items.map((item) => printNames(item, undefined)).join('');
  const [, group = ''] = (object.apiVersion ?? '').split('/').toReversed();
  const type = resource ?? { group, singular: '', kind: object.kind ?? '' };
  return `${objectName(type, object.metadata?.name ?? '')}\n`;
}

function fileText(process: ProcessContext, path: string): string {
  try {
    return process.files.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(
      `error reading --template ${path}, open ${path}: ${error.message.toLowerCase()}`.replace(
        '--template ',
        'template file ',
      ),
    );
  }
}

function withoutManagedFields(object: AnyObject): AnyObject {
  if (object.items) return { ...object, items: object.items.map(withoutManagedFields) };
  if (!object.metadata || !('managedFields' in object.metadata)) return object;
  const { managedFields: _left, ...metadata } = object.metadata;
  return { ...object, metadata };
}
