import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { type EtcdMember, type EtcdService, writeEtcdData } from '#machine/etcd.ts';
import { utf8Encode } from '#machine/utf8.ts';
import { sha1 } from '#x509/sha1.ts';
import { bytesOf } from '../store/key-value.ts';
import type { Store } from '../store/store.ts';
import type { EtcdData } from './etcd-data.ts';

const VERSION = '3.6.8';
/** Pages of its file (bbolt), of which an empty one has five. */
const PAGE = 4_096;
const FIRST_PAGES = 5;
/** What a revision takes beside its key and its value. */
const OVERHEAD = 60;
/** What defragmenting takes, in milliseconds. */
const DEFRAGMENTING = 30;

interface ServiceOptions {
  readonly kernel: Kernel;
  readonly data: EtcdData;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  /** `--initial-cluster-token` */
  readonly token: string;
  readonly clientAuthorities?: () => string;
}

/** What etcd's processes answer over gRPC, beside what their store does. */
export class EtcdServer implements EtcdService {
  readonly store: Store;
  readonly member: EtcdMember;
  readonly clusterId: string;
  readonly version = VERSION;
  readonly raftTerm: number;
  readonly clientAuthorities?: () => string;
  readonly #kernel: Kernel;
  /** A file never shrinks by itself. */
  #largest = 0;

  constructor({ kernel, data, name, peerUrls, clientUrls, token, clientAuthorities }: ServiceOptions) {
    const { store, term, restored } = data;
    const urls = restored?.peerUrls ?? peerUrls;
    const id = memberId(urls, token);
    this.#kernel = kernel;
    this.store = store;
    this.member = { id: hex(id), name, peerUrls: urls, clientUrls };
    this.clusterId = hex(firstEight(sha1(id)));
    this.raftTerm = term;
    if (clientAuthorities) this.clientAuthorities = clientAuthorities;
  }

  snapshot(): string {
    return writeEtcdData({ term: this.raftTerm, data: { snapshot: this.store.snapshot() } });
  }

  size(): { readonly total: number; readonly used: number } {
    const used = this.#bytes(false);
    this.#largest = Math.max(this.#largest, this.#bytes(true));
    return { total: this.#largest, used };
  }

  *defragment(): Routine<void> {
    yield* sleep(this.#kernel, DEFRAGMENTING);
    this.#largest = this.#bytes(false);
  }

  #bytes(history: boolean): number {
    let bytes = 0;
    for (const { key, kv } of this.store.snapshot({ history }).changes)
      bytes += key.length + (kv ? bytesOf(kv.value).length : 0) + OVERHEAD;
    return (FIRST_PAGES + Math.ceil(bytes / PAGE)) * PAGE;
  }
}

/** etcd, server/etcdserver/api/membership.computeMemberID */
function memberId(peerUrls: readonly string[], token: string): Uint8Array {
  const text = utf8Encode([...peerUrls].sort().join('') + token);
  return firstEight(sha1(Uint8Array.from(text, (byte) => byte.charCodeAt(0))));
}

function firstEight(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, 8);
}

function hex(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^0+(?=.)/, '');
}
