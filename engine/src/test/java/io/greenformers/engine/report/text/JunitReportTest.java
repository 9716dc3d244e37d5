package io.greenformers.engine.report.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.SampleReports;
import io.greenformers.testing.HostileNames;
import java.io.StringReader;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

final class JunitReportTest {
  @Test
  void aBoundThatDoesNotHoldIsAFailure() throws Exception {
    Document document = parse(SampleReports.failed());
    Element suite = (Element) document.getElementsByTagName("testsuite").item(0);
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    Element failure = (Element) document.getElementsByTagName("failure").item(0);
    assertThat(((Element) failure.getParentNode()).getAttribute("name")).isEqualTo("accuracyDrop");
    assertThat(failure.getAttribute("message"))
        .isEqualTo("drop in accuracy: expected at most 0.0200, found 0.0241");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void namesStayInTheirAttributes(String name) throws Exception {
    assertThat(elements(name)).isEqualTo(elements("harmless"));
  }

  private static int elements(String name) throws Exception {
    return parse(SampleReports.named(name)).getElementsByTagName("*").getLength();
  }

  static Stream<String> hostile() {
    return HostileNames.all();
  }

  private static Document parse(Report report) throws Exception {
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(JunitReport.of(report))));
  }
}
