package dhara.tools.deploy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files of a deployment. */
final class DeployedFiles {

  static final String TOPICS = "topics.sh";

  private static final String FILES = "files.yaml";

  private DeployedFiles() {}

  /** Their contents, by their names, in the order of these. The same deployment makes the same. */
  static Map<String, String> of(Deployment deployment) {
    Map<String, Object> values = deployment.values();
    DeployTarget target = deployment.options().getTarget();
    Map<String, String> manifests = new TreeMap<>();
    for (String own : List.of("access.yaml", "network.yaml", target.manifest())) {
      manifests.put(own, Manifest.of(target + "/" + own, values));
    }
    if (!deployment.arguments().files().isEmpty()) {
      manifests.put(FILES, Manifest.of(FILES, values));
    }
    values.put("resources", List.copyOf(manifests.keySet()));
    Map<String, String> files = new TreeMap<>(manifests);
    files.put("kustomization.yaml", Manifest.of("kustomization.yaml", values));
    if (!deployment.topics().isEmpty()) {
      files.put(TOPICS, deployment.topics());
    }
    return files;
  }
}
