package io.greenformers.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md. */
final class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.greenformers.core");

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.greenformers.core.(*)..").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void onlyLinalgKnowsMatrixLibraries() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..linalg..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.ejml..", "org.bytedeco..")
        .check(CORE);
  }

  @Test
  void onnxKnowsNothingOfWhatIsDoneWithIt() {
    noClasses()
        .that()
        .resideInAPackage("..core.onnx..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..site..", "..plan..", "..rewrite..", "..linalg..")
        .check(CORE);
  }

  @Test
  void coreKnowsNoRuntimeNoJsonAndNoServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.onnxruntime..", "org.springframework..", "tools.jackson..")
        .check(CORE);
  }
}
