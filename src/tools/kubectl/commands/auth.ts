import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { objectPrinter } from '../printers/output.ts';
import { printRows } from '../printers/table.ts';
import type { AnyObject } from '../resources/object.ts';
import { notSimulated } from './not-simulated.ts';

interface Rules {
  readonly status: {
    readonly resourceRules?: readonly {
      readonly verbs: readonly string[];
      readonly apiGroups?: readonly string[];
      readonly resources?: readonly string[];
      readonly resourceNames?: readonly string[];
    }[];
    readonly nonResourceRules?: readonly {
      readonly verbs: readonly string[];
      readonly nonResourceURLs?: readonly string[];
    }[];
  };
}

const canI: Command = {
  name: 'can-i',
  summary: 'Say whether something is allowed',
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  flags: [
    flag('list', 'bool'),
    flag('all-namespaces', 'bool', { short: 'A' }),
    flag('quiet', 'bool', { short: 'q' }),
    flag('subresource', 'string'),
    flag('no-headers', 'bool'),
  ],
  *run({ args, flags, session, out, error }) {
    const namespace = flags.bool('all-namespaces') ? '' : session.namespace;
    if (flags.bool('list')) {
      const rules = yield* session.json<Rules>({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
        body: {
          kind: 'SelfSubjectRulesReview',
          apiVersion: 'authorization.k8s.io/v1',
          metadata: {},
          spec: { namespace },
        },
      });
      out(
        printRows([
          ...(flags.bool('no-headers') ? [] : [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']]),
          ...ruleRows(rules),
        ]),
      );
      return 0;
    }
    const [verb, what] = args;
    if (verb === undefined || what === undefined)
      throw new CommandError(
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
      );
    let attributes: object;
    if (what.startsWith('/')) attributes = { nonResourceAttributes: { verb, path: what } };
    else {
      const [type = '', name] = what.split('/');
      const found = yield* findType(type);
      attributes = {
        resourceAttributes: {
          namespace: found.isNamespaced ? namespace : '',
          verb,
          group: found.group,
          resource: found.plural,
          ...(flags.string('subresource') !== '' && { subresource: flags.string('subresource') }),
          ...(name !== undefined && { name }),
        },
      };
    }
    const { status } = yield* session.json<{
      readonly status: { readonly allowed: boolean; readonly reason?: string; readonly evaluationError?: string };
    }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec: attributes },
    });
    if (!flags.bool('quiet')) {
      const why = [
        ...(status.reason ? [status.reason] : []),
        ...(status.evaluationError ? [status.evaluationError] : []),
      ];
      out(status.allowed ? 'yes\n' : `no${why.length > 0 ? ` - ${why.join(' - ')}` : ''}\n`);
    }
    return status.allowed ? 0 : 1;

    function* findType(type: string) {
      if (type === '*') return { group: '*', plural: '*', isNamespaced: true };
      try {
        const found = yield* session.discovery.find(type);
        if (!found.isNamespaced)
          error(
            `Warning: resource '${found.plural}' is not namespace scoped${found.group === '' ? '' : ` in group '${found.group}'`}\n\n`,
          );
        return found;
      } catch (failure) {
        if (!(failure instanceof CommandError)) throw failure;
        error(`Warning: the server doesn't have a resource type '${type}'\n\n`);
        const [plural = '', ...group] = type.split('.');
        return { group: group.join('.'), plural, isNamespaced: true };
      }
    }
  },
};

/** In the order in which kubectl sorts them: those of resources first. */
function ruleRows({ status: { resourceRules = [], nonResourceRules = [] } }: Rules): string[][] {
  const rows = resourceRules.flatMap(({ verbs, apiGroups = [''], resources = [], resourceNames = [] }) =>
    resources.flatMap((resource) =>
      apiGroups.map((group) => ({
        what: group === '' ? resource : `${resource}.${group}`,
        names: resourceNames,
        verbs,
      })),
    ),
  );
  const merged = new Map<
    string,
    { readonly what: string; readonly names: readonly string[]; readonly verbs: string[] }
  >();
  for (const { what, names, verbs } of rows) {
    const key = `${what}\n${names.join()}`;
    const known = merged.get(key);
    if (known) known.verbs.push(...verbs.filter((verb) => !known.verbs.includes(verb)));
    else merged.set(key, { what, names, verbs: [...verbs] });
  }
  return [
    ...[...merged.values()].map(({ what, names, verbs }) => [
      what,
      '[]',
      `[${names.join(' ')}]`,
      `[${verbs.join(' ')}]`,
    ]),
    ...nonResourceRules
      .flatMap(({ verbs, nonResourceURLs = [] }) => nonResourceURLs.map((url) => ({ url, verbs })))
      .toSorted((a, b) => (a.url < b.url ? -1 : 1))
      .map(({ url, verbs }) => ['', `[${url}]`, '[]', `[${verbs.join(' ')}]`]),
  ];
}

interface Review extends AnyObject {
  readonly status: {
    readonly userInfo: {
      readonly username?: string;
      readonly uid?: string;
      readonly groups?: readonly string[];
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

const whoami: Command = {
  name: 'whoami',
  summary: 'Say who one is for the server',
  flags: OUTPUT_FLAGS,
  *run({ flags, session, out, process }) {
    const review = yield* session.json<Review>({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', metadata: {} },
    });
    const printer = objectPrinter({ process, output: flags.string('output'), template: flags.string('template') });
    if (printer) {
      out(printer.print(review, undefined));
      return 0;
    }
    const { username, uid, groups = [], extra = {} } = review.status.userInfo;
    out(
      printRows([
        ['ATTRIBUTE', 'VALUE'],
        ...(username ? [['Username', username]] : []),
        ...(uid ? [['UID', uid]] : []),
        ...(groups.length > 0 ? [['Groups', `[${groups.join(' ')}]`]] : []),
        ...Object.keys(extra)
          .sort()
          .map((key) => [`Extra: ${key}`, `[${(extra[key] ?? []).join(' ')}]`]),
      ]),
    );
    return 0;
  },
};

const reconcile = notSimulated(
  'reconcile',
  'Bring roles and bindings to what files say',
  '“kubectl apply -f” does it here',
);

export const auth: Command = {
  name: 'auth',
  summary: 'Look at who may do what',
  subcommands: [canI, whoami, reconcile],
};
