import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { EtcdService } from '#machine/etcd.ts';
import { FsError } from '#machine/file-system.ts';
import type { Call, Command } from './command.ts';
import { CommandError, EXIT } from './flags.ts';
import { hashOf } from './hash.ts';
import { bytesOf, header, headerFields, humanBytes, json, table } from './output.ts';

/** `--quota-backend-bytes` as it is without being given: 2 GiB. */
const QUOTA = 2_147_483_648;
const STORAGE_VERSION = '3.6.0';

/** Those of the command line; with `--cluster` those that the members name. */
function* endpointsOf({ flags, client }: Call): Routine<readonly string[]> {
  if (!flags.has('cluster')) return client.endpoints;
  const { member } = yield* client.any('Cluster/MemberList');
  return member.clientUrls;
}

/** Milliseconds with their fraction, as Go prints a duration. */
function took({ process }: Call, base: number): string {
  return `${(base + process.kernel.random.int(6_000_000) / 1_000_000).toFixed(6).replace(/0+$/, '')}ms`;
}

export const health: Command = {
  summary: 'Checks the healthiness of endpoints specified in `--endpoints` flag',
  usage: 'endpoint health',
  formats: ['table', 'json'],
  flags: { cluster: false },
  *run(call) {
    const { process, flags, client, out } = call;
    const rows: {
      readonly endpoint: string;
      readonly health: boolean;
      readonly took: string;
      readonly error?: string;
    }[] = [];
    for (const endpoint of yield* endpointsOf(call)) {
      const start = process.kernel.now;
      try {
        yield* client.one(endpoint, 'KV/Range', 'client');
        const time = took(call, 6);
        yield* sleep(process.kernel, Number.parseFloat(time));
        rows.push({ endpoint, health: true, took: time });
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        rows.push({ endpoint, health: false, took: `${(process.kernel.now - start) / 1000}s`, error: error.message });
      }
    }
    const format = flags.text('write-out');
    if (format === 'json') out(json(rows));
    else if (format === 'table')
      out(
        table(
          ['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'],
          rows.map((row) => [row.endpoint, String(row.health), row.took, row.error ?? '']),
        ),
      );
    else
      for (const row of rows) {
        if (row.health) out(`${row.endpoint} is healthy: successfully committed proposal: took = ${row.took}\n`);
        else process.streams.error(`${row.endpoint} is unhealthy: failed to commit proposal: ${row.error}\n`);
      }
    if (rows.some((row) => !row.health)) throw new CommandError('unhealthy cluster', EXIT.error);
    return 0;
  },
};

const STATUS_COLUMNS = [
  'ENDPOINT',
  'ID',
  'VERSION',
  'STORAGE VERSION',
  'DB SIZE',
  'IN USE',
  'PERCENTAGE NOT IN USE',
  'QUOTA',
  'IS LEADER',
  'IS LEARNER',
  'RAFT TERM',
  'RAFT INDEX',
  'RAFT APPLIED INDEX',
  'ERRORS',
  'DOWNGRADE TARGET VERSION',
  'DOWNGRADE ENABLED',
] as const;

/** Each change is a proposal; before the first come the member, its name and the cluster's version. */
function raftIndex({ store }: EtcdService): number {
  return store.revision + 3;
}

export const status: Command = {
  summary: 'Prints out the status of endpoints specified in `--endpoints` flag',
  usage: 'endpoint status',
  formats: ['table', 'json', 'fields'],
  flags: { cluster: false },
  *run(call) {
    const { process, flags, client, out } = call;
    const found: { readonly endpoint: string; readonly service: EtcdService }[] = [];
    let code = 0;
    for (const endpoint of yield* endpointsOf(call)) {
      try {
        found.push({ endpoint, service: yield* client.one(endpoint, 'Maintenance/Status') });
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        process.streams.error(`Failed to get the status of endpoint ${endpoint} (${error.message})\n`);
        code = EXIT.error;
      }
    }
    const format = flags.text('write-out');
    if (format === 'json')
      out(json(found.map(({ endpoint, service }) => ({ Endpoint: endpoint, Status: statusOf(service) }))));
    else if (format === 'fields') for (const { endpoint, service } of found) out(statusFields(endpoint, service));
    else {
      const rows = found.map(({ endpoint, service }) => statusRow(endpoint, service));
      out(format === 'table' ? table(STATUS_COLUMNS, rows) : rows.map((row) => `${row.join(', ')}\n`).join(''));
    }
    return code;
  },
};

