import { calendarTime, timestamp } from '#kernel/calendar.ts';
import type { DnsAnswer } from '#machine/sockets.ts';
import { connect, Unreachable } from '../coreutils/network/connect.ts';
import { nameServer, resolveHost } from '../coreutils/network/resolve.ts';
import type { Invocation, Tool } from '../coreutils/tool.ts';

type Type = 'A' | 'AAAA' | 'SRV' | 'PTR';
const TYPES: readonly Type[] = ['A', 'AAAA', 'SRV', 'PTR'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Three tries of five seconds. */
const PATIENCE = 15_000;

interface Question {
  readonly name: string;
  readonly type: Type;
  readonly server: string | undefined;
  readonly isShort: boolean;
  readonly searches: boolean;
}

/** dig: asks a name server. Names are taken as they are, without the search list, unless `+search` is given. */
export const dig: Tool = {
  options: { operand: /./ },
  *run(invocation) {
    const { operands, process, complain, out } = invocation;
    const question = readQuestion(operands);
    if (typeof question === 'string') {
      complain(`${question} is not simulated here`);
      return 1;
    }
    const known = nameServer(process);
    const address = question.server === undefined ? known?.address : resolveHost(process, question.server);
    if (address === undefined) {
      process.streams.error(`dig: couldn't get address for '${question.server ?? ''}': not found\n`);
      return 10;
    }
    const names =
      question.searches && known && !question.name.endsWith('.')
        ? [...known.search.map((domain) => `${question.name}.${domain}`), question.name]
        : [question.name];
    try {
      const { dns } = (yield* connect(process, 'udp', address, 53, PATIENCE)).serves;
      let answer: DnsAnswer = { code: 'SERVFAIL', records: [] };
      let asked = question.name;
      for (const name of names) {
        asked = name.replace(/\.$/, '');
        answer = dns?.(asked, question.type) ?? answer;
        if (answer.records.length > 0) break;
      }
      if (question.isShort) out(answer.records.map(({ data }) => `${data}\n`).join(''));
      else out(text(invocation, { ...question, name: asked }, address, answer));
      return 0;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      out(
        `;; communications error to ${address}#53: ${error.kind === 'refused' ? 'connection refused' : 'timed out'}\n;; no servers could be reached\n`,
      );
      return 9;
    }
  },
};

/** @returns what is not simulated */
function readQuestion(words: readonly string[]): Question | string {
  const question = {
    name: '.',
    type: 'A' as Type,
    server: undefined as string | undefined,
    isShort: false,
    searches: false,
  };
  const pending = [...words];
  for (let word = pending.shift(); word !== undefined; word = pending.shift()) {
    const type = TYPES.find((each) => each === word.toUpperCase());
    if (word.startsWith('@')) question.server = word.slice(1);
    else if (word === '+short') question.isShort = true;
    else if (word === '+search') question.searches = true;
    else if (/^\+(?:noall|answer|time=\d+|tries=\d+|nocmd|nocomments)$/.test(word)) continue;
    else if (word === '-x') {
      question.name = `${(pending.shift() ?? '').split('.').reverse().join('.')}.in-addr.arpa`;
      question.type = 'PTR';
    } else if (word === '-t') {
      const given = TYPES.find((each) => each === pending[0]?.toUpperCase());
      if (!given) return `-t ${pending[0] ?? ''}`;
      pending.shift();
      question.type = given;
    } else if (type) question.type = type;
    else if (/^[-+]/.test(word) || /^(?:MX|TXT|NS|SOA|CNAME|ANY)$/.test(word)) return word;
    else question.name = word;
  }
  return question;
}

function text(
  { process, operands }: Invocation,
  { name, type }: Question,
  server: string,
  { code, records }: DnsAnswer,
): string {
  const { kernel } = process;
  const { year, month, day, weekday } = calendarTime(kernel.now);
  const line = (record: DnsAnswer['records'][number]) =>
    `${`${record.name}.`.padEnd(24)}${record.ttl}\tIN\t${record.type}\t${record.data}\n`;
  return (
    `\n; <<>> DiG 9.20 <<>> ${operands.join(' ')}\n;; global options: +cmd\n;; Got answer:\n` +
    `;; ->>HEADER<<- opcode: QUERY, status: ${code}, id: ${kernel.random.int(65_536)}\n` +
    `;; flags: qr aa rd; QUERY: 1, ANSWER: ${records.length}, AUTHORITY: 0, ADDITIONAL: 0\n\n` +
    `;; QUESTION SECTION:\n;${`${name}.`.padEnd(23)}\tIN\t${type}\n\n` +
    (records.length === 0 ? '' : `;; ANSWER SECTION:\n${records.map(line).join('')}\n`) +
    `;; Query time: 0 msec\n;; SERVER: ${server}#53(${server}) (UDP)\n` +
    `;; WHEN: ${DAYS[weekday]} ${MONTHS[month - 1]} ${String(day).padStart(2)} ${timestamp(kernel.now).slice(11, 19)} UTC ${year}\n\n`
  );
}
