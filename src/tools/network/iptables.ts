import { calendarTime, syslogTime } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import type { Netfilter, Rule, Table } from '#machine/netfilter.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { ruleText } from '#machine/rule-text.ts';
import { listChains, saveTable, specifyChains } from './iptables-list.ts';
import { RuleError, readRule } from './iptables-rule.ts';

const VERSION = 'v1.8.9 (nf_tables)';
const TABLES = ['filter', 'nat', 'mangle', 'raw'] as const;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** xtables' exit statuses. */
const OTHER_PROBLEM = 1;
const PARAMETER_PROBLEM = 2;
const VERSION_PROBLEM = 3;
const RESOURCE_PROBLEM = 4;

class Refused extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const COMMANDS: Readonly<Record<string, string>> = {
  '--append': '-A',
  '--check': '-C',
  '--delete': '-D',
  '--delete-chain': '-X',
  '--flush': '-F',
  '--insert': '-I',
  '--list': '-L',
  '--list-rules': '-S',
  '--new-chain': '-N',
  '--policy': '-P',
  '--version': '-V',
  '--zero': '-Z',
};
const WITH_CHAIN = 'ACDFILNPSXZ';

interface Command {
  readonly table: Table;
  readonly letter: string;
  /** What follows the command: a chain and, behind it, numbers and rules. */
  readonly words: readonly string[];
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly lineNumbers: boolean;
}

/** iptables: shows and changes the rules of its network namespace. */
export const iptables: Program = function* iptables(process: ProcessContext): Routine<number> {
  const { streams, files, sockets, argv } = process;
  let status = 0;
  try {
    const command = readCommand(argv.slice(1));
    if (command.letter !== 'V') mustBeRoot(files.credentials.uid);
    streams.out(run(sockets.netfilter, command));
  } catch (error) {
    if (error instanceof RuleError) {
      streams.error(
        /not simulated/.test(error.message)
          ? `iptables: ${error.message}\n`
          : `iptables ${VERSION}: ${error.message}\nTry \`iptables -h' or 'iptables --help' for more information.\n`,
      );
      status = PARAMETER_PROBLEM;
    } else if (error instanceof Refused) {
      streams.error(`${error.message}\n`);
      ({ status } = error);
    } else throw error;
  }
  yield* streams.drain();
  return status;
};

function mustBeRoot(uid: number): void {
  if (uid !== 0)
    throw new Refused(
      `iptables ${VERSION}: Could not fetch rule set generation id: Permission denied (you must be root)`,
      RESOURCE_PROBLEM,
    );
}

/** @throws RuleError, Refused */
function readCommand(args: readonly string[]): Command {
  let table: Table = 'filter';
  let letter = '';
  const words: string[] = [];
  const has = { n: false, v: false, numbers: false };
  const pending = [...args];
  for (let word = pending.shift(); word !== undefined; word = pending.shift()) {
    const long = word.startsWith('--') ? COMMANDS[word] : undefined;
    if (word === '-t' || word === '--table') table = tableOf(pending.shift() ?? '');
    else if (word === '--line-numbers') has.numbers = true;
    else if (word === '--numeric') has.n = true;
    else if (word === '--verbose') has.v = true;
    else if (word === '-w' || word === '--wait') {
      if (/^\d+$/.test(pending[0] ?? '')) pending.shift();
    } else if (long !== undefined) letter = long.slice(1);
    else if (letter === '' && /^-[A-Za-z]+$/.test(word)) letter = shortFlags(word, has, letter, pending);
    else if (letter !== '' && /^-[nvx]+$/.test(word)) shortFlags(word, has, letter, pending);
    else if (letter === '') throw new RuleError(`unknown option "${word}"`);
    else words.push(word);
  }
  if (letter === '') throw new RuleError('no command specified');
  return { table, letter, words, numeric: has.n, verbose: has.v, lineNumbers: has.numbers };
}

/** `-nvL` @returns the command among them */
function shortFlags(
  word: string,
  has: { n: boolean; v: boolean; numbers: boolean },
  before: string,
  pending: string[],
): string {
  let letter = before;
  for (const [index, each] of [...word.slice(1)].entries()) {
    if (each === 'n') has.n = true;
    else if (each === 'v') has.v = true;
    else if (each === 't') {
      // `-nLt nat` is not how anybody writes it.
      throw new RuleError(`${word} is not simulated here`);
    } else if (WITH_CHAIN.includes(each) || each === 'V') {
      letter = each;
      const rest = word.slice(index + 2);
      if (rest !== '' && !/^[nv]+$/.test(rest)) {
        pending.unshift(rest);
        return letter;
      }
    } else if (each !== 'x') throw new RuleError(`unknown option "${word}"`);
  }
  return letter;
}

function tableOf(name: string): Table {
  const found = TABLES.find((each) => each === name);
  if (!found)
    throw new Refused(
      `iptables ${VERSION}: table '${name}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.`,
      VERSION_PROBLEM,
    );
  return found;
}

