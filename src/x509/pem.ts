import { decodeBase64, encodeBase64 } from './base64.ts';
import { X509Error } from './x509-error.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `EC PRIVATE KEY`, … */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** One block, in lines of 64 characters, with a line break at its end: files of several are such texts joined. */
export function encodePem(type: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ''].join('\n');
}

/**
 * All blocks of a file. As in Go's encoding/pem, what stands around them is skipped, and so is a block that is damaged,
 * so that a file of nonsense has no blocks. Blocks with headers are left out: these are encrypted keys.
 */
export function decodePem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let type: string | undefined;
  let body: string[] = [];
  for (const untrimmed of text.split('\n')) {
    const line = untrimmed.trimEnd();
    const begin = /^-----BEGIN ([^-]+)-----$/.exec(line);
    if (begin) {
      type = begin[1];
      body = [];
    } else if (type !== undefined && line.startsWith('-----END ')) {
      const bytes = line === `-----END ${type}-----` ? tryDecode(body.join('')) : undefined;
      if (bytes) blocks.push({ type, bytes });
      type = undefined;
    } else if (type !== undefined) {
      body.push(line.trimStart());
    }
  }
  return blocks;
}

function tryDecode(text: string): Uint8Array | undefined {
  try {
    return decodeBase64(text);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}
