import { DerReader } from './der-reader.ts';
import { TAG } from './der-tag.ts';
import { objectIdentifier, sequence, setOf, text } from './der-writer.ts';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';

/** For Kubernetes a subject is a user (common name) and its groups (organizations). */
export interface Subject {
  /** Empty for none. */
  readonly commonName: string;
  readonly organizations: readonly string[];
}

export interface Name extends Subject {
  /** All of the name in its order, also what is neither common name nor organization; types are dotted. */
  readonly attributes: readonly { readonly type: string; readonly value: string }[];
}

/** As Go's pkix.Name: all organizations in one set, so that they come out in the order of their bytes, then the common name. */
export function writeName({ commonName, organizations }: Subject): Uint8Array {
  const attribute = (type: string, value: string) => sequence(objectIdentifier(type), text(value));
  const groups = organizations.map((organization) => attribute(ORGANIZATION, organization));
  return sequence(
    ...(groups.length > 0 ? [setOf(...groups)] : []),
    ...(commonName === '' ? [] : [setOf(attribute(COMMON_NAME, commonName))]),
  );
}

/** @param content what is in the SEQUENCE */
export function readName(content: Uint8Array): Name {
  const problem = 'invalid RDNSequence';
  const attributes: { type: string; value: string }[] = [];
  for (const names = new DerReader(content); !names.done; ) {
    for (const set = names.enter(TAG.set, problem); !set.done; ) {
      const pair = set.enter(TAG.sequence, `${problem}: invalid attribute`);
      const type = pair.objectIdentifier(`${problem}: invalid attribute type`);
      attributes.push({ type, value: pair.text(`${problem}: invalid attribute value`) });
    }
  }
  const values = (wanted: string) => attributes.filter(({ type }) => type === wanted).map(({ value }) => value);
  return { commonName: values(COMMON_NAME).at(-1) ?? '', organizations: values(ORGANIZATION), attributes };
}
