package io.greenformers.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md. */
final class ArchitectureTest {
  private static final JavaClasses ENGINE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.greenformers.engine");

  @Test
  void onlyRuntimeKnowsOnnxRuntime() {
    only("..engine.runtime..", "ai.onnxruntime..");
  }

  @Test
  void onlyDataKnowsTokenizersAndFileFormats() {
    only("..engine.data..", "ai.djl..");
    only("..engine.data..", "dev.hardwood..");
    only("..engine.data..", "de.siegmar..");
  }

  @Test
  void theEngineKnowsNoServerAndNoMatrixLibrary() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "org.ejml..", "org.bytedeco.openblas..")
        .check(ENGINE);
  }

  /** Decision 19. */
  @Test
  void onlyTheExecutorAndRecoveryKnowLibtorch() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..engine.torch..", "..engine.op..", "..engine.recovery..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(ENGINE);
  }

  @Test
  void theExecutorKnowsNothingOfTraining() {
    noClasses()
        .that()
        .resideInAnyPackage("..engine.torch..", "..engine.op..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..engine.recovery..", "..engine.data..", "ai.onnxruntime..")
        .check(ENGINE);
  }

  @Test
  void partsKnowNothingOfTheStagesThatUseThem() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..engine.runtime..",
            "..engine.data..",
            "..engine.evaluation..",
            "..engine.timing..",
            "..engine.torch..",
            "..engine.op..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.greenformers.protocol..", "..engine.report..")
        .check(ENGINE);
  }

  private static void only(String allowed, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(allowed)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(ENGINE);
  }
}
