import { describe, expect, it } from 'vitest';
import { keyAction } from './keys.ts';

const none = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false };
const ctrl = { ...none, ctrlKey: true };
const both = { ...ctrl, shiftKey: true };

describe('keyAction', () => {
  it.each([
    ['Ctrl+C is the program’s, whatever is selected', { ...ctrl, key: 'c', code: 'KeyC' }, true, 'program'],
    ['Ctrl+Shift+C copies', { ...both, key: 'C', code: 'KeyC' }, true, 'copy'],
    ['Ctrl+Shift+V pastes', { ...both, key: 'V', code: 'KeyV' }, false, 'paste'],
    ['Shift+Insert pastes', { ...none, shiftKey: true, key: 'Insert', code: 'Insert' }, false, 'paste'],
    ['Ctrl+Insert copies what is selected', { ...ctrl, key: 'Insert', code: 'Insert' }, true, 'copy'],
    ['⌘V pastes', { ...none, metaKey: true, key: 'v', code: 'KeyV' }, false, 'paste'],
    ['Ctrl+R is the shell’s', { ...ctrl, key: 'r', code: 'KeyR' }, false, 'program'],
    ['Ctrl+W is the shell’s', { ...ctrl, key: 'w', code: 'KeyW' }, false, 'program'],
    ['Tab is the shell’s', { ...none, key: 'Tab', code: 'Tab' }, false, 'program'],
    ['F6 leaves', { ...none, key: 'F6', code: 'F6' }, false, 'leave'],
    ['F5 loads the page anew', { ...none, key: 'F5', code: 'F5' }, false, 'browser'],
    ['Ctrl+Shift+I opens the browser’s tools', { ...both, key: 'I', code: 'KeyI' }, false, 'browser'],
  ] as const)('%s', (_name, pressed, hasSelection, action) => {
    expect(keyAction(pressed, hasSelection)).toBe(action);
  });
});
