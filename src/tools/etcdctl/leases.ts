import { sleep } from '#kernel/coroutine.ts';
import type { Command } from './command.ts';
import { CommandError, EXIT } from './flags.ts';
import { leaseOf } from './keys.ts';

function written(id: number): string {
  return id.toString(16).padStart(16, '0');
}

export const grant: Command = {
  summary: 'Creates leases',
  usage: 'lease grant <ttl>',
  *run({ flags, client, out }) {
    const [ttl] = flags.words;
    if (ttl === undefined || flags.words.length > 1)
      throw new CommandError('lease grant command needs TTL argument', EXIT.badArguments);
    if (!/^-?\d+$/.test(ttl))
      throw new CommandError(
        `bad TTL (strconv.ParseInt: parsing ${JSON.stringify(ttl)}: invalid syntax)`,
        EXIT.badArguments,
      );
    const { store } = yield* client.any('Lease/LeaseGrant');
    const lease = client.ask(
      'Lease/LeaseGrant',
      () => store.leases.grant(Number(ttl)),
      (why) => `failed to grant lease (${why})`,
    );
    out(`lease ${written(lease.id)} granted with TTL(${lease.ttl}s)\n`);
    return 0;
  },
};

export const revoke: Command = {
  summary: 'Revokes leases',
  usage: 'lease revoke <leaseID>',
  *run({ flags, client, out }) {
    const [text] = flags.words;
    if (text === undefined || flags.words.length > 1)
      throw new CommandError('lease revoke command needs 1 argument', EXIT.badArguments);
    const id = leaseOf(text);
    const { store } = yield* client.any('Lease/LeaseRevoke');
    client.ask(
      'Lease/LeaseRevoke',
      () => store.leases.revoke(id),
      (why) => `failed to revoke lease (${why})`,
    );
    out(`lease ${written(id)} revoked\n`);
    return 0;
  },
};

export const list: Command = {
  summary: 'List all active leases',
  usage: 'lease list',
  *run({ client, out }) {
    const { store } = yield* client.any('Lease/LeaseLeases');
    const leases = store.leases.list();
    out(`found ${leases.length} leases\n${leases.map(({ id }) => `${written(id)}\n`).join('')}`);
    return 0;
  },
};

export const timeToLive: Command = {
  summary: 'Get lease information',
  usage: 'lease timetolive <leaseID> [options]',
  flags: { keys: false },
  *run({ flags, client, out }) {
    const [text] = flags.words;
    if (text === undefined || flags.words.length > 1)
      throw new CommandError('lease timetolive command needs lease ID as argument', EXIT.badArguments);
    const id = leaseOf(text);
    const { store } = yield* client.any('Lease/LeaseTimeToLive');
    const lease = store.leases.state(id);
    if (!lease) {
      out(`lease ${written(id)} already expired\n`);
      return 0;
    }
    const keys = flags.has('keys') ? `, attached keys([${lease.keys.join(' ')}])` : '';
    out(`lease ${written(id)} granted with TTL(${lease.ttl}s), remaining(${lease.remaining}s)${keys}\n`);
    return 0;
  },
};

export const keepAlive: Command = {
  summary: 'Keeps leases alive (renew)',
  usage: 'lease keep-alive [options] <leaseID>',
  flags: { once: false },
  *run({ process, flags, client, out }) {
    const [text] = flags.words;
    if (text === undefined || flags.words.length > 1)
      throw new CommandError('lease keep-alive command needs lease ID as argument', EXIT.badArguments);
    const id = leaseOf(text);
    const { store } = yield* client.any('Lease/LeaseKeepAlive');
    for (;;) {
      if (!store.leases.state(id)) {
        if (flags.has('once')) throw new CommandError('etcdserver: requested lease not found', EXIT.error);
        out(`lease ${written(id)} expired or revoked.\n`);
        return 0;
      }
      const ttl = store.leases.keepAlive(id);
      out(`lease ${written(id)} keepalived with TTL(${ttl})\n`);
      if (flags.has('once')) return 0;
      yield* sleep(process.kernel, (ttl * 1000) / 3);
    }
  },
};
