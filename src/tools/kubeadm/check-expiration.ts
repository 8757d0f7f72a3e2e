import { parse } from 'yaml';
import { calendarTime } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { type FileSystem, readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { decodeBase64 } from '#x509/base64.ts';
import { type Certificate, readCertificate } from '#x509/certificate.ts';
import { X509Error } from '#x509/x509-error.ts';
import { ApiError } from '../../cluster/api/status.ts';
import { ConnectionError } from '../../cluster/client/connection.ts';
import { FlagValues } from '../kubectl/command/flags.ts';
import { Session } from '../kubectl/connection/session.ts';
import { TABLE, tabulate } from '../kubectl/printers/tab-writer.ts';

const PKI = '/etc/kubernetes/pki';

interface Entry {
  readonly name: string;
  readonly authority: string;
  /** A certificate, or a kubeconfig with one in it. */
  readonly path: string;
}

const ENTRIES: readonly Entry[] = [
  { name: 'admin.conf', authority: 'ca', path: '/etc/kubernetes/admin.conf' },
  { name: 'apiserver', authority: 'ca', path: `${PKI}/apiserver.crt` },
  { name: 'apiserver-etcd-client', authority: 'etcd-ca', path: `${PKI}/apiserver-etcd-client.crt` },
  { name: 'apiserver-kubelet-client', authority: 'ca', path: `${PKI}/apiserver-kubelet-client.crt` },
  { name: 'controller-manager.conf', authority: 'ca', path: '/etc/kubernetes/controller-manager.conf' },
  { name: 'etcd-healthcheck-client', authority: 'etcd-ca', path: `${PKI}/etcd/healthcheck-client.crt` },
  { name: 'etcd-peer', authority: 'etcd-ca', path: `${PKI}/etcd/peer.crt` },
  { name: 'etcd-server', authority: 'etcd-ca', path: `${PKI}/etcd/server.crt` },
  { name: 'front-proxy-client', authority: 'front-proxy-ca', path: `${PKI}/front-proxy-client.crt` },
  { name: 'scheduler.conf', authority: 'ca', path: '/etc/kubernetes/scheduler.conf' },
  { name: 'super-admin.conf', authority: 'ca', path: '/etc/kubernetes/super-admin.conf' },
];

const AUTHORITIES: readonly Omit<Entry, 'authority'>[] = [
  { name: 'ca', path: `${PKI}/ca.crt` },
  { name: 'etcd-ca', path: `${PKI}/etcd/ca.crt` },
  { name: 'front-proxy-ca', path: `${PKI}/front-proxy-ca.crt` },
];

/** kubeadm certs check-expiration: a table of all certificates that kubeadm made. */
export function* checkExpiration(process: ProcessContext): Routine<number> {
  const { out } = process.streams;
  out('[check-expiration] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n');
  out("[check-expiration] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n");
  if (!(yield* configIsThere(process))) {
    out('[check-expiration] Error reading configuration from the Cluster. Falling back to default configuration\n');
  }
  out('\n');
  const { now } = process.kernel;
  const rows = ENTRIES.map(({ name, authority, path }) => {
    const certificate = certificateOf(process.files, path);
    return [
      name,
      ...(certificate ? expiry(certificate, now) : ['!MISSING!', '']),
      certificate ? authority : '',
      certificate ? 'no' : '',
      '',
    ];
  });
  const authorities = AUTHORITIES.map(({ name, path }) => {
    const certificate = certificateOf(process.files, path);
    return [name, ...(certificate ? expiry(certificate, now) : ['!MISSING!', '']), certificate ? 'no' : '', ''];
  });
  out(table([['CERTIFICATE', 'EXPIRES', 'RESIDUAL TIME', 'CERTIFICATE AUTHORITY', 'EXTERNALLY MANAGED', ''], ...rows]));
  out('\n');
  out(table([['CERTIFICATE AUTHORITY', 'EXPIRES', 'RESIDUAL TIME', 'EXTERNALLY MANAGED', ''], ...authorities]));
  return 0;
}

function table(rows: readonly (readonly string[])[]): string {
  return tabulate(rows.map((cells) => `${cells.join('\t')}\n`).join(''), TABLE);
}

function* configIsThere(process: ProcessContext): Routine<boolean> {
  const session = new Session(
    process,
    new FlagValues(new Map(), new Map([['kubeconfig', ['/etc/kubernetes/admin.conf']]])),
  );
  try {
    yield* session.json({ path: '/api/v1/namespaces/kube-system/configmaps/kubeadm-config' });
    return true;
  } catch (error) {
    if (
      error instanceof ApiError ||
      error instanceof ConnectionError ||
      (error instanceof Error && error.name === 'CommandError')
    )
      return false;
    throw error;
  }
}

function certificateOf(files: FileSystem, path: string): Certificate | undefined {
  const text = readTextIfThere(files, path);
  if (text === undefined) return undefined;
  try {
    if (path.endsWith('.crt')) return readCertificate(text);
    const config = parse(text) as {
      readonly users?: readonly { readonly user?: Readonly<Record<string, string>> }[];
    } | null;
    const data = config?.users?.[0]?.user?.['client-certificate-data'];
    return data === undefined ? undefined : readCertificate(String.fromCharCode(...decodeBase64(data)));
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Nov 23, 2027 04:04 UTC`, `364d` */
function expiry({ notAfter }: Certificate, now: number): readonly [expires: string, left: string] {
  const { year, month, day, hour, minute } = calendarTime(notAfter);
  const two = (value: number) => String(value).padStart(2, '0');
  const expires = `${MONTHS[month - 1]} ${two(day)}, ${year} ${two(hour)}:${two(minute)} UTC`;
  return [expires, now > notAfter ? '<invalid>' : shortDuration(notAfter - now)];
}

/** As duration.ShortHumanDuration. */
function shortDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`;
  const days = Math.floor(seconds / 86_400);
  return days < 365 ? `${days}d` : `${Math.floor(days / 365)}y`;
}
