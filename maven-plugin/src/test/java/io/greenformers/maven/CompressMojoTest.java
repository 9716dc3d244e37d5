package io.greenformers.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a launcher that only writes down how it was called: the real one is the example's. */
final class CompressMojoTest {
  @TempDir Path home;

  @Test
  void runsTheBudgetOnlyIfSomethingChanged() throws Exception {
    launcher("echo \"$@\" > \"$(dirname \"$0\")/called\"");
    mojo().execute();
    assertThat(home.resolve("called"))
        .hasContent("compress --spec budget.yaml --out out --if-changed");
  }

  @Test
  void aBoundThatDoesNotHoldFailsTheBuildAndIsNamed() throws Exception {
    launcher("echo 'NOT passed: sizeRatio does not hold'; exit 3");
    assertThatThrownBy(mojo()::execute)
        .isInstanceOf(MojoFailureException.class)
        .hasMessage("budget not met: NOT passed: sizeRatio does not hold");
  }

  @Test
  void aRefusedModelFailsTheBuildAndAnythingElseIsAnError() throws Exception {
    launcher("echo 'greenformers: refused (model-cycle): …'; exit 4");
    assertThatThrownBy(mojo()::execute).isInstanceOf(MojoFailureException.class);
    launcher("echo 'out of memory'; exit 1");
    assertThatThrownBy(mojo()::execute)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageContaining("out of memory");
  }

  @Test
  void aMissingLauncherSaysWhatToSet() {
    assertThatThrownBy(mojo()::execute)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageContaining("set greenformers.home");
  }

  private CompressMojo mojo() {
    return new CompressMojo(home.toFile(), new File("budget.yaml"), new File("out"));
  }

  private void launcher(String script) throws IOException {
    Path file = home.resolve("greenformers");
    Files.deleteIfExists(file);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
