import type { Routine } from '#kernel/coroutine.ts';
import { become, refuse } from './run-command.ts';
import type { Tool } from './tool.ts';

export const env: Tool = {
  options: {
    flags: 'i0',
    values: 'uC',
    long: { 'ignore-environment': 'i', 'unset=': 'u', 'chdir=': 'C' },
    stopsAtOperand: true,
  },
  *run(invocation) {
    const { process, has, given, value, operands, out, complain } = invocation;
    if (has('0')) {
      complain('-0 is not simulated here');
      return 2;
    }
    const environment: Record<string, string> = has('i') ? {} : { ...process.env };
    for (const [option, name] of given) if (option === 'u' && name !== undefined) delete environment[name];
    let index = 0;
    for (; index < operands.length; index += 1) {
      const { name, text } = /^(?<name>[^=]+)=(?<text>.*)$/s.exec(operands[index] ?? '')?.groups ?? {};
      if (name === undefined || text === undefined) break;
      environment[name] = text;
    }
    const command = operands.slice(index);
    if (command.length === 0) {
      for (const [name, text] of Object.entries(environment)) out(`${name}=${text}\n`);
      return 0;
    }
    const directory = value('C');
    let running: Routine<number>;
    try {
      running = become(process, command, {
        env: environment,
        ...(directory !== undefined && { workingDirectory: directory }),
      });
    } catch (error) {
      return refuse(invocation, command[0] ?? '', error);
    }
    return yield* running;
  },
};

export const printenv: Tool = {
  options: {},
  *run({ operands, process, out }) {
    if (operands.length === 0) for (const [name, text] of Object.entries(process.env)) out(`${name}=${text}\n`);
    const values = operands.map((name) => process.env[name]);
    for (const text of values) if (text !== undefined) out(`${text}\n`);
    return values.includes(undefined) ? 1 : 0;
  },
};
