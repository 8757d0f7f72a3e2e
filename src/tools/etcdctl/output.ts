import type { EtcdKeyValue, EtcdService } from '#machine/etcd.ts';
import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { encodeBase64 } from '#x509/base64.ts';

/** A table as tablewriter draws it: headings in the middle, values to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (cells: readonly string[], pad: (text: string, width: number) => string) =>
    `|${widths.map((width, column) => ` ${pad(cells[column] ?? '', width)} `).join('|')}|\n`;
  const centred = (text: string, width: number) => {
    const left = Math.floor((width - text.length) / 2);
    return `${' '.repeat(left)}${text}`.padEnd(width);
  };
  const right = (text: string, width: number) => text.padStart(width);
  return `${rule}${line(headings, centred)}${rule}${rows.map((row) => line(row, right)).join('')}${rows.length > 0 ? rule : rule}`;
}

/** JSON with numbers of 64 bits. */
export function json(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `\u0001${part}\u0001` : part));
  return `${text.replaceAll(/"\\u0001(?<digits>\d+)\\u0001"/g, '$<digits>')}\n`;
}

/** The bytes of a value. */
export function bytesOf({ value }: EtcdKeyValue): string {
  return typeof value === 'string' ? value : value.encode();
}

function base64(bytes: string): string {
  return encodeBase64(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

/** As `get` and `watch` print a key and its value; bytes that are no UTF-8 cannot be shown. */
export function pair(
  kv: EtcdKeyValue,
  { hex, valueOnly }: { readonly hex: boolean; readonly valueOnly: boolean },
): string {
  const shown = (bytes: string) => (hex ? escaped(bytes) : utf8Decode(bytes));
  return `${valueOnly ? '' : `${shown(utf8Encode(kv.key))}\n`}${shown(bytesOf(kv))}\n`;
}

function escaped(bytes: string): string {
  return [...bytes].map((byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
}

/** The header of every answer. */
export function header(service: EtcdService, { withRevision = true }: { readonly withRevision?: boolean } = {}) {
  return {
    cluster_id: BigInt(`0x${service.clusterId}`),
    member_id: BigInt(`0x${service.member.id}`),
    ...(withRevision && { revision: service.store.revision }),
    raft_term: service.raftTerm,
  };
}

/** The header with `-w fields`. */
export function headerFields(
  service: EtcdService,
  { withRevision = true }: { readonly withRevision?: boolean } = {},
): string {
  const { cluster_id, member_id, raft_term } = header(service);
  const revision = withRevision ? `"Revision" : ${service.store.revision}\n` : '';
  return `"ClusterID" : ${cluster_id}\n"MemberID" : ${member_id}\n${revision}"RaftTerm" : ${raft_term}\n`;
}

/** A key with `-w json`: what is zero is left out. */
export function jsonPair(kv: EtcdKeyValue): Readonly<Record<string, unknown>> {
  const bytes = bytesOf(kv);
  return {
    key: base64(utf8Encode(kv.key)),
    ...(kv.createRevision > 0 && { create_revision: kv.createRevision }),
    mod_revision: kv.modRevision,
    ...(kv.version > 0 && { version: kv.version }),
    ...(bytes !== '' && { value: base64(bytes) }),
    ...(kv.lease !== 0 && { lease: kv.lease }),
  };
}

/** `2.4 MB`, as go-humanize writes bytes. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const rounded = Math.floor(value * 10 + 0.5) / 10;
  return `${unit > 0 && value < 10 ? rounded.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
