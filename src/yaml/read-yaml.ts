import { parseDocument, type YAMLParseError } from 'yaml';

/** A text that is no YAML; the words are those of the library of Kubernetes' programs (sigs.k8s.io/yaml/goyaml.v2). */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

/**
 * Reads one document of YAML 1.1.
 *
 * @throws YamlError
 */
export function readYaml(text: string): unknown {
  const document = parseDocument(text, { version: '1.1', logLevel: 'silent', uniqueKeys: false });
  if (document.errors.length > 0) throw new YamlError(`yaml: ${complaintOf(document.errors, text)}`);
  try {
    return document.toJS();
  } catch (error) {
    // An alias without its anchor is found only now.
    const alias = /alias[^:]*: (?<name>\S+)/.exec((error as Error).message)?.groups?.['name'] ?? '';
    throw new YamlError(`yaml: unknown anchor '${alias}' referenced`);
  }
}

/** The first error in the other library's words: its parser counts lines from 0 and names none for the first, its scanner from 1. */
function complaintOf(errors: readonly YAMLParseError[], text: string): string {
  const [first] = errors;
  const { line = 1, col = 1 } = first?.linePos?.[0] ?? {};
  const codes = new Set(errors.map(({ code }) => code));
  const parser = (why: string) => (line <= 1 ? why : `line ${line - 1}: ${why}`);
  const scanner = (why: string, at = line) => (at <= 1 ? why : `line ${at}: ${why}`);
  const mapping = 'mapping values are not allowed in this context';
  switch (first?.code) {
    case 'TAB_AS_INDENT':
      return line === 1 ? CANNOT_START : scanner('found a tab character that violates indentation');
    case 'BAD_SCALAR_START':
      return scanner(CANNOT_START);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return scanner(mapping, codes.has('MULTILINE_IMPLICIT_KEY') ? line + 1 : line);
    case 'MULTILINE_IMPLICIT_KEY': {
      if (codes.has('UNEXPECTED_TOKEN')) return parser('did not find expected key');
      const isAlone = (text.split('\n')[line - 1] ?? '').slice(0, col - 1).trim() === '';
      return scanner(isAlone ? "could not find expected ':'" : mapping, line + 1);
    }
    case 'MISSING_CHAR':
      return first.message.startsWith('Missing closing')
        ? scanner('found unexpected end of stream')
        : scanner("could not find expected ':'");
    case 'BAD_INDENT':
      if (first.message.startsWith('Flow sequence')) return parser("did not find expected ',' or ']'");
      if (first.message.startsWith('Flow map')) return parser("did not find expected ',' or '}'");
      return parser('did not find expected key');
    default:
      return parser('did not find expected node content');
  }
}

const CANNOT_START = 'found character that cannot start any token';
