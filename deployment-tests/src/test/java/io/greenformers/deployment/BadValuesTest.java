package io.greenformers.deployment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that cannot work are refused, with what to set. */
final class BadValuesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      // single quotes are YAML's
      quoteCharacter = '`',
      textBlock =
          """
          store: {bucket: b}                                            | database.host: set it to a PostgreSQL
          database: {host: db}                                          | database.existingSecret: set it to a secret
          database: {host: db, existingSecret: s}                       | store.bucket: set it
          database: {host: db, password: secret}                        | set database.existingSecret
          database: {url: 'jdbc:postgresql://db/x'}                     | set database.host, port, name and sslMode
          embedded: {enabled: true}, ingress: {enabled: true}           | set ingress.enabled
          embedded: {enabled: true}, traces: {endpoint: 'http://c:4318'} | traces.endpoint to nothing
          """)
  void ofTheBeginning(String values, String message) {
    refused("{%s}".formatted(values), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      // single quotes are YAML's
      quoteCharacter = '`',
      textBlock =
          """
          image: {tag: latest}                                          | set a version
          api: {replicas: 2}                                            | set api.uploads.existingClaim
          access: {issuer: 'https://login'}                             | access.audience: set it
          networkPolicy: {collector: [{podSelector: {}}]}               | traces.endpoint: set it
          workers: {cpu: {enabled: false}}                              | workers.cpu.enabled: set it to true
          ingress: {enabled: true}                                      | ingress.host: set it
          ingress: {enabled: true, host: h}                             | ingress.tlsSecret: set it
          monitoring: {serviceMonitor: true}                            | monitoring.existingSecret: set it
          scaling: {enabled: true}, workers: {cpu: {scaling: {min: 11}}} | set max to at least min
          scaling: {enabled: true}, workers: {cpu: {scaling: {scaleDown: whenIdle}}} | workers.cpu.scaling.min: set it to 0
          workers: {gpu: {enabled: true, resources: {limits: {nvidia.com/gpu: null}}}} | set nvidia.com/gpu
          """)
  void ofAServiceThatIsShared(String values, String message) {
    refused(
        "{database: {host: db, existingSecret: db}, store: {bucket: b}, %s}".formatted(values),
        message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      // single quotes are YAML's
      quoteCharacter = '`',
      textBlock =
          """
          databse: {host: db}                     | databse
          database: {port: '5432'}                | /database/port
          database: {sslMode: prefer}             | /database/sslMode
          workers: {cpu: {engineHeap: 2g}}        | /workers/cpu/engineHeap
          workers: {cpu: {scaling: {max: 0}}}     | /workers/cpu/scaling/max
          store: {endpoint: minio}                | /store/endpoint
          traces: {endpoint: 'collector:4318'}    | /traces/endpoint
          traces: {sampling: 10}                  | /traces/sampling
          image: {digests: {service: abc}}        | /image/digests/service
          """)
  void ofTheWrongForm(String values, String message) {
    refused("{%s}".formatted(values), message);
  }

  private void refused(String values, String message) {
    assertThatThrownBy(() -> Chart.with(directory, values).render()).hasMessageContaining(message);
  }
}
