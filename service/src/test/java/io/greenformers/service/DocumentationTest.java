package io.greenformers.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the pages say of routes and settings is what there is, all of it and no more. */
final class DocumentationTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern ROUTE = Pattern.compile("`([A-Z]+ /[^` ]+)`");
  private static final Pattern SETTING =
      Pattern.compile("(?m)^\\| `(greenformers\\.[a-z0-9.-]+)` \\|([^|]*)\\|");

  /** Of the server, which the OpenAPI document leaves out; {@code OperationTest} asks for them. */
  private static final Set<String> UNDESCRIBED =
      Set.of(
          "GET /v3/api-docs",
          "GET /actuator/health",
          "GET /actuator/health/liveness",
          "GET /actuator/health/readiness",
          "GET /actuator/metrics",
          "GET /actuator/prometheus");

  @Test
  void thePageOfTheApiNamesEveryRoute(@TempDir Path directory) throws IOException {
    Set<String> routes = new TreeSet<>(UNDESCRIBED);
    try (TestService service = TestService.start(directory)) {
      JsonNode document =
          new JsonMapper().readTree(service.send(service.to("/v3/api-docs")).body());
      document
          .get("paths")
          .properties()
          .forEach(path ->
              path.getValue()
                  .propertyNames()
                  .forEach(
                      method -> routes.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    }
    assertThat(found(ROUTE, "api.md")).isEqualTo(routes);
  }

  @Test
  void thePageOfOperationNamesEverySettingAndItsDefault() throws IOException {
    Map<String, Optional<String>> settings = settings();
    Map<String, String> shown =
        SETTING
            .matcher(Files.readString(DOCS.resolve("operations.md")))
            .results()
            .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
    assertThat(shown.keySet()).isEqualTo(settings.keySet());
    settings.forEach((name, value) ->
        value.ifPresent(usual -> assertThat(shown.get(name)).as(name).contains("`" + usual + "`")));
  }

  private static Set<String> found(Pattern pattern, String page) throws IOException {
    return pattern
        .matcher(Files.readString(DOCS.resolve(page)))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** By name, with the default where the class says one. */
  private static Map<String, Optional<String>> settings() {
    Map<String, Optional<String>> settings = new TreeMap<>();
    for (JavaClass type : new ClassFileImporter().importPackagesOf(ServiceApplication.class)) {
      if (type.isAnnotatedWith(ConfigurationProperties.class)) {
        Class<?> properties = type.reflect();
        add(properties, properties.getAnnotation(ConfigurationProperties.class).value(), settings);
      }
    }
    return settings;
  }

  private static void add(
      Class<?> properties, String prefix, Map<String, Optional<String>> settings) {
    Constructor<?> canonical = properties.getDeclaredConstructors()[0];
    for (Parameter parameter : canonical.getParameters()) {
      String name =
          prefix + "." + parameter.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      if (parameter.getType().isRecord()) {
        add(parameter.getType(), name, settings);
      } else {
        settings.put(
            name,
            Optional.ofNullable(parameter.getAnnotation(DefaultValue.class))
                .map(given -> String.join(",", given.value()))
                .filter(value -> !value.isEmpty()));
      }
    }
  }
}
