import { Argument } from 'commander';
import { SCRIPTS, type Shell } from '../completion/shells.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb<[shell: Shell]>({
  description: 'Prints a script that makes a shell complete commands, options and names of kci.',
  examples: [
    ['source <(kci completion bash)', 'for this shell; in ~/.bashrc for all'],
    ['source <(kci completion zsh)', 'the same for zsh, in ~/.zshrc after compinit'],
    ['kci completion fish > ~/.config/fish/completions/kci.fish', 'for fish'],
  ],
  configure: (command) => {
    command.addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)));
  },
  run: async (factory, [shell]) => {
    factory.result(SCRIPTS[shell].trimEnd());
  },
});
