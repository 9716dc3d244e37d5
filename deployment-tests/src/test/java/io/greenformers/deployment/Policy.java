package io.greenformers.deployment;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What every container of ours keeps to; the restricted level of Kubernetes, and more.
 *
 * @param holds of a pod and one of its containers
 */
record Policy(String name, BiPredicate<JsonNode, JsonNode> holds) {
  static final List<Policy> ALL =
      List.of(
          new Policy(
              "runs as no root",
              (pod, container) ->
                  pod.at("/securityContext/runAsNonRoot").asBoolean(false)
                      && pod.at("/securityContext/runAsUser").asInt(0) > 0),
          new Policy(
              "seccomp of the runtime",
              (pod, container) ->
                  pod.at("/securityContext/seccompProfile/type")
                      .asString("")
                      .equals("RuntimeDefault")),
          new Policy(
              "no token",
              (pod, container) -> !pod.path("automountServiceAccountToken").asBoolean(true)),
          new Policy(
              "nothing of the node",
              (pod, container) ->
                  Stream.of("hostNetwork", "hostPID", "hostIPC").noneMatch(pod::has)
                      && pod.path("volumes")
                          .valueStream()
                          .noneMatch(volume -> volume.has("hostPath"))),
          new Policy(
              "scratch is bounded",
              (pod, container) ->
                  pod.path("volumes")
                      .valueStream()
                      .filter(volume -> volume.has("emptyDir"))
                      .allMatch(volume -> volume.at("/emptyDir/sizeLimit").isString())),
          new Policy(
              "no privileges",
              (pod, container) ->
                  !container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)
                      && container
                          .at("/securityContext/capabilities/drop")
                          .toString()
                          .equals("[\"ALL\"]")
                      && !container.at("/securityContext/capabilities").has("add")
                      && !container.path("securityContext").has("privileged")),
          new Policy(
              "root is read only",
              (pod, container) ->
                  container.at("/securityContext/readOnlyRootFilesystem").asBoolean(false)),
          new Policy(
              "resources are set",
              (pod, container) ->
                  Stream.of("/requests/cpu", "/requests/memory", "/limits/cpu", "/limits/memory")
                          .allMatch(path -> container.path("resources").at(path).isString())
                      // memory is not to be shared: children are killed before the node is
                      && container
                          .at("/resources/requests/memory")
                          .equals(container.at("/resources/limits/memory"))),
          new Policy(
              "probes where it stays",
              (pod, container) ->
                  pod.path("restartPolicy").asString("").equals("Never")
                      || Stream.of("startupProbe", "livenessProbe", "readinessProbe")
                          .allMatch(container::has)),
          new Policy(
              "image has a version",
              (pod, container) -> {
                String image = container.path("image").asString();
                String version = image.substring(image.lastIndexOf('/') + 1);
                return version.matches("[a-z-]+(:[0-9][\\w.-]*|@sha256:[0-9a-f]{64})");
              }));

  /** The containers of an object that do not keep to it. */
  List<JsonNode> violations(Manifest manifest) {
    return manifest.containers().stream()
        .filter(container -> !holds.test(manifest.pod().orElseThrow(), container))
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
