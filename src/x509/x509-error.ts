/** What cannot be read, written or signed. The message has the words of Go's crypto/x509 where it has some for the case. */
export class X509Error extends Error {
  override readonly name = 'X509Error';
}
