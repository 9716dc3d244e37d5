package io.greenformers.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md. */
final class ArchitectureTest {
  private static final JavaClasses PROTOCOL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.greenformers.protocol");

  @Test
  void bothSidesOfAConversationKnowItAndItKnowsNeither() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.greenformers.core..",
            "io.greenformers.engine..",
            "io.greenformers.service..",
            "io.greenformers.cli..",
            "org.springframework..")
        .check(PROTOCOL);
  }

  @Test
  void aRequestIsNoConversation() {
    noClasses()
        .that()
        .resideInAPackage("..protocol.request..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..protocol.child..")
        .check(PROTOCOL);
  }
}
