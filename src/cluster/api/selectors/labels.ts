import { type FieldError, invalidValue, required } from '../field-error.ts';
import { quote } from '../json.ts';
import { labelValue, qualifiedName } from '../names.ts';
import type { LabelSelector, Labels } from '../object.ts';

/** Whether labels fit. */
export type LabelMatcher = (labels: Labels | undefined) => boolean;

/** A selector that cannot be read; the words are those of apimachinery, pkg/labels. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

interface Requirement {
  readonly key: string;
  readonly operator: '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  readonly values: readonly string[];
}

export const everything: LabelMatcher = () => true;
const nothing: LabelMatcher = () => false;

/**
 * Reads `labelSelector=` of a request: `app=web,tier in (a, b),!gone`.
 *
 * @throws SelectorError
 */
export function parseLabelSelector(text: string): LabelMatcher {
  const requirements = new Parser(text).parse();
  return (labels) => requirements.every((requirement) => meets(requirement, labels));
}

/** A metav1.LabelSelector; none selects nothing, an empty one everything (metav1.LabelSelectorAsSelector). */
export function selectorMatcher(selector: LabelSelector | undefined): LabelMatcher {
  if (!selector) return nothing;
  const pairs = Object.entries(selector.matchLabels ?? {});
  const requirements: Requirement[] = [];
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const sign = ({ In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' } as const)[operator];
    requirements.push({ key, operator: sign, values });
  }
  return (labels) => hasAll(labels, pairs) && requirements.every((requirement) => meets(requirement, labels));
}

/** The selector of a Service or a ReplicationController: all of these labels. An empty one selects nothing. */
export function setMatcher(set: Labels | undefined): LabelMatcher {
  const wanted = Object.entries(set ?? {});
  if (wanted.length === 0) return nothing;
  return (labels) => hasAll(labels, wanted);
}

function hasAll(labels: Labels | undefined, pairs: readonly (readonly [string, string])[]): boolean {
  for (const [key, value] of pairs) if (labels?.[key] !== value) return false;
  return true;
}

/** As `status.selector` of a Scale has it (metav1.FormatLabelSelector). */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (!selector) return '<none>';
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const list = `(${[...values].sort().join(',')})`;
    if (operator === 'In') parts.push(`${key} in ${list}`);
    else if (operator === 'NotIn') parts.push(`${key} notin ${list}`);
    else parts.push(operator === 'Exists' ? key : `!${key}`);
  }
  return parts.length === 0 ? '<none>' : parts.sort().join(',');
}

/** metav1/validation.ValidateLabelSelector */
export function checkLabelSelector(selector: LabelSelector | undefined, field: string): FieldError[] {
  if (!selector) return [];
  const errors = checkLabels(selector.matchLabels, `${field}.matchLabels`);
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push({
          type: 'FieldValueForbidden',
          field: `${at}.values`,
          detail: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        });
      }
    } else errors.push(invalidValue(`${at}.operator`, operator, 'not a valid selector operator'));
    for (const message of qualifiedName(key)) errors.push(invalidValue(`${at}.key`, key, message));
  }
  return errors;
}

/** metav1/validation.ValidateLabels */
export function checkLabels(labels: Labels | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedName(key).map((message) => invalidValue(field, key, message)),
    ...labelValue(value).map((message) => invalidValue(field, value, message)),
  ]);
}

function meets({ key, operator, values }: Requirement, labels: Labels | undefined): boolean {
  const value = labels?.[key];
  switch (operator) {
    case '=':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'lt':
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

const STARTS = "!, identifier, or 'end of string'";
const TOKEN = /\s*(?<token>==|!=|[=!<>(),]|[^\s=!<>(),]+)/y;

/** pkg/labels.Parser: a key, perhaps an operator, perhaps values. */
class Parser {
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(text); match?.groups; match = TOKEN.exec(text))
      this.#tokens.push(match.groups['token'] ?? '');
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    while (this.#at < this.#tokens.length) {
      const first = this.#peek() ?? '';
      if (/^[=<>(),]/.test(first) || first === '!=') throw new SelectorError(`found '${first}', expected: ${STARTS}`);
      try {
        requirements.push(this.#requirement());
      } catch (error) {
        if (!(error instanceof SelectorError)) throw error;
        throw new SelectorError(`unable to parse requirement: ${error.message}`);
      }
      const next = this.#take();
      if (next === undefined) break;
      if (next !== ',') throw new SelectorError(`found '${next}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after === undefined || after === ',') {
        throw new SelectorError(`found '${after ?? ''}', expected: identifier after ','`);
      }
    }
    return requirements;
  }

  #requirement(): Requirement {
    if (this.#peek() === '!') {
      this.#take();
      return { key: this.#key(), operator: '!', values: [] };
    }
    const key = this.#key();
    const sign = this.#peek();
    if (sign === undefined || sign === ',') return { key, operator: 'exists', values: [] };
    this.#take();
    switch (sign) {
      case '=':
      case '==':
        return { key, operator: '=', values: [this.#value(key)] };
      case '!=':
        return { key, operator: '!=', values: [this.#value(key)] };
      case '>':
      case '<':
        return { key, operator: sign === '>' ? 'gt' : 'lt', values: [this.#number(key)] };
      case 'in':
      case 'notin':
        return { key, operator: sign, values: this.#set(key) };
      default:
        throw new SelectorError(`found '${sign}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  #key(): string {
    const key = this.#take();
    if (key === undefined || /^[=!<>(),]/.test(key))
      throw new SelectorError(`found '${key ?? ''}', expected: identifier`);
    for (const message of qualifiedName(key))
      throw new SelectorError(`<nil>: Invalid value: ${quote(key)}: ${message}`);
    return key;
  }

  #value(key: string): string {
    const next = this.#peek();
    if (next === undefined || next === ',') return '';
    if (/^[=!<>()]/.test(next)) throw new SelectorError(`found '${next}', expected: identifier`);
    this.#take();
    return checkedValue(key, next);
  }

  #number(key: string): string {
    const value = this.#value(key);
    if (!/^-?\d+$/.test(value)) {
      throw new SelectorError(
        `values[0]: Invalid value: ${quote(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
    return value;
  }

  #set(key: string): string[] {
    const open = this.#take();
    if (open !== '(') throw new SelectorError(`found '${open ?? ''}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const next = this.#take();
      if (next === ')') return values;
      if (next === ',') continue;
      if (next === undefined) throw new SelectorError("found '', expected: ',' or ')'");
      values.push(checkedValue(key, next));
    }
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(): string | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }
}

function checkedValue(key: string, value: string): string {
  for (const message of labelValue(value)) {
    throw new SelectorError(`values[0][${key}]: Invalid value: ${quote(value)}: ${message}`);
  }
  return value;
}
