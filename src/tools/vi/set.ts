import type { State } from './state.ts';

const NAMES: Readonly<Record<string, keyof State['options']>> = {
  et: 'expandtab',
  expandtab: 'expandtab',
  hls: 'hlsearch',
  hlsearch: 'hlsearch',
  ic: 'ignorecase',
  ignorecase: 'ignorecase',
  list: 'list',
  nu: 'number',
  number: 'number',
  paste: 'paste',
  shiftwidth: 'shiftwidth',
  sw: 'shiftwidth',
};

/** Known to vim, and without a meaning here: what they are about is not there. */
const IDLE = [
  'ai',
  'autoindent',
  'ts',
  'tabstop',
  'sts',
  'softtabstop',
  'mouse',
  'wrap',
  'ruler',
  'ru',
  'cursorline',
  'cul',
  'is',
  'incsearch',
];

/** `:set nu sw=2 noet` */
export function setOptions(state: State, text: string): void {
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const {
      no,
      name = '',
      bang,
      value,
    } = /^(?<no>no)?(?<name>[a-z]+)(?<bang>[!?])?(?:=(?<value>.*))?$/.exec(word)?.groups ?? {};
    const option = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (!option) {
      if (IDLE.includes(name)) continue;
      state.fail(`E518: Unknown option: ${word}`);
      return;
    }
    if (option === 'shiftwidth') {
      if (!/^\d+$/.test(value ?? '')) {
        state.tell(`  shiftwidth=${state.options.shiftwidth}`);
        continue;
      }
      state.options.shiftwidth = Number(value);
    } else if (bang === '?') state.tell(`${state.options[option] ? '  ' : 'no'}${option}`);
    else state.options[option] = bang === '!' ? !state.options[option] : no === undefined;
  }
}
