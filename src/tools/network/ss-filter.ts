/** A socket, as a line of ss. */
export interface SocketRow {
  readonly protocol: 'tcp' | 'udp';
  readonly state: 'LISTEN' | 'ESTAB' | 'UNCONN';
  readonly local: { readonly address: string; readonly port: number };
  readonly peer: { readonly address: string; readonly port: number | undefined };
  readonly owner?: { readonly pid: number; readonly program: string; readonly descriptor: number };
}

/** Which sockets are wanted. */
export interface SocketFilter {
  readonly states: readonly SocketRow['state'][] | undefined;
  fits(row: SocketRow): boolean;
}

type Test = (row: SocketRow) => boolean;

const STATES: Readonly<Record<string, readonly SocketRow['state'][]>> = {
  all: ['LISTEN', 'ESTAB', 'UNCONN'],
  connected: ['ESTAB'],
  established: ['ESTAB'],
  listening: ['LISTEN'],
};

/** `state established ( dport = :443 or sport = :80 )` @returns what is wrong with it, in ss' words */
export function readFilter(words: readonly string[]): SocketFilter | string {
  const tokens = words
    .join(' ')
    .split(/\s+|(?<=[()!])|(?=[()])|(?<=[a-z])(?==)|(?<=={1,2})(?=:)/)
    .filter((token) => token !== '');
  let states: readonly SocketRow['state'][] | undefined;
  while (tokens[0] === 'state') {
    const [, name = ''] = tokens.splice(0, 2);
    const found = Object.hasOwn(STATES, name) ? STATES[name] : undefined;
    if (!found) return `wrong state name: ${name}`;
    states = found;
  }
  try {
    const test = tokens.length === 0 ? () => true : anyOf(tokens);
    if (tokens.length > 0) return `bison bellows (while parsing filter): "syntax error!"`;
    return { states, fits: test };
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** @throws SyntaxError */
function anyOf(tokens: string[]): Test {
  const tests = [allOf(tokens)];
  while (['or', '|', '||'].includes(tokens[0] ?? '')) {
    tokens.shift();
    tests.push(allOf(tokens));
  }
  return (row) => tests.some((test) => test(row));
}

function allOf(tokens: string[]): Test {
  const tests = [one(tokens)];
  while (tokens.length > 0 && ![')', 'or', '|', '||'].includes(tokens[0] ?? '')) {
    if (['and', '&', '&&'].includes(tokens[0] ?? '')) tokens.shift();
    tests.push(one(tokens));
  }
  return (row) => tests.every((test) => test(row));
}

function one(tokens: string[]): Test {
  const token = tokens.shift();
  if (token === '(') {
    const test = anyOf(tokens);
    if (tokens.shift() !== ')') throw new SyntaxError('bison bellows (while parsing filter): "syntax error!"');
    return test;
  }
  if (token === 'not' || token === '!') {
    const test = one(tokens);
    return (row) => !test(row);
  }
  const end =
    token === 'dport' || token === 'dst' ? 'peer' : token === 'sport' || token === 'src' ? 'local' : undefined;
  if (!end) throw new SyntaxError('bison bellows (while parsing filter): "syntax error!"');
  const operator = ['=', '==', 'eq', '!=', 'ne'].includes(tokens[0] ?? '') ? tokens.shift() : '=';
  const isNot = operator === '!=' || operator === 'ne';
  const value = tokens.shift() ?? '';
  const test = token?.endsWith('port') ? portTest(end, value) : addressTest(end, value);
  return (row) => test(row) !== isNot;
}

function portTest(end: 'peer' | 'local', value: string): Test {
  const port = /^:?(?<port>\d+)$/.exec(value)?.groups?.['port'];
  if (port === undefined) throw new SyntaxError(`an inet prefix is expected rather than "${value}".`);
  return (row) => row[end].port === Number(port);
}

function addressTest(end: 'peer' | 'local', value: string): Test {
  const { address, port } = /^(?<address>[\d.]*)(?::(?<port>\d+))?$/.exec(value)?.groups ?? {};
  if (address === undefined) throw new SyntaxError(`an inet prefix is expected rather than "${value}".`);
  return (row) =>
    (address === '' || row[end].address === address) && (port === undefined || row[end].port === Number(port));
}
