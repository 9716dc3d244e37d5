package io.greenformers.deployment;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.kubernetes.client.openapi.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Parses objects strictly: a field that Kubernetes does not know, and one that it misses, is an
 * error. Custom resources are checked by schemas of ours, of the part that the chart uses.
 */
final class KubernetesModel {
  private static final String MODELS = "io.kubernetes.client.openapi.models.V1";

  private static final Map<String, String> CUSTOM =
      Map.of(
          "keda.sh/v1alpha1 ScaledObject", "scaledobject",
          "keda.sh/v1alpha1 TriggerAuthentication", "triggerauthentication",
          "monitoring.coreos.com/v1 ServiceMonitor", "servicemonitor",
          "monitoring.coreos.com/v1 PrometheusRule", "prometheusrule");

  private KubernetesModel() {}

  /**
   * Checks an object.
   *
   * @throws IllegalArgumentException if it is not what Kubernetes takes, with what is wrong
   */
  static void check(Manifest manifest) {
    String custom = CUSTOM.get(manifest.apiVersion() + " " + manifest.kind());
    if (custom != null) {
      checkCustom(manifest, custom);
      return;
    }
    try {
      Class<?> model = Class.forName(MODELS + manifest.kind());
      var _ = JSON.getGson().fromJson(manifest.json().toString(), model);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(manifest + ": Kubernetes has no such kind", e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(manifest + ": " + e.getMessage(), e);
    }
  }

  private static void checkCustom(Manifest manifest, String name) {
    Schema schema;
    try (InputStream in = KubernetesModel.class.getResourceAsStream("/models/" + name + ".json")) {
      schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var errors = schema.validate(manifest.json());
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(manifest + ": " + errors);
    }
  }
}
