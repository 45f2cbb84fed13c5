package dhara.tools.deploy;

import dhara.connectors.Connector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the user is told at the end: the files, and the commands that bring them to a cluster. */
final class NextCommands {

  private NextCommands() {}

  /**
   * The files, one a line, and the commands to type next.
   *
   * @param files their names in the folder
   */
  static String of(Deployment deployment, Path folder, Collection<String> files) {
    DeployTarget target = deployment.options().getTarget();
    String image = deployment.options().getImage();
    List<String> next = new ArrayList<>();
    next.add("mvn -q package -P" + profiles(deployment) + " -DskipTests");
    next.add("docker build -t " + image + " runners/" + target.engine());
    next.add("docker push " + image);
    deployment.secret().ifPresent(secret -> next.add(secret(deployment, secret)));
    if (files.contains(DeployedFiles.TOPICS)) {
      next.add("sh " + folder.resolve(DeployedFiles.TOPICS));
    }
    next.add("kubectl apply -k " + folder);
    return lines(files.stream().map(file -> folder.resolve(file).toString()).toList(), "")
        + "\nNext:\n"
        + lines(next, "  ");
  }

  /** The profiles of the build: the engine's, and those of connectors that not every jar has. */
  private static String profiles(Deployment deployment) {
    Set<String> connectors = new TreeSet<>();
    deployment.endpoints().forEach(endpoint -> connectors.add(endpoint.scheme()));
    connectors.retainAll(Connector.ELSEWHERE.keySet());
    return deployment.options().getTarget().engine()
        + "-runner"
        + connectors.stream().map(name -> "," + name).collect(Collectors.joining());
  }

  /** Keys come from files of their names, so that no secret is in the history of the shell. */
  private static String secret(Deployment deployment, String secret) {
    Collection<String> keys = new TreeSet<>(deployment.arguments().variables());
    keys.addAll(deployment.arguments().secrets());
    return "kubectl create secret generic "
        + secret
        + " --namespace="
        + deployment.options().getNamespace()
        + keys.stream().map(key -> " --from-file=" + key).collect(Collectors.joining());
  }

  private static String lines(Collection<String> lines, String indent) {
    return lines.stream().map(line -> indent + line + "\n").collect(Collectors.joining());
  }
}
