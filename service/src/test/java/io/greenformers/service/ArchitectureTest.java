package io.greenformers.service;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md. */
final class ArchitectureTest {
  private static final JavaClasses SERVICE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.greenformers.service");

  @Test
  void loadsNoNativeCodeAndNoModels() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.greenformers.core..",
            "io.greenformers.engine..",
            "ai.onnxruntime..",
            "org.bytedeco..")
        .check(SERVICE);
  }

  @Test
  void featuresHaveNoCycles() {
    slices().matching("io.greenformers.service.(*)..").should().beFreeOfCycles().check(SERVICE);
  }

  @Test
  void onlyStagesStartChildren() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..service.stage..")
        .should()
        .dependOnClassesThat()
        .haveSimpleName("EngineChild")
        .check(SERVICE);
  }

  @Test
  void onlyTheProblemTableKnowsStatusesOfErrors() {
    noClasses()
        .that()
        .areAssignableTo(ServiceException.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework..")
        .check(SERVICE);
  }
}
