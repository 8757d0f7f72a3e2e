/** /etc/bash.bashrc: the prompt of Debian's interactive shells. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's to expand
export const BASHRC = "PS1='${debian_chroot:+($debian_chroot)}\\u@\\h:\\w\\$ '\n";

/** /etc/profile: shells of people who log in begin as others do. */
export const PROFILE = 'if [ -n "$BASH" ]; then . /etc/bash.bashrc; fi\n';
