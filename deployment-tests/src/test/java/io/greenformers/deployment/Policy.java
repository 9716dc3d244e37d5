package io.greenformers.deployment;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What every container of ours keeps to; the restricted level of Kubernetes, and more. */
enum Policy {
  RUNS_AS_NO_ROOT(
      (pod, container) ->
          pod.at("/securityContext/runAsNonRoot").asBoolean(false)
              && pod.at("/securityContext/runAsUser").asInt(0) > 0),
  SECCOMP_OF_THE_RUNTIME(
      (pod, container) ->
          pod.at("/securityContext/seccompProfile/type").asString("").equals("RuntimeDefault")),
  NO_TOKEN((pod, container) -> !pod.path("automountServiceAccountToken").asBoolean(true)),
  NOTHING_OF_THE_NODE(
      (pod, container) ->
          Stream.of("hostNetwork", "hostPID", "hostIPC").noneMatch(pod::has)
              && pod.path("volumes").valueStream().noneMatch(volume -> volume.has("hostPath"))),
  SCRATCH_IS_BOUNDED(
      (pod, container) ->
          pod.path("volumes")
              .valueStream()
              .filter(volume -> volume.has("emptyDir"))
              .allMatch(volume -> volume.at("/emptyDir/sizeLimit").isString())),
  NO_PRIVILEGES(
      (pod, container) ->
          !container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)
              && container.at("/securityContext/capabilities/drop").toString().equals("[\"ALL\"]")
              && !container.at("/securityContext/capabilities").has("add")
              && !container.path("securityContext").has("privileged")),
  ROOT_IS_READ_ONLY(
      (pod, container) ->
          container.at("/securityContext/readOnlyRootFilesystem").asBoolean(false)),
  RESOURCES_ARE_SET(
      (pod, container) ->
          Stream.of("/requests/cpu", "/requests/memory", "/limits/cpu", "/limits/memory")
              .allMatch(path -> container.path("resources").at(path).isString())
              // memory is not to be shared: children are killed before the node is
              && container
                  .at("/resources/requests/memory")
                  .equals(container.at("/resources/limits/memory"))),
  PROBES_WHERE_IT_STAYS(
      (pod, container) ->
          pod.path("restartPolicy").asString("").equals("Never")
              || Stream.of("startupProbe", "livenessProbe", "readinessProbe")
                  .allMatch(container::has)),
  IMAGE_HAS_A_VERSION(
      (pod, container) -> {
        String image = container.path("image").asString();
        String version = image.substring(image.lastIndexOf('/') + 1);
        return version.matches("[a-z-]+(:[0-9][\\w.-]*|@sha256:[0-9a-f]{64})");
      });

  private interface Holds {
    boolean in(JsonNode pod, JsonNode container);
  }

  private final Holds holds;

  Policy(Holds holds) {
    this.holds = holds;
  }

  /** The containers of an object that do not keep to it. */
  List<JsonNode> violations(Manifest manifest) {
    Predicate<JsonNode> keeps = container -> holds.in(manifest.pod().orElseThrow(), container);
    return manifest.containers().stream().filter(keeps.negate()).toList();
  }
}
