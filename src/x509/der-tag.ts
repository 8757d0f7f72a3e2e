/** The tags of DER that certificates and keys use. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  /** `[number]`, of a field that its place in a SEQUENCE tells. */
  context: (number: number, constructed: boolean): number => (constructed ? 0xa0 : 0x80) | number,
} as const;
