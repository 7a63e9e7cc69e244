# Types $1 and a tab into an interactive zsh with the completion of lading, and prints the line that results.
zmodload zsh/zpty
zpty shell 'zsh -f -i'
zpty -w shell 'PS1=; unsetopt prompt_sp zle_bracketed_paste; autoload -U compinit; compinit -u -D; source lading.completion'
# At the end of the line, a key writes it to a file instead of running it.
zpty -w shell 'report() { print -r -- "$BUFFER" >line; zle send-break }; zle -N report; bindkey "^X" report; bindkey "^I" complete-word; : >ready'
while [[ ! -e ready ]]; do zpty -r -t shell _; sleep 0.05; done
zpty -w -n shell "$1"$'\t\x18'
while [[ ! -s line ]]; do zpty -r -t shell _; sleep 0.05; done
zpty -d shell
cat line
