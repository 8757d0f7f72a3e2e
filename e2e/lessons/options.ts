import { parseArgs } from 'node:util';
import type { Course, Lesson } from '#course/lesson.ts';
import { type NodeNames, nodeNameProblem, nodeNames, ownNames } from '#course/node-names.ts';

export const help = `Proves every command block of the built site on a real Kubernetes cluster.

  npm run e2e:kind                       makes a kind cluster, proves every page, compares its answers to kubectl
                                         (e2e/kubectl) and what happens in scenarios (e2e/scenarios) with the
                                         recorded ones, deletes the cluster
  npm run e2e:kind -- --page etcd        one page (may be repeated)

With -- before them:
  --page NAME          a page, by its last part: kube-apiserver
  --keep               leave the cluster when done
  --reuse              use the cluster that an earlier --keep left; make it where there is none. Implies --keep
  --shuffle [SEED]     pages in another order; the seed is printed
  --update             record the outputs that the pages show anew, into the lessons, and without --page the answers to
                       kubectl and the scenarios: a diff that a person reviews
  --cni calico         a kind cluster with Calico in place of kindnet (from the internet), for the blocks that need it
  --no-build           the site in dist is new enough
  --no-record          leave content/verification.json and the transcripts as they are

An existing cluster instead of kind (pages that need a cluster of their own are not applicable, unless named by --page):
  --kubeconfig FILE    how kubectl reaches it
  --node-shell CMD     a command that opens a shell on a node: 'ssh -tt {node}'
  --node cp1=NAME      what the pages' cp1, w1, w2 are called there (may be repeated)

It needs docker, kind and kubectl on the PATH (kubectl alone for an existing cluster). KIND_IMAGE names another node image.
`;

/** What a person asked for. */
export interface Options {
  readonly pages: readonly string[];
  readonly keep: boolean;
  readonly reuse: boolean;
  /** Undefined: in the course's order. */
  readonly shuffle: number | undefined;
  readonly update: boolean;
  readonly cni: 'calico' | undefined;
  readonly build: boolean;
  readonly record: boolean;
  readonly existing: { readonly kubeconfig: string; readonly nodeShell: string; readonly names: NodeNames } | undefined;
}

/** Reads the command line. @throws Error whose sentence says what to type */
export function readOptions(args: readonly string[], course: Course): Options | 'help' {
  // A seed is optional, which parseArgs does not know.
  const withSeed = args.flatMap((arg, index) => {
    if (arg !== '--shuffle') return [arg];
    const next = args[index + 1];
    return next !== undefined && /^\d+$/.test(next) ? [arg] : [arg, String(Math.floor(Math.random() * 1e6))];
  });
  const { values } = parseArgs({
    args: withSeed,
    options: {
      help: { type: 'boolean', short: 'h' },
      page: { type: 'string', multiple: true, default: [] },
      keep: { type: 'boolean', default: false },
      reuse: { type: 'boolean', default: false },
      shuffle: { type: 'string' },
      update: { type: 'boolean', default: false },
      cni: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      'no-record': { type: 'boolean', default: false },
      kubeconfig: { type: 'string' },
      'node-shell': { type: 'string' },
      node: { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.help) return 'help';
  const known = course.modules.flatMap((module) => module.lessons.map((lesson) => lesson.slug));
  const unknown = values.page.filter((page) => !known.includes(page));
  if (unknown.length > 0)
    throw new Error(`No page is called "${unknown.join('", "')}". The pages are ${known.join(', ')}.`);
  const { cni } = values;
  if (cni !== undefined && cni !== 'calico') throw new Error(`--cni ${cni} is not known: write --cni calico.`);
  const names = readNames(values.node);
  if (values.kubeconfig === undefined) {
    if (values['node-shell'] !== undefined || values.node.length > 0) {
      throw new Error('--node-shell and --node speak of an existing cluster: name it with --kubeconfig FILE.');
    }
  } else {
    if (values['node-shell'] === undefined) {
      throw new Error(
        "--kubeconfig needs --node-shell too: how a shell on a node is opened, such as 'ssh -tt {node}'.",
      );
    }
    if (!values['node-shell'].includes('{node}')) {
      throw new Error(
        `--node-shell '${values['node-shell']}' opens the same shell for every node: write {node} where the node's name goes.`,
      );
    }
    if (values.update || cni !== undefined) {
      throw new Error('--update and --cni speak of a kind cluster that is made for the run: leave --kubeconfig out.');
    }
  }
  return {
    pages: values.page,
    keep: values.keep || values.reuse,
    reuse: values.reuse,
    shuffle: values.shuffle === undefined ? undefined : Number(values.shuffle),
    update: values.update,
    cni,
    build: !values['no-build'],
    record: !values['no-record'],
    existing:
      values.kubeconfig === undefined
        ? undefined
        : { kubeconfig: values.kubeconfig, nodeShell: values['node-shell'] ?? '', names },
  };
}

function readNames(given: readonly string[]): NodeNames {
  const names = { ...ownNames };
  for (const each of given) {
    const [, node, name = ''] = /^([^=]+)=(.*)$/.exec(each) ?? [];
    const known = nodeNames.find((ours) => ours === node);
    if (!known)
      throw new Error(`--node ${each} names no node of the pages: write --node cp1=NAME, w1=NAME or w2=NAME.`);
    const problem = nodeNameProblem(name);
    if (problem !== undefined) throw new Error(`--node ${each}: ${problem}`);
    names[known] = name;
  }
  return names;
}

/** The lessons to prove, in the order asked for. Pages with a cluster of their own come last: others need not wait for it. */
export function lessonsOf(options: Pick<Options, 'pages' | 'shuffle'>, course: Course): Lesson[] {
  const all = course.modules.flatMap((module) => module.lessons).filter((lesson) => lesson.blocks.length > 0);
  const wanted = options.pages.length === 0 ? all : all.filter((lesson) => options.pages.includes(lesson.slug));
  const ordered = options.shuffle === undefined ? wanted : shuffled(wanted, options.shuffle);
  return [
    ...ordered.filter((lesson) => lesson.cluster !== 'own'),
    ...ordered.filter((lesson) => lesson.cluster === 'own'),
  ];
}

/** Fisher and Yates, with a small generator whose seed a person can repeat (mulberry32). */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [result[index], result[other]] = [result[other] as T, result[index] as T];
  }
  return result;
}
