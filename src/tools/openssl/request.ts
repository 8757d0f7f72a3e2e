import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { encodeCertificate, issueCertificate, newSerial } from '#x509/certificate.ts';
import { encodePrivateKeyPkcs8, generateKey } from '#x509/key.ts';
import type { Subject } from '#x509/name.ts';

const DAY = 86_400_000;
const CURVES = ['prime256v1', 'P-256', 'secp256r1'];

/**
 * `openssl req -x509 -newkey ec …`: a new key on P-256 and a certificate that it signs for itself, as people make one for a Secret.
 *
 * @returns the exit status
 */
export function request(process: ProcessContext, words: readonly string[]): number {
  const { error, out } = process.streams;
  const refuse = (why: string) => {
    error(`openssl req: ${why}\n`);
    return 1;
  };
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const name = (words[index] ?? '').replace(/^--?/, '');
    if (['x509', 'nodes', 'noenc', 'batch'].includes(name)) flags.add(name);
    else if (['newkey', 'pkeyopt', 'keyout', 'out', 'days', 'subj'].includes(name)) {
      index += 1;
      values.set(name, words[index] ?? '');
    } else return refuse(`${words[index]} is not simulated here`);
  }
  const curve = /^ec_paramgen_curve:(?<curve>.+)$/.exec(values.get('pkeyopt') ?? '')?.groups?.['curve'];
  if (!flags.has('x509')) return refuse('requests (without -x509) are not simulated here');
  if (values.get('newkey') !== 'ec' || !CURVES.includes(curve ?? ''))
    return refuse('keys are simulated here on P-256 alone: -newkey ec -pkeyopt ec_paramgen_curve:prime256v1');
  if (!flags.has('nodes') && !flags.has('noenc'))
    return refuse('keys with a passphrase are not simulated here: -nodes');
  const subject = subjectOf(values.get('subj') ?? '');
  if (!subject) return refuse('-subj /O=…/CN=… is needed here: nobody is asked');
  const days = Number(values.get('days') ?? 30);
  if (!Number.isInteger(days) || days < 0) return refuse(`-days: ${values.get('days')} is no number of days`);
  const random = (count: number) => Uint8Array.from({ length: count }, () => process.kernel.random.int(256));
  const key = generateKey(random);
  const certificate = issueCertificate({
    subject,
    issuer: { certificate: 'self', key },
    serial: newSerial(random),
    notBefore: process.kernel.now,
    notAfter: process.kernel.now + days * DAY,
    isCa: true,
    publicKey: key.publicKey,
  });
  try {
    process.files.writeText(values.get('keyout') ?? 'privkey.pem', encodePrivateKeyPkcs8(key), { mode: 0o600 });
    const target = values.get('out');
    if (target === undefined) out(encodeCertificate(certificate));
    else process.files.writeText(target, encodeCertificate(certificate));
  } catch (failure) {
    if (!(failure instanceof FsError)) throw failure;
    return refuse(failure.message);
  }
  error('-----\n');
  return 0;
}

/** `/O=group/CN=user`; undefined for anything else. */
function subjectOf(text: string): Subject | undefined {
  let commonName = '';
  const organizations: string[] = [];
  for (const part of text.split('/').slice(1)) {
    const { type, value = '' } = /^(?<type>[A-Z]+)=(?<value>.*)$/.exec(part)?.groups ?? {};
    if (type === 'CN') commonName = value;
    else if (type === 'O') organizations.push(value);
    else return undefined;
  }
  return commonName === '' ? undefined : { commonName, organizations };
}