function statusRow(endpoint: string, service: EtcdService): readonly string[] {
  const { total, used } = service.size();
  const index = String(raftIndex(service));
  return [
    endpoint,
    service.member.id,
    service.version,
    STORAGE_VERSION,
    humanBytes(total),
    humanBytes(used),
    `${Math.floor((1 - used / total) * 100)}%`,
    humanBytes(QUOTA),
    'true',
    'false',
    String(service.raftTerm),
    index,
    index,
    '',
    '',
    'false',
  ];
}

function statusOf(service: EtcdService) {
  const { total, used } = service.size();
  return {
    header: header(service),
    version: service.version,
    dbSize: total,
    leader: BigInt(`0x${service.member.id}`),
    raftIndex: raftIndex(service),
    raftTerm: service.raftTerm,
    raftAppliedIndex: raftIndex(service),
    dbSizeInUse: used,
    storageVersion: STORAGE_VERSION,
    dbSizeQuota: QUOTA,
    downgradeInfo: {},
  };
}

function statusFields(endpoint: string, service: EtcdService): string {
  const { dbSize, dbSizeInUse, leader, raftIndex: index } = statusOf(service);
  return (
    `${headerFields(service)}"Version" : "${service.version}"\n"StorageVersion" : "${STORAGE_VERSION}"\n"DBSize" : ${dbSize}\n` +
    `"DBSizeInUse" : ${dbSizeInUse}\n"DBSizeQuota" : ${QUOTA}\n"Leader" : ${leader}\n"IsLearner" : false\n"RaftIndex" : ${index}\n` +
    `"RaftTerm" : ${service.raftTerm}\n"RaftAppliedIndex" : ${index}\n"Errors" : []\n"Endpoint" : "${endpoint}"\n` +
    '"DowngradeTargetVersion" : ""\n"DowngradeEnabled" : false\n\n'
  );
}

export const hashKv: Command = {
  summary: 'Prints the KV history hash for each endpoint in --endpoints',
  usage: 'endpoint hashkv',
  formats: ['table'],
  flags: { cluster: false, rev: '0' },
  *run(call) {
    const { flags, client, out } = call;
    const rows: (readonly string[])[] = [];
    for (const endpoint of yield* endpointsOf(call)) {
      const { store } = yield* client.one(endpoint, 'Maintenance/HashKV');
      const revision = flags.number('rev') || store.revision;
      const { kvs } = client.ask('Maintenance/HashKV', () => store.range({ key: '\0', end: '\0', revision }));
      rows.push([
        endpoint,
        String(hashOf(kvs.map((kv) => `${kv.key}\0${kv.modRevision}\0${bytesOf(kv)}`))),
        String(revision),
      ]);
    }
    const columns = ['ENDPOINT', 'HASH', 'HASH REVISION'];
    out(flags.text('write-out') === 'table' ? table(columns, rows) : rows.map((row) => `${row.join(', ')}\n`).join(''));
    return 0;
  },
};