/** @returns what is printed @throws RuleError, Refused */
function run(netfilter: Netfilter, command: Command): string {
  const { table, letter, words } = command;
  const [name] = words;
  switch (letter) {
    case 'V':
      return `iptables ${VERSION}\n`;
    case 'L':
      return listChains(netfilter, table, chainsOf(netfilter, command), command);
    case 'S':
      return specifyChains(chainsOf(netfilter, command));
    case 'P':
    case 'Z':
      throw new RuleError(`-${letter} is not simulated here`);
    case 'N':
      if (name === undefined) throw new RuleError('option "-N" requires an argument');
      if (netfilter.chain(table, name)) throw new Refused('iptables: Chain already exists.', OTHER_PROBLEM);
      netfilter.setChain(table, name, []);
      return '';
    case 'F':
      for (const chain of chainsOf(netfilter, command)) netfilter.setChain(table, chain.name, []);
      return '';
    case 'X':
      removeChains(netfilter, command);
      return '';
    default:
      changeRules(netfilter, command);
      return '';
  }
}

function chainsOf(netfilter: Netfilter, { table, words: [name] }: Command) {
  if (name === undefined) return netfilter.chains(table);
  const chain = netfilter.chain(table, name);
  if (!chain)
    throw new Refused(
      `iptables ${VERSION}: chain \`${name}' in table \`${table}' is incompatible, use 'nft' tool.`,
      OTHER_PROBLEM,
    );
  return [chain];
}

function removeChains(netfilter: Netfilter, command: Command): void {
  const { table, words } = command;
  const all = netfilter.chains(table);
  const chains = words.length === 0 ? all.filter(({ policy }) => !policy) : chainsOf(netfilter, command);
  for (const { name, rules, policy } of chains) {
    const isUsed = all.some((chain) =>
      chain.rules.some(({ target }) => target.to === 'chain' && target.chain === name),
    );
    if (policy || isUsed || rules.length > 0)
      throw new Refused(
        `iptables ${VERSION}:  CHAIN_DEL failed (Device or resource busy): chain ${name}`,
        RESOURCE_PROBLEM,
      );
    netfilter.deleteChain(table, name);
  }
}

function changeRules(netfilter: Netfilter, { table, letter, words }: Command): void {
  const [name = '', ...rest] = words;
  const chain = netfilter.chain(table, name);
  if (!chain) throw new Refused('iptables: No chain/target/match by that name.', OTHER_PROBLEM);
  if (letter !== 'D' && letter !== 'C' && table === 'filter' && name === 'INPUT')
    throw new RuleError('rules for what comes in from other machines (INPUT) are not simulated here');
  const { rules } = chain;
  const number = /^\d+$/.test(rest[0] ?? '') && letter !== 'A' ? Number(rest[0]) : undefined;
  const written = number === undefined ? rest : rest.slice(1);
  if (letter === 'D' && number !== undefined) {
    if (number < 1 || number > rules.length) throw new Refused('iptables: Index of deletion too big.', OTHER_PROBLEM);
    netfilter.setChain(table, name, rules.toSpliced(number - 1, 1));
    return;
  }
  const rule = readRule(written);
  mustLead(netfilter, table, rule);
  if (letter === 'A') netfilter.setChain(table, name, [...rules, rule]);
  else if (letter === 'I') {
    if ((number ?? 1) > rules.length + 1) throw new Refused('iptables: Index of insertion too big.', OTHER_PROBLEM);
    netfilter.setChain(table, name, rules.toSpliced((number ?? 1) - 1, 0, rule));
  } else {
    const at = rules.findIndex((each) => ruleText(name, each) === ruleText(name, rule));
    if (at < 0) throw new Refused('iptables: Bad rule (does a matching rule exist in that chain?).', OTHER_PROBLEM);
    if (letter === 'D') netfilter.setChain(table, name, rules.toSpliced(at, 1));
  }
}

function mustLead(netfilter: Netfilter, table: Table, { target }: Rule): void {
  if (target.to === 'chain' && !netfilter.chain(table, target.chain))
    throw new RuleError(`Couldn't load target \`${target.chain}':No such file or directory\n`);
}

/** iptables-save: all tables, or one, as iptables-restore reads them. */
export const iptablesSave: Program = function* iptablesSave(process: ProcessContext): Routine<number> {
  const { streams, files, sockets, argv, kernel } = process;
  const [option, name] = argv.slice(1);
  let status = 0;
  try {
    if (option !== undefined && option !== '-t') throw new RuleError(`${option} is not simulated here`);
    mustBeRoot(files.credentials.uid);
    const tables = option === '-t' ? [tableOf(name ?? '')] : TABLES.filter((table) => isUsed(sockets.netfilter, table));
    const { weekday, year } = calendarTime(kernel.now);
    const [month = '', day = '', time = ''] = syslogTime(kernel.now).split(' ');
    const at = `iptables-save ${VERSION} on ${WEEKDAYS[weekday]} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
    for (const table of tables)
      streams.out(
        `# Generated by ${at}\n${saveTable(sockets.netfilter, table)}# Completed on ${at.slice(at.indexOf(' on ') + 4)}\n`,
      );
  } catch (error) {
    if (error instanceof RuleError) {
      streams.error(`iptables-save: ${error.message}\n`);
      status = PARAMETER_PROBLEM;
    } else if (error instanceof Refused) {
      streams.error(`${error.message}\n`);
      ({ status } = error);
    } else throw error;
  }
  yield* streams.drain();
  return status;
};

function isUsed(netfilter: Netfilter, table: Table): boolean {
  return netfilter.chains(table).some(({ policy, rules }) => !policy || rules.length > 0);
}
