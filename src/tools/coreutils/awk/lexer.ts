import { AwkSyntaxError } from './syntax.ts';

export interface Token {
  readonly kind: 'number' | 'string' | 'expression' | 'name' | 'function' | 'keyword' | 'operator' | 'newline' | 'end';
  readonly text: string;
  readonly line: number;
}

const KEYWORDS = new Set(
  'BEGIN END function func if else while for do break continue next exit return delete in getline print printf'.split(
    ' ',
  ),
);
const OPERATORS = /(?:\*\*=|\*\*|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|!~|&&|\|\||>>|[-+*/%^!<>|?:~$=,;(){}[\]])/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  '/': '/',
};

/** The escapes of a string constant, and of what -v assigns. */
export function expandConstant(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|([\s\S]))/g, (whole, octal: string | undefined, letter: string | undefined) =>
    octal === undefined ? (ESCAPES[letter ?? ''] ?? whole) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** @throws AwkSyntaxError */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  const push = (kind: Token['kind'], token: string) => tokens.push({ kind, text: token, line });
  for (let index = 0; index < text.length; ) {
    const rest = text.slice(index);
    const [blank = ''] = /^(?:[ \t\r]|\\\n|#[^\n]*)+/.exec(rest) ?? [];
    if (blank !== '') {
      line += blank.split('\n').length - 1;
      index += blank.length;
      continue;
    }
    if (rest.startsWith('\n')) {
      push('newline', 'end of line');
      line += 1;
      index += 1;
      continue;
    }
    const [number = ''] = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest) ?? [];
    const [name = ''] = /^[A-Za-z_]\w*/.exec(rest) ?? [];
    const [, string] = /^"((?:[^"\\\n]|\\[\s\S])*)"/.exec(rest) ?? [];
    if (number !== '') {
      push('number', number);
      index += number.length;
    } else if (name !== '') {
      const isCall = rest[name.length] === '(';
      push(KEYWORDS.has(name) ? 'keyword' : isCall ? 'function' : 'name', name);
      index += name.length;
    } else if (string !== undefined) {
      push('string', expandConstant(string));
      index += string.length + 2;
    } else if (rest.startsWith('"'))
      throw new AwkSyntaxError(`line ${line}: runaway string constant ${rest.slice(0, 20)} ...`);
    else if (rest.startsWith('/') && !endsOperand(tokens.at(-1))) {
      const [, source] = /^\/((?:[^/\\\n[]|\\.|\[\^?\]?(?:[^\]\\\n]|\\.)*\])*)\//.exec(rest) ?? [];
      if (source === undefined)
        throw new AwkSyntaxError(`line ${line}: runaway regular expression ${rest.slice(0, 20)} ...`);
      push('expression', source.replaceAll('\\/', '/'));
      index += source.length + 2;
    } else {
      OPERATORS.lastIndex = index;
      const operator = OPERATORS.exec(text)?.[0];
      if (operator === undefined) throw new AwkSyntaxError(`line ${line}: unexpected character '${rest[0]}'`);
      push('operator', operator === '**' ? '^' : operator === '**=' ? '^=' : operator);
      index += operator.length;
    }
  }
  push('end', 'end of file');
  return tokens;
}

/** Behind an operand a slash divides. */
function endsOperand(token: Token | undefined): boolean {
  if (!token) return false;
  if (['number', 'string', 'expression', 'name'].includes(token.kind)) return true;
  return token.kind === 'operator' && [')', ']', '$', '++', '--'].includes(token.text);
}
