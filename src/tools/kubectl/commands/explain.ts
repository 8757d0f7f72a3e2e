import type { Routine } from '#kernel/coroutine.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import type { Resource } from '../connection/discovery.ts';
import { describeSchema } from '../explain/describe-schema.ts';
import type { OpenApiDocument } from '../explain/schema.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'Say what the fields of a resource mean',
  usage: 'TYPE[.FIELD…]',
  flags: [
    flag('recursive', 'bool'),
    flag('api-version', 'string'),
    flag('output', 'string', { default: 'plaintext', short: 'o' }),
  ],
  *run(invocation) {
    const { args, flags, session, out } = invocation;
    const [text, ...more] = args;
    if (text === undefined)
      throw new CommandError(
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
        { isWhole: true },
      );
    if (more.length > 0) throw new CommandError('We accept only this format: explain RESOURCE\n', { isWhole: true });
    if (flags.string('output') !== 'plaintext')
      throw new CommandError(`-o ${flags.string('output')} is not simulated here: plaintext is`);
    const [type = '', ...path] = text.split('.').filter((part) => part !== '');
    const resource = yield* resourceOf(invocation, type);
    const { group, version, kind } = resource;
    const place = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    const document = yield* session.json<OpenApiDocument>({ path: `/openapi/v3/${place}` });
    out(`${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`);
    const described = describeSchema(document, { group, version, kind }, path, flags.bool('recursive'));
    if (described === undefined) throw new CommandError(`field ${JSON.stringify(path.at(-1))} does not exist`);
    out(described);
    return 0;
  },
};

/** @throws CommandError whose words stand alone */
function* resourceOf({ session, flags }: Invocation, type: string): Routine<Resource> {
  try {
    const found = yield* session.discovery.find(type);
    const wanted = flags.string('api-version');
    return wanted === '' ? found : yield* session.discovery.ofKind(wanted, found.kind);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.message, { isWhole: true });
  }
}
