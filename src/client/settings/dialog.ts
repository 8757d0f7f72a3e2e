/** Opens and closes the settings; a button may name the field that it is about. Returns what closes them. */
export function followSettings(): () => void {
  const dialog = document.querySelector<HTMLDialogElement>('#settings');
  document.addEventListener('click', (event) => {
    if (!dialog || !(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>('[data-open-settings]');
    if (opener) {
      dialog.showModal();
      const field = opener.dataset.openSettings;
      if (field) dialog.querySelector<HTMLElement>(`#${field}`)?.focus();
    }
    // A click on the dialog itself is one on its backdrop: all that is inside it lies in children.
    if (event.target === dialog || event.target.closest('[data-close-settings]')) dialog.close();
  });
  return () => dialog?.close();
}
