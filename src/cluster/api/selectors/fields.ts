import { SelectorError } from './labels.ts';

/** One condition of `fieldSelector=`. */
export interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly isEqual: boolean;
}

/**
 * Reads `fieldSelector=` of a request: `status.phase=Running,spec.nodeName!=w1`. Which fields a kind knows is its own business.
 *
 * @throws SelectorError (apimachinery, pkg/fields)
 */
export function parseFieldSelector(text: string): FieldRequirement[] {
  if (text.trim() === '') return [];
  return splitTerms(text).map((term) => {
    const match = /^(?<field>.*?)(?<sign>!=|==|=)(?<value>.*)$/s.exec(term);
    if (!match?.groups) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    const { field = '', sign, value = '' } = match.groups;
    return { field: field.trim(), value: unescaped(value), isEqual: sign !== '!=' };
  });
}

/** Terms are parted by commas; `\,` `\=` and `\\` stand for themselves. */
function splitTerms(text: string): string[] {
  return (text.match(/(?:\\.|[^,])+/gs) ?? []).filter((term) => term !== '');
}

function unescaped(value: string): string {
  return value.replace(/\\(.?)/gs, (sequence, letter: string) => {
    if (/[\\,=]/.test(letter)) return letter;
    throw new SelectorError(`invalid field selector: invalid escape sequence: ${sequence}`);
  });
}
