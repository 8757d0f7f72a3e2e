/** Whose a key is: the program's, the browser's, or the terminal's own. */
export type KeyAction = 'program' | 'browser' | 'copy' | 'paste' | 'leave';

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

/** The key that goes from the terminal to the page, and back: Tab belongs to the shell. */
const LEAVE_KEY = 'F6';

/**
 * Copy and paste as terminals have them (Ctrl+Shift+C, Ctrl+Shift+V, Ctrl+Insert, Shift+Insert; ⌘C and ⌘V), and a way out. Ctrl+R, Ctrl+L,
 * Ctrl+A, Ctrl+W … are the shell's where the browser lets a page have them.
 */
export function keyAction(pressed: Pressed, hasSelection: boolean): KeyAction {
  const { key, code, ctrlKey, shiftKey, metaKey } = pressed;
  if (ctrlKey && shiftKey && code === 'KeyC') return 'copy';
  if (ctrlKey && shiftKey && code === 'KeyV') return 'paste';
  if (key === 'Insert' && ctrlKey && !shiftKey && hasSelection) return 'copy';
  if (key === 'Insert' && shiftKey && !ctrlKey) return 'paste';
  if (metaKey && code === 'KeyC' && hasSelection) return 'copy';
  if (metaKey && code === 'KeyV') return 'paste';
  if (key === LEAVE_KEY) return 'leave';
  if (metaKey || key === 'F5' || key === 'F11' || key === 'F12') return 'browser';
  return ctrlKey && shiftKey ? 'browser' : 'program';
}
