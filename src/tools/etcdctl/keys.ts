import { type Routine, wait } from '#kernel/coroutine.ts';
import type { EtcdKeyRange, EtcdRangeRequest, EtcdService } from '#machine/etcd.ts';
import { utf8Encode } from '#machine/utf8.ts';
import type { Call, Command } from './command.ts';
import { CommandError, EXIT, type Flags } from './flags.ts';
import { bytesOf, header, headerFields, json, jsonPair, pair } from './output.ts';

const SORTS = {
  CREATE: 'createRevision',
  KEY: 'key',
  MODIFY: 'modRevision',
  VALUE: 'value',
  VERSION: 'version',
} as const;

/** The range that a command is about. @throws CommandError */
function rangeOf(name: string, { words, has }: Flags): EtcdKeyRange {
  const [key, end] = words;
  if (key === undefined || words.length > 2)
    throw new CommandError(
      `${name} command needs one argument as key and an optional argument as range_end`,
      EXIT.badArguments,
    );
  if (has('prefix') && has('from-key'))
    throw new CommandError('`--prefix` and `--from-key` cannot be set at the same time, choose one', EXIT.badArguments);
  if (end !== undefined && (has('prefix') || has('from-key')))
    throw new CommandError(
      `too many arguments, only accept one argument when \`--${has('prefix') ? 'prefix' : 'from-key'}\` is set`,
      EXIT.badArguments,
    );
  if (has('from-key') || (key === '' && has('prefix'))) return { key: key === '' ? '\0' : key, end: '\0' };
  if (has('prefix')) return { key, end: after(key) };
  return end === undefined ? { key } : { key, end };
}

/** The first key that does not begin so. */
function after(prefix: string): string {
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    const code = prefix.charCodeAt(index);
    if (code < 0xffff) return prefix.slice(0, index) + String.fromCharCode(code + 1);
  }
  return '\0';
}

const RANGE_FLAGS = { prefix: false, 'from-key': false } as const;

export const get: Command = {
  summary: 'Gets the key or a range of keys',
  usage: 'get [options] <key> [range_end]',
  formats: ['json', 'fields'],
  flags: {
    ...RANGE_FLAGS,
    consistency: 'l',
    'count-only': false,
    'keys-only': false,
    limit: '0',
    order: '',
    'print-value-only': false,
    rev: '0',
    'sort-by': '',
  },
  *run({ flags, client, out }) {
    const request = rangeRequest(flags);
    const service = yield* client.any('KV/Range');
    const found = client.ask('KV/Range', () => service.store.range(request));
    const format = flags.text('write-out');
    if (format === 'json') {
      out(
        json({
          header: header(service),
          ...(found.kvs.length > 0 && { kvs: found.kvs.map(jsonPair) }),
          ...(found.more && { more: true }),
          ...(found.count > 0 && { count: found.count }),
        }),
      );
    } else if (format === 'fields') {
      const pairs = found.kvs.map(
        (kv) =>
          `"Key" : ${JSON.stringify(kv.key)}\n"CreateRevision" : ${kv.createRevision}\n"ModRevision" : ${kv.modRevision}\n` +
          `"Version" : ${kv.version}\n"Value" : ${quoted(bytesOf(kv))}\n"Lease" : ${kv.lease}\n`,
      );
      out(`${headerFields(service)}${pairs.join('')}"More" : ${found.more}\n"Count" : ${found.count}\n`);
    } else {
      const shape = { hex: flags.has('hex'), valueOnly: flags.has('print-value-only') };
      for (const kv of found.kvs) out(pair(kv, shape));
    }
    return 0;
  },
};

/** @throws CommandError */
function rangeRequest(flags: Flags): EtcdRangeRequest {
  const range = rangeOf('get', flags);
  if (!['l', 's'].includes(flags.text('consistency')))
    throw new CommandError(`unknown consistency flag "${flags.text('consistency')}"`, EXIT.badFeature);
  if (flags.has('count-only') && flags.text('write-out') !== 'fields')
    throw new CommandError('--count-only is only for `--write-out=fields`', EXIT.badArguments);
  if (flags.has('keys-only') && flags.has('count-only'))
    throw new CommandError(
      '`--keys-only` and `--count-only` cannot be set at the same time, choose one',
      EXIT.badArguments,
    );
  const target = flags.text('sort-by').toUpperCase();
  const order = flags.text('order').toUpperCase();
  if (order !== '' && order !== 'ASCEND' && order !== 'DESCEND')
    throw new CommandError(`bad sort order ${flags.text('order')}`, EXIT.badFeature);
  if (target !== '' && !isSort(target))
    throw new CommandError(`bad sort target ${flags.text('sort-by')}`, EXIT.badFeature);
  return {
    ...range,
    revision: flags.number('rev'),
    limit: flags.number('limit'),
    countOnly: flags.has('count-only'),
    keysOnly: flags.has('keys-only'),
    ...((isSort(target) || order !== '') && {
      sort: { by: isSort(target) ? SORTS[target] : 'key', descend: order === 'DESCEND' },
    }),
  };
}

function isSort(text: string): text is keyof typeof SORTS {
  return Object.hasOwn(SORTS, text);
}

