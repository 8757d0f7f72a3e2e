/** What a kubelet needs of its node's file system; text is UTF-8. Paths are absolute. */
export interface KubeletFiles {
  /** Undefined for what is no file. */
  read(path: string): string | undefined;
  /** Makes the directories on its way. @param mode as 0o644 */
  write(path: string, text: string, mode?: number): void;
  makeDirectory(path: string, mode?: number): void;
  /** With all that is in it; nothing when there is none. */
  remove(path: string): void;
  /** Names in a directory, sorted; undefined when there is none. */
  list(path: string): readonly string[] | undefined;
  kind(path: string): 'file' | 'directory' | 'other' | undefined;
  /** Tells of changes of what is in a directory. */
  watch(path: string, changed: () => void): { close(): void };
}
