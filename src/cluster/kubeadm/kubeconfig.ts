import { encodeBase64 } from '#x509/base64.ts';
import { encodeCertificate } from '#x509/certificate.ts';
import { encodePrivateKey } from '#x509/key.ts';
import type { Identity } from './pki.ts';

/**
 * A kubeconfig with everything in it, as kubeadm writes them.
 *
 * @param credentials a certificate and its key, or a bearer token
 */
export function kubeconfig(
  cluster: string,
  server: string,
  authority: Identity,
  user: string,
  credentials: Identity | string,
): string {
  const context = `${user}@${cluster}`;
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64(encodeCertificate(authority.certificate))}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
    user: ${user}
  name: ${context}
current-context: ${context}
kind: Config
users:
- name: ${user}
  user:
${
  typeof credentials === 'string'
    ? `    token: ${credentials}`
    : `    client-certificate-data: ${base64(encodeCertificate(credentials.certificate))}
    client-key-data: ${base64(encodePrivateKey(credentials.key))}`
}
`;
}

function base64(text: string): string {
  return encodeBase64(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
}