/** As Go's %q: bytes that cannot be shown are escaped. */
function quoted(bytes: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' };
  const written = [...bytes].map((byte) => {
    const code = byte.charCodeAt(0);
    return escapes[byte] ?? (code >= 0x20 && code < 0x7f ? byte : `\\x${code.toString(16).padStart(2, '0')}`);
  });
  return `"${written.join('')}"`;
}

export const put: Command = {
  summary: 'Puts the given key into the store',
  usage: 'put [options] <key> <value> (<value> can also be given from stdin)',
  formats: ['json'],
  flags: { 'prev-kv': false, lease: '0' },
  *run({ process, flags, client, out }) {
    const [key, given] = flags.words;
    if (key === undefined || flags.words.length > 2)
      throw new CommandError('put command needs 1 argument and input from stdin or 2 arguments', EXIT.badArguments);
    const value = given ?? (yield* input(process));
    const lease = leaseOf(flags.text('lease'));
    const service = yield* client.any('KV/Put');
    const { prevKv } = client.ask('KV/Put', () => service.store.put({ key, value: utf8Encode(value), lease }));
    const shown = flags.has('prev-kv') ? prevKv : undefined;
    if (flags.text('write-out') === 'json')
      out(json({ header: header(service), ...(shown && { prev_kv: jsonPair(shown) }) }));
    else out(`OK\n${shown ? pair(shown, { hex: flags.has('hex'), valueOnly: false }) : ''}`);
    return 0;
  },
};

function* input({ streams }: Call['process']): Routine<string> {
  let text = '';
  for (let more = yield* streams.read(); more !== undefined; more = yield* streams.read()) text += more;
  return text;
}

/** Leases are written in hexadecimal. @throws CommandError */
export function leaseOf(text: string): number {
  if (!/^[\da-fA-F]{1,16}$/.test(text))
    throw new CommandError(
      `bad lease ID arg (strconv.ParseInt: parsing "${text}": invalid syntax), expecting ID in Hex`,
      EXIT.badArguments,
    );
  return Number.parseInt(text, 16);
}

export const del: Command = {
  summary: 'Removes the specified key or range of keys [key, range_end)',
  usage: 'del [options] <key> [range_end]',
  formats: ['json'],
  flags: { ...RANGE_FLAGS, 'prev-kv': false, range: false },
  *run({ flags, client, out }) {
    const range = rangeOf('del', flags);
    const service = yield* client.any('KV/DeleteRange');
    const { deleted, prevKvs } = client.ask('KV/DeleteRange', () => service.store.delete(range));
    const shown = flags.has('prev-kv') ? prevKvs : [];
    if (flags.text('write-out') === 'json')
      out(
        json({
          header: header(service),
          ...(deleted > 0 && { deleted }),
          ...(shown.length > 0 && { prev_kvs: shown.map(jsonPair) }),
        }),
      );
    else out(`${deleted}\n${shown.map((kv) => pair(kv, { hex: flags.has('hex'), valueOnly: false })).join('')}`);
    return 0;
  },
};

export const watch: Command = {
  summary: 'Watches events stream on keys or prefixes',
  usage: 'watch [options] [key or prefix] [range_end]',
  formats: ['json'],
  flags: { prefix: false, 'prev-kv': false, rev: '0', 'progress-notify': false, interactive: false },
  *run({ process, flags, client, out }) {
    if (flags.has('interactive')) throw new CommandError('watch --interactive is not simulated here', EXIT.error);
    const range = watchedRange(flags);
    const service = yield* client.any('Watch/Watch');
    return yield* watched({ process, flags, client, out }, service, range);
  },
};

function watchedRange(flags: Flags): EtcdKeyRange {
  const [key, end] = flags.words;
  if (key === undefined || flags.words.length > 2) throw new CommandError('bad number of arguments', EXIT.badArguments);
  if (flags.has('prefix')) return key === '' ? { key: '\0', end: '\0' } : { key, end: after(key) };
  return end === undefined ? { key } : { key, end };
}

function* watched({ process, flags, client, out }: Call, service: EtcdService, range: EtcdKeyRange): Routine<number> {
  const shape = { hex: flags.has('hex'), valueOnly: false };
  const revision = flags.number('rev');
  let canceled = '';
  yield* wait<void>((resume) => {
    const open = client.ask('Watch/Watch', () =>
      service.store.watch(
        { ...range, ...(revision > 0 && { startRevision: revision }) },
        ({ events, compactRevision }) => {
          if (flags.text('write-out') === 'json' && events.length > 0)
            out(
              json({
                Header: header(service),
                Events: events.map(({ type, kv }) => ({ ...(type === 'DELETE' && { type: 1 }), kv: jsonPair(kv) })),
              }),
            );
          else
            for (const { type, kv, prevKv } of events)
              out(`${type}\n${flags.has('prev-kv') && prevKv ? pair(prevKv, shape) : ''}${pair(kv, shape)}`);
          if (compactRevision === undefined) return;
          canceled = 'etcdserver: mvcc: required revision has been compacted';
          resume();
        },
      ),
    );
    process.onExit(() => open.cancel());
    return () => open.cancel();
  });
  process.streams.error(`watch was canceled (${canceled})\n`);
  throw new CommandError('watch is canceled by the server', EXIT.interrupted);
}
