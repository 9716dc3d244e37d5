package io.greenformers.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class ReportSchemaTest {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  @Test
  void reportsAreAsTheSchemaSays() throws Exception {
    assertThat(schema().validate(JSON.writeValueAsString(SampleReports.passed()), InputFormat.JSON))
        .isEmpty();
    assertThat(schema().validate(JSON.writeValueAsString(SampleReports.failed()), InputFormat.JSON))
        .isEmpty();
  }

  @Test
  void whatIsMissingOrOfAnotherTypeIsFound() throws Exception {
    String report =
        JSON.writeValueAsString(SampleReports.passed())
            .replace("\"passed\":true", "\"passed\":\"yes\"")
            .replace("\"ratio\":", "\"share\":");
    assertThat(schema().validate(report, InputFormat.JSON)).hasSizeGreaterThanOrEqualTo(2);
  }

  private static Schema schema() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(
            Report.class.getResourceAsStream("report-1.schema.json"), "the schema")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(in);
    }
  }
}
