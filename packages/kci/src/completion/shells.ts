/** Before the candidates: the shell completes file names itself. */
export const FILES = ':files';

/**
 * For each shell, the script that makes it ask `kci __complete SHELL -- WORD…` for candidates: one a line, followed by a
 * tab and what it means; the last word is the one to complete.
 */
export const SCRIPTS = {
  bash: `# completion of kci for bash: source <(kci completion bash)
_kci_complete() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == '${FILES}' ]]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("$1" __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
}
complete -F _kci_complete kci
`,
  zsh: `#compdef kci
# completion of kci for zsh: source <(kci completion zsh), or this file as _kci in a folder of $fpath
_kci() {
  local line
  local -a candidates
  for line in "\${(@f)$("$words[1]" __complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == '${FILES}' ]]; then
      _files
      return
    fi
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe kci candidates
}
if [[ $funcstack[1] == _kci ]]; then
  _kci "$@"
else
  compdef _kci kci
fi
`,
  fish: `# completion of kci for fish: kci completion fish | source
function __kci_complete
    set -l words (commandline -opc)
    set -l candidates ($words[1] __complete fish -- $words[2..] (commandline -ct) 2>/dev/null)
    if test "$candidates[1]" = '${FILES}'
        __fish_complete_path (commandline -ct)
    else
        string join \\n -- $candidates
    end
end
complete -c kci -f -a '(__kci_complete)'
`,
} as const;

export type Shell = keyof typeof SCRIPTS;

export function isShell(name: string): name is Shell {
  return Object.hasOwn(SCRIPTS, name);
}
