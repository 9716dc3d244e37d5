package io.greenformers.maven;

import java.io.File;
import java.io.IOException;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Compresses a model as a budget file says, and fails the build where a bound does not hold. Where
 * model, data, budget and version are those of the result that is there, it does nothing.
 */
@Mojo(name = "compress", defaultPhase = LifecyclePhase.PACKAGE)
public final class CompressMojo extends AbstractMojo {
  /** Where Greenformers is: the directory of its launcher. */
  @Parameter(property = "greenformers.home", required = true)
  private @Nullable File home;

  /** The request; paths in it are relative to it. */
  @Parameter(
      property = "greenformers.budget",
      defaultValue = "${project.basedir}/greenformers.yaml")
  private @Nullable File budget;

  /** Where model and report go. */
  @Parameter(
      property = "greenformers.out",
      defaultValue = "${project.build.directory}/greenformers")
  private @Nullable File out;

  @Parameter(property = "greenformers.skip", defaultValue = "false")
  private boolean skip;

  /** The goal as Maven makes it: it fills in the fields. */
  public CompressMojo() {}

  CompressMojo(File home, File budget, File out) {
    this.home = home;
    this.budget = budget;
    this.out = out;
  }

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info("greenformers.skip is set");
      return;
    }
    File launcher = new File(given("greenformers.home", home), "greenformers");
    if (!launcher.canExecute()) {
      throw new MojoExecutionException(
          launcher
              + ": expected the launcher of Greenformers; set greenformers.home to its directory");
    }
    Launch launch =
        new Launch(launcher, given("greenformers.budget", budget), given("greenformers.out", out));
    try {
      report(launch.run(getLog()::info));
    } catch (IOException e) {
      throw new MojoExecutionException(launcher + " cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MojoExecutionException("interrupted", e);
    }
  }

  private static File given(String property, @Nullable File file) throws MojoExecutionException {
    if (file == null) {
      throw new MojoExecutionException("expected a value of " + property + ", found none");
    }
    return file;
  }

  private static void report(Launch.Ended ended)
      throws MojoExecutionException, MojoFailureException {
    switch (ended.code()) {
      case 0 -> {}
      case 3 -> throw new MojoFailureException("budget not met: " + ended.last());
      case 4 -> throw new MojoFailureException("model refused: " + ended.last());
      case 5 -> throw new MojoFailureException("dataset refused: " + ended.last());
      default ->
          throw new MojoExecutionException(
              "greenformers ended with %d: %s".formatted(ended.code(), ended.last()));
    }
  }
}
