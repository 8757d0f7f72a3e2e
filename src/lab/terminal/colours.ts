import type { ITheme } from '@xterm/xterm';

/** The sixteen colours of a terminal, by the names of the style sheet's variables. */
const NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const satisfies readonly (keyof ITheme)[];

const OTHERS = ['background', 'foreground', 'cursor', 'selection'] as const;

const dashed = (name: string) => `--terminal-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

// Only of a registered property the browser says which of its two themes' colours it is.
for (const name of [...NAMES, ...OTHERS])
  CSS.registerProperty({ name: dashed(name), syntax: '<color>', inherits: true, initialValue: 'gray' });

/** The terminal's colours, as the style sheet has them for the theme that is shown. */
export function colours(element: Element): ITheme {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(dashed(name));
  const theme: ITheme = {
    background: value('background'),
    foreground: value('foreground'),
    cursor: value('cursor'),
    cursorAccent: value('background'),
    selectionBackground: value('selection'),
  };
  for (const name of NAMES) theme[name] = value(name);
  return theme;
}
