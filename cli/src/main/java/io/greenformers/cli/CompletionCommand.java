package io.greenformers.cli;

import io.greenformers.cli.terminal.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints a script that completes commands and options.",
    footer = {
      "",
      "Examples:",
      "  greenformers completion bash > /etc/bash_completion.d/greenformers",
      "  source <(greenformers completion zsh)"
    })
final class CompletionCommand implements Callable<Integer> {
  enum Shell {
    BASH,
    ZSH
  }

  @Parameters(paramLabel = "bash|zsh", description = "The shell.")
  Shell shell = Shell.BASH;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    PrintWriter out = root.getOut();
    out.println(
        switch (shell) {
          // one script: it finds out which shell reads it
          case BASH, ZSH -> AutoComplete.bash("greenformers", root);
        });
    out.flush();
    return ExitCode.DONE;
  }
}
