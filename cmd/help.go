package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wscope/cmd/internal/script"
	"wscope/cmd/internal/spell"
)

// groupAnnotation holds the section of the help that a flag stands in.
const groupAnnotation = "group"

// setGroup puts flags into a section of the help. The sections, and the flags in
// each, come in the order in which they are defined; the flags without a section
// come last.
func setGroup(flags *pflag.FlagSet, group string, names ...string) {
	for _, name := range names {
		annotate(flags, name, groupAnnotation, group)
	}
}

// helpColumns is how wide the help is where no terminal says otherwise.
const helpColumns = 100

// setHelp gives root and all its commands the help of helpText. After a command
// line with --help the error of writing it, if any, is in the result.
func setHelp(root *cobra.Command, s streams) *error {
	failed := new(error)
	show := func(cmd *cobra.Command) error {
		_, *failed = io.WriteString(s.out, helpText(cmd, s.columns()))
		return *failed
	}
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { show(cmd) })
	root.SetUsageFunc(show)
	return failed
}

// newHelpCmd returns the command that shows the help of another one.
func newHelpCmd(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Show the help of a command, or a table of the exit statuses",
		Example: `  wscope help connect
  wscope help exit-status`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if len(args) == 0 {
				for _, c := range cmd.Root().Commands() {
					if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
						names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noHelp(cmd.Root(), strings.Join(args, " "))
			}
			_, err = io.WriteString(s.out, helpText(about, s.columns()))
			return err
		},
	}
}

// noHelp is the error of asking for help about something that there is none about.
func noHelp(root *cobra.Command, about string) error {
	err := fmt.Errorf(`there is no help about "%s"`, about)
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			names = append(names, c.Name())
		}
	}
	if near := spell.Nearest(about, names); near != "" {
		return failure(exitUsage, err, "did you mean wscope help "+near+"?")
	}
	return failure(exitUsage, err, "for example: wscope help connect")
}

// newExitStatusTopic returns a topic of the help: a command that cannot be run.
func newExitStatusTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-status",
		Short: "What the exit statuses mean",
		Long:  "The exit statuses are curl's where the cause is the same.\n\n" + strings.TrimRight(exitStatusTable(), "\n"),
	}
}

// newScriptTopic returns the definition of the language of wscope run.
func newScriptTopic() *cobra.Command {
	return &cobra.Command{Use: "script", Short: "The language of the scripts that wscope run runs", Long: script.Language}
}

// helpText returns the help of cmd. Columns is the width of the terminal, 0 if
// there is none.
func helpText(cmd *cobra.Command, columns int) string {
	if columns <= 0 || columns > helpColumns {
		columns = helpColumns
	}
	var b strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	b.WriteString(strings.TrimSpace(about) + "\n")
	if cmd.IsAdditionalHelpTopicCommand() {
		return b.String()
	}
	cmd.InitDefaultHelpFlag() // merges the flags of the root, too
	fmt.Fprintf(&b, "\nUsage:\n  %s\n", cmd.UseLine())
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", strings.TrimRight(cmd.Example, "\n"))
	}
	writeCommands(&b, cmd)
	writeFlags(&b, cmd, columns)
	return b.String()
}

func writeCommands(b *strings.Builder, cmd *cobra.Command) {
	var commands, topics strings.Builder
	for _, c := range cmd.Commands() {
		line := fmt.Sprintf("  %-12s  %s\n", c.Name(), c.Short)
		switch {
		case c.IsAvailableCommand():
			commands.WriteString(line)
		case c.IsAdditionalHelpTopicCommand():
			topics.WriteString(line)
		}
	}
	if commands.Len() > 0 {
		b.WriteString("\nCommands:\n" + commands.String())
	}
	if topics.Len() > 0 {
		b.WriteString("\nMore about (wscope help <topic>):\n" + topics.String())
	}
}

// writeFlags writes the flags of cmd in their sections.
func writeFlags(b *strings.Builder, cmd *cobra.Command, columns int) {
	const general = "General"
	var order []string
	groups := map[string]*pflag.FlagSet{}
	set := func(group string) *pflag.FlagSet {
		if groups[group] == nil {
			groups[group] = newFlagSet(group)
			if group != general {
				order = append(order, group)
			}
		}
		return groups[group]
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		group := general
		if g := f.Annotations[groupAnnotation]; len(g) > 0 {
			group = g[0]
		}
		set(group).AddFlag(f)
	})
	title := general + " flags"
	if len(order) == 0 {
		title = "Flags"
	}
	for _, group := range order {
		fmt.Fprintf(b, "\n%s flags:\n%s", group, groups[group].FlagUsagesWrapped(columns))
	}
	fmt.Fprintf(b, "\n%s:\n%s", title, set(general).FlagUsagesWrapped(columns))
}

func newFlagSet(name string) *pflag.FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SortFlags = false
	return flags
}