export const memberList: Command = {
  summary: 'Lists all members in the cluster',
  usage: 'member list',
  formats: ['table', 'json', 'fields'],
  flags: { consistency: 'l' },
  *run({ flags, client, out }) {
    const service = yield* client.any('Cluster/MemberList');
    const { member } = service;
    const options = { withRevision: false };
    const format = flags.text('write-out');
    if (format === 'json')
      out(
        json({
          header: header(service, options),
          members: [
            {
              ID: BigInt(`0x${member.id}`),
              name: member.name,
              peerURLs: member.peerUrls,
              clientURLs: member.clientUrls,
            },
          ],
        }),
      );
    else if (format === 'fields')
      out(
        `${headerFields(service, options)}"ID" : ${BigInt(`0x${member.id}`)}\n"Name" : "${member.name}"\n` +
          `${member.peerUrls.map((url) => `"PeerURL" : "${url}"\n`).join('')}` +
          `${member.clientUrls.map((url) => `"ClientURL" : "${url}"\n`).join('')}"IsLearner" : false\n\n`,
      );
    else {
      const row = [member.id, 'started', member.name, member.peerUrls.join(), member.clientUrls.join(), 'false'];
      const columns = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'];
      out(format === 'table' ? table(columns, [row]) : `${row.join(', ')}\n`);
    }
    return 0;
  },
};

export const alarmList: Command = {
  summary: 'Lists all alarms',
  usage: 'alarm list',
  // No member runs out of space here, so that there is never one.
  *run({ client }) {
    yield* client.any('Maintenance/Alarm');
    return 0;
  },
};

export const compaction: Command = {
  summary: 'Compacts the event history in etcd',
  usage: 'compaction [options] <revision>',
  flags: { physical: false },
  *run({ flags, client, out }) {
    const [text] = flags.words;
    if (text === undefined || flags.words.length > 1)
      throw new CommandError('compaction command needs 1 argument', EXIT.badArguments);
    if (!/^\d+$/.test(text))
      throw new CommandError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`, EXIT.error);
    const { store } = yield* client.any('KV/Compact');
    client.ask('KV/Compact', () => store.compact(Number(text)));
    out(`compacted revision ${text}\n`);
    return 0;
  },
};

export const defrag: Command = {
  summary: 'Defragments the storage of the etcd members with given endpoints',
  usage: 'defrag',
  flags: { cluster: false },
  *run(call) {
    for (const endpoint of yield* endpointsOf(call)) {
      const service = yield* call.client.one(endpoint, 'Maintenance/Defragment');
      yield* service.defragment();
      call.out(`Finished defragmenting etcd member[${endpoint}]. took ${took(call, 30)}\n`);
    }
    return 0;
  },
};

export const snapshotSave: Command = {
  summary: 'Stores an etcd node backend snapshot to a given file',
  usage: 'snapshot save <filename>',
  *run(call) {
    const { process, flags, client, out } = call;
    const [path] = flags.words;
    if (path === undefined || flags.words.length > 1)
      throw new CommandError('snapshot save expects one argument', EXIT.badArguments);
    const [endpoint = ''] = client.endpoints;
    if (client.endpoints.length > 1)
      throw new CommandError('snapshot must be requested to one selected node, not multiple', EXIT.badArguments);
    const part = `${path}.part`;
    writeNew(call, part, '');
    client.log('info', 'snapshot/v3_snapshot.go:83', 'created temporary db file', { path: part });
    const service = yield* client.stream(endpoint, 'client');
    client.log('info', 'v3@v3.6.8/maintenance.go:236', 'opened snapshot stream; downloading', {}, 'client');
    client.log('info', 'snapshot/v3_snapshot.go:96', 'fetching snapshot', { endpoint });
    const time = took(call, 25);
    yield* sleep(process.kernel, Number.parseFloat(time));
    const text = service.snapshot();
    writeNew(call, part, text);
    process.files.rename(part, path);
    client.log('info', 'v3@v3.6.8/maintenance.go:302', 'completed snapshot read; closing', {}, 'client');
    client.log('info', 'snapshot/v3_snapshot.go:111', 'fetched snapshot', {
      endpoint,
      size: humanBytes(service.size().total),
      took: time,
      'etcd-version': STORAGE_VERSION,
    });
    client.log('info', 'snapshot/v3_snapshot.go:121', 'saved', { path });
    out(`Snapshot saved at ${path}\nServer version ${STORAGE_VERSION}\n`);
    return 0;
  },
};

function writeNew({ process }: Call, path: string, text: string): void {
  try {
    process.files.writeText(path, text, { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`could not open ${path} (open ${path}: ${error.message.toLowerCase()})`, EXIT.interrupted);
  }
}
