import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { type Certificate, readCertificate, readCertificates } from '#x509/certificate.ts';
import { encodePublicKey } from '#x509/key.ts';
import { verifyCertificate } from '#x509/verify.ts';
import { X509Error } from '#x509/x509-error.ts';
import { request } from './request.ts';
import { certificateText, fingerprint, opensslTime, subjectLine } from './text.ts';

/** openssl: looks at certificates, and verifies them. */
export const openssl: Program = function* (process) {
  const [verb, ...words] = process.argv.slice(1);
  const { out, error } = process.streams;
  switch (verb) {
    case 'x509':
      return yield* x509(process, words);
    case 'verify':
      return verify(process, words);
    case 'req':
      return request(process, words);
    case 'version':
      out('OpenSSL 3.5.4 30 Sep 2025 (Library: OpenSSL 3.5.4 30 Sep 2025)\n');
      return 0;
    case undefined:
      error('openssl: commands that are simulated here: x509, verify, req, version\n');
      return 1;
    default:
      error(`openssl: ${verb} is not simulated here\n`);
      return 1;
  }
};

const FLAGS = [
  'noout',
  'text',
  'enddate',
  'startdate',
  'dates',
  'subject',
  'issuer',
  'serial',
  'fingerprint',
  'pubkey',
  'sha256',
  'sha1',
];
const VALUES = ['in', 'inform', 'outform', 'checkend', 'ext', 'nameopt', 'out'];

function* x509(process: ProcessContext, words: readonly string[]): Routine<number> {
  const { out, error } = process.streams;
  const given: (readonly [name: string, value: string])[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const name = (words[index] ?? '').replace(/^--?/, '');
    if (FLAGS.includes(name)) given.push([name, '']);
    else if (VALUES.includes(name)) {
      index += 1;
      given.push([name, words[index] ?? '']);
    } else {
      error(
        /^(?:req|CA|CAkey|CAcreateserial|days|signkey|set_serial|extfile)$/.test(name)
          ? `openssl x509: -${name} is not simulated here\n`
          : `x509: Unknown option or cipher: ${name}\nx509: Use -help for summary.\n`,
      );
      return 1;
    }
  }
  const value = (name: string) => given.find(([key]) => key === name)?.[1];
  const path = value('in');
  let pem: string;
  try {
    pem = path === undefined ? yield* everything(process) : process.files.readText(path);
  } catch (failure) {
    if (!(failure instanceof FsError)) throw failure;
    error(`Could not open file or uri for loading certificate from ${path}: ${failure.message}\n`);
    return 1;
  }
  let certificate: Certificate;
  try {
    certificate = readCertificate(pem);
  } catch (failure) {
    if (!(failure instanceof X509Error)) throw failure;
    error(`Could not find certificate from ${path ?? '<stdin>'}\n`);
    return 1;
  }
  let status = 0;
  for (const [name, text] of given) {
    switch (name) {
      case 'text':
        out(certificateText(certificate));
        break;
      case 'startdate':
        out(`notBefore=${opensslTime(certificate.notBefore)}\n`);
        break;
      case 'enddate':
        out(`notAfter=${opensslTime(certificate.notAfter)}\n`);
        break;
      case 'dates':
        out(`notBefore=${opensslTime(certificate.notBefore)}\nnotAfter=${opensslTime(certificate.notAfter)}\n`);
        break;
      case 'subject':
        out(`subject=${subjectLine(certificate.subject)}\n`);
        break;
      case 'issuer':
        out(`issuer=${subjectLine(certificate.issuer)}\n`);
        break;
      case 'serial':
        out(`serial=${certificate.serial.toString(16).toUpperCase().padStart(2, '0')}\n`);
        break;
      case 'fingerprint':
        out(
          fingerprint(
            certificate,
            given.some(([key]) => key === 'sha256'),
          ),
        );
        break;
      case 'pubkey':
        out(encodePublicKey(certificate.publicKey));
        break;
      case 'ext':
        out(extensionText(certificate, text));
        break;
      case 'checkend': {
        const expires = certificate.notAfter < process.kernel.now + Number(text) * 1000;
        out(expires ? 'Certificate will expire\n' : 'Certificate will not expire\n');
        status = expires ? 1 : 0;
      }
    }
  }
  if (value('noout') === undefined) out(pem.slice(Math.max(0, pem.indexOf('-----BEGIN'))));
  return status;
}

function extensionText(certificate: Certificate, names: string): string {
  const text = certificateText(certificate);
  return names
    .split(',')
    .map((name) => {
      const title = {
        subjectAltName: 'X509v3 Subject Alternative Name',
        keyUsage: 'X509v3 Key Usage',
        extendedKeyUsage: 'X509v3 Extended Key Usage',
        basicConstraints: 'X509v3 Basic Constraints',
      }[name];
      const lines = text.split('\n');
      const at = title === undefined ? -1 : lines.findIndex((line) => line.includes(title));
      if (at < 0) return 'No extensions in certificate\n';
      return `${(lines[at] ?? '').trim()}\n    ${(lines[at + 1] ?? '').trim()}\n`;
    })
    .join('');
}

function* everything({ streams }: ProcessContext): Routine<string> {
  let text = '';
  for (let more = yield* streams.read(); more !== undefined; more = yield* streams.read()) text += more;
  return text;
}

const VERIFY_VALUES = ['CAfile', 'untrusted', 'purpose', 'verify_hostname'];

function verify({ files, streams, kernel }: ProcessContext, words: readonly string[]): number {
  const given = new Map<string, string>();
  const paths: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const name = word.replace(/^--?/, '');
    if (!word.startsWith('-')) paths.push(word);
    else if (VERIFY_VALUES.includes(name)) {
      index += 1;
      given.set(name, words[index] ?? '');
    } else {
      streams.error(`verify: Unknown option or cipher: ${name}\nverify: Use -help for summary.\n`);
      return 1;
    }
  }
  const read = (path: string): string | undefined => {
    try {
      return files.readText(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      streams.error(`Could not open file or uri for loading certificate file from ${path}: ${error.message}\n`);
      return undefined;
    }
  };
  const authority = given.get('CAfile');
  const roots = authority === undefined ? '' : read(authority);
  if (roots === undefined) return 1;
  let status = 0;
  for (const path of paths) {
    const pem = read(path);
    if (pem === undefined) return 2;
    try {
      const certificate = readCertificate(pem);
      const result = verifyCertificate(certificate, roots === '' ? [] : readCertificates(roots), kernel.now, {});
      if (result.ok) streams.out(`${path}: OK\n`);
      else {
        const isExpired = kernel.now > certificate.notAfter;
        const [code, words] = isExpired
          ? [10, 'certificate has expired']
          : [20, 'unable to get local issuer certificate'];
        streams.error(
          `${subjectLine(certificate.subject)}\nerror ${code} at 0 depth lookup: ${words}\nerror ${path}: verification failed\n`,
        );
        status = 2;
      }
    } catch (error) {
      if (!(error instanceof X509Error)) throw error;
      streams.error(`Could not find certificate file from ${path}\n`);
      status = 2;
    }
  }
  return status;
}
