/** The nodes that the pages are written for, and what the reader's own are called. */
export type NodeNames = Readonly<Record<NodeName, string>>;
export type NodeName = 'cp1' | 'w1' | 'w2';

export const nodeNames = ['cp1', 'w1', 'w2'] as const satisfies readonly NodeName[];
export const ownNames: NodeNames = { cp1: 'cp1', w1: 'w1', w2: 'w2' };

const MENTION = /(?<![A-Za-z0-9])(cp1|w1|w2)(?![A-Za-z0-9])( *)/g;

/**
 * Replaces the pages' node names by the reader's, all at once (so two names can be swapped). A name counts where neither a letter
 * nor a digit touches it: `kube-apiserver-cp1`, `node/w1`, not `vw1`. Where columns are set by two or more blanks after a name,
 * the blanks give way, so that tables stay in line as far as there is room.
 */
export function renameNodes(text: string, names: NodeNames): string {
  return text.replaceAll(MENTION, (_match, name: NodeName, blanks: string) => {
    const own = names[name];
    if (blanks.length < 2) return own + blanks;
    return own + ' '.repeat(Math.max(2, blanks.length + name.length - own.length));
  });
}

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * Says why a name cannot be a node's, or undefined when it can.
 * Kubernetes wants a lower-case RFC 1123 subdomain of at most 253 characters (apimachinery, IsDNS1123Subdomain).
 */
export function nodeNameProblem(name: string): string | undefined {
  if (name === '') return 'A node name cannot be empty.';
  if (name.length > 253) return 'A node name has at most 253 characters.';
  if (!name.split('.').every((label) => LABEL.test(label))) {
    return 'Use lower case letters, digits, "-" and "."; each part begins and ends with a letter or digit.';
  }
  return undefined;
}
