/** /etc/bash.bashrc: the prompt of Debian's interactive shells. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's to expand
export const BASHRC = "PS1='${debian_chroot:+($debian_chroot)}\\u@\\h:\\w\\$ '\n";

/** ~/.bashrc of the user of the lessons, with the alias that the exam's machines have. */
export const HOME_BASHRC = "HISTCONTROL=ignoreboth\nalias ls='ls --color=auto'\nalias k=kubectl\n";

/** ~/.profile */
export const HOME_PROFILE = 'if [ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ]; then . "$HOME/.bashrc"; fi\n';

/** /etc/profile: shells of people who log in begin as others do. */
export const PROFILE = 'if [ -n "$BASH" ]; then . /etc/bash.bashrc; fi\n';
