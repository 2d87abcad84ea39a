package cmd

import "github.com/spf13/cobra"

// newCompletionCmd returns the command that prints what a shell has to read to
// complete the commands and flags of wscope.
func newCompletionCmd(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "completion {bash | zsh | fish | powershell}",
		Short: "Print the completion script of a shell",
		Long: `Print a script that makes a shell complete the commands and flags of wscope.

To have it in every new session:

  bash        wscope completion bash >~/.local/share/bash-completion/completions/wscope
              (needs the bash-completion package)
  zsh         wscope completion zsh >"${fpath[1]}/_wscope"
              (needs "autoload -U compinit; compinit" in ~/.zshrc)
  fish        wscope completion fish >~/.config/fish/completions/wscope.fish
  powershell  wscope completion powershell >>$PROFILE`,
		Example: `  source <(wscope completion bash)
  wscope completion fish | source`,
		Args:      exactArgs(1, "the name of a shell: bash, zsh, fish or powershell"),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(s.out, true)
			case "zsh":
				return root.GenZshCompletion(s.out)
			case "fish":
				return root.GenFishCompletion(s.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(s.out)
			}
			return usageError("wscope completion bash", `no completion for the shell "%s"`, args[0])
		},
	}
}
