package dhara.tools.deploy;

import dhara.assembly.Outline;
import dhara.assembly.Sink;
import dhara.cli.Arguments;
import dhara.cli.TypedOption;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A job as it is deployed: what its files are made from.
 *
 * @param name of the job
 * @param options how it is deployed
 * @param volume the claim and where pods see it
 * @param arguments of the command in the pods
 * @param endpoints all that it reads and writes
 * @param topics commands that create those that it writes; empty if it writes none
 */
record Deployment(
    String name,
    DeployOptions options,
    Optional<Volume> volume,
    JobArguments arguments,
    List<Endpoint> endpoints,
    String topics) {

  /** A name of Kubernetes that is also a label, with some characters left for suffixes. */
  private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,43}[a-z0-9])?");

  private static final Pattern IMAGE = Pattern.compile("[a-z0-9][A-Za-z0-9._/:@-]*");
  private static final Pattern STORAGE = Pattern.compile("[a-z][a-z0-9]*:/{1,3}[A-Za-z0-9._/@-]+");

  /** Named, because its package knows this one. */
  private static final String LAUNCHER = "dhara.tools.ApplicationLauncher";

  private static final String ANSWERS = "--answers";
  private static final String FILES = "files";
  private static final String CONSOLE = "console";

  /**
   * The deployment of an analysis.
   *
   * @param given what the user gave
   * @param run the options of the analysis
   * @param outline what the job reads and writes
   * @throws BadOption if that cannot be deployed
   */
  static Deployment of(
      Analysis<? extends DharaOptions> analysis,
      Arguments.Given given,
      DeployOptions options,
      DharaOptions run,
      Outline outline) {
    DeployTarget target = options.getTarget();
    for (String foreign : target.foreign()) {
      if (given.values().containsKey(foreign)) {
        throw new BadOption(
            "--" + foreign, null, "is not for --target=" + target + "; leave it out");
      }
    }
    checkWords(analysis.name(), options);
    Optional<Volume> volume = Optional.ofNullable(options.getVolume()).map(Volume::of);
    checkStorage(options, volume);
    checkKind(target, outline);
    List<Endpoint> endpoints = endpoints(outline, run);
    endpoints.forEach(endpoint -> checkReach(endpoint, volume));
    return new Deployment(
        name(analysis.name(), options),
        options,
        volume,
        JobArguments.of(analysis.name(), given, TypedOption.of(analysis.options()), options)
            .with(endpoints),
        endpoints,
        TopicCommands.of(outline, options));
  }

  /** The name of the job. */
  static String name(String analysis, DeployOptions options) {
    return options.getName() == null ? analysis : options.getName();
  }

  private static void checkWords(String analysis, DeployOptions options) {
    check("--name", name(analysis, options), "order-metrics");
    check("--namespace", options.getNamespace(), "streams");
    if (options.getSecretName() != null) {
      check("--secretName", options.getSecretName(), "kafka-login");
    }
    if (!IMAGE.matcher(options.getImage()).matches()) {
      throw new BadOption(
          "--image",
          options.getImage(),
          "is no name of an image, e.g. --image=registry.example.com/dhara-flink:1.0");
    }
  }

  private static void check(String option, String value, String example) {
    if (!NAME.matcher(value).matches()) {
      throw new BadOption(
          option,
          value,
          "is no name of Kubernetes: up to 45 small letters, digits and '-' make one, e.g. "
              + option
              + "="
              + example);
    }
  }

  private static void checkStorage(DeployOptions options, Optional<Volume> volume) {
    if (!options.getTarget().streams()) {
      return;
    }
    String storage = options.getStorage();
    String example = "e.g. --storage=s3://my-bucket/dhara";
    if (storage == null) {
      throw new BadOption(
          "--storage",
          null,
          "is missing: checkpoints need storage that all pods reach, " + example);
    } else if (!STORAGE.matcher(storage).matches()) {
      throw new BadOption("--storage", storage, "is no URI of a folder, " + example);
    } else if (storage.startsWith("file:")
        && volume.filter(v -> v.holds(storage.replaceFirst("^file:/+", "/"))).isEmpty()) {
      throw new BadOption(
          "--storage",
          storage,
          "is on no storage that all pods reach; name an object store, or a folder of --volume");
    }
  }

  private static void checkKind(DeployTarget target, Outline outline) {
    String events =
        String.join(",", outline.read().stream().map(place -> place.endpoint().uri()).toList());
    if (target.streams() && outline.bounded()) {
      throw new BadOption(
          "--events",
          events,
          "ends, so this is a backfill, and --target="
              + target
              + " runs streams; --target="
              + DeployTarget.SPARK
              + " runs backfills");
    } else if (!target.streams() && !outline.bounded()) {
      throw new BadOption(
          "--events",
          events,
          "is a stream, and --target="
              + target
              + " runs backfills; --target="
              + DeployTarget.FLINK_OPERATOR
              + " runs streams, and ?end=latest makes a topic end");
    }
  }

  private static List<Endpoint> endpoints(Outline outline, DharaOptions options) {
    List<Endpoint> endpoints = new ArrayList<>();
    outline.read().stream().map(Place::endpoint).forEach(endpoints::add);
    outline.written().stream().map(Sink::endpoint).forEach(endpoints::add);
    if (options.getWithout() != null) {
      endpoints.add(Endpoint.of("--without", options.getWithout()));
    }
    if (options.getCompareTo() != null) {
      endpoints.add(Endpoint.of("--compareTo", options.getCompareTo()));
    }
    return endpoints.stream().distinct().toList();
  }

  private static void checkReach(Endpoint endpoint, Optional<Volume> volume) {
    String path = endpoint.path();
    if (endpoint.scheme().equals(CONSOLE)) {
      throw new BadOption(
          endpoint.option(),
          endpoint.uri(),
          "a deployment has no console; name a topic or a table"
              + (endpoint.option().equals(ANSWERS)
                  ? ", e.g. --answers=kafka://broker:9092/answers"
                  : ""));
    } else if (endpoint.scheme().equals(FILES)
        && !path.matches("(?!file:)[a-z][a-z0-9]+://.*")
        && volume.filter(v -> v.holds(path.replaceFirst("^file:/*", "/"))).isEmpty()) {
      throw endpoint.bad(
          "is a path of this machine; pods see an object store, or a folder of --volume, e.g."
              + " --volume=archive:/data and "
              + endpoint.option()
              + "=/data/…");
    }
  }

  /** The Secret that it refers to; empty if it needs none. */
  Optional<String> secret() {
    return arguments.variables().isEmpty() && arguments.secrets().isEmpty()
        ? Optional.empty()
        : Optional.of(
            options.getSecretName() == null ? name + "-secrets" : options.getSecretName());
  }

  /** The values of the templates, by name. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", name);
    values.put("namespace", options.getNamespace());
    values.put("image", options.getImage());
    values.put("storage", String.valueOf(options.getStorage()).replaceFirst("/+$", ""));
    values.put("arguments", arguments.words());
    values.put("containerArguments", escaped(arguments.words()));
    values.put("environment", environment());
    values.put("mounts", mounts());
    values.put("volumes", volumes());
    values.put("files", arguments.files());
    values.put("egress", egress());
    values.put("parallelism", options.getWorkers());
    values.put("slots", String.valueOf(options.getPodCpus()));
    values.put("cpus", options.getTarget().streams() ? options.getPodCpus() : options.getWorkers());
    values.put("memory", options.getPodMemory() + "Mi");
    values.put("flinkMemory", options.getPodMemory() + "m");
    values.put("launcher", LAUNCHER);
    return values;
  }

  /**
   * In the arguments of a container, Kubernetes replaces {@code $(NAME)}, and two dollars by one.
   */
  private static List<String> escaped(List<String> words) {
    return words.stream().map(word -> word.replace("$", "$$")).toList();
  }

  private List<Object> environment() {
    return arguments.variables().stream()
        .<Object>map(
            variable ->
                map(
                    "name",
                    variable,
                    "valueFrom",
                    map("secretKeyRef", map("name", secret().orElseThrow(), "key", variable))))
        .toList();
  }

  private List<Object> mounts() {
    List<Object> mounts = new ArrayList<>();
    if (!arguments.files().isEmpty()) {
      mounts.add(map("name", "files", "mountPath", JobArguments.FILES, "readOnly", true));
    }
    if (!arguments.secrets().isEmpty()) {
      mounts.add(map("name", "secrets", "mountPath", JobArguments.SECRETS, "readOnly", true));
    }
    volume.ifPresent(v -> mounts.add(map("name", "volume", "mountPath", v.path())));
    return mounts;
  }

  private List<Object> volumes() {
    List<Object> volumes = new ArrayList<>();
    if (!arguments.files().isEmpty()) {
      volumes.add(map("name", "files", "configMap", map("name", name + "-files")));
    }
    if (!arguments.secrets().isEmpty()) {
      volumes.add(map("name", "secrets", "secret", map("secretName", secret().orElseThrow())));
    }
    volume.ifPresent(
        v ->
            volumes.add(
                map("name", "volume", "persistentVolumeClaim", map("claimName", v.claim()))));
    return volumes;
  }

  private List<Object> egress() {
    Set<Integer> ports =
        new TreeSet<>(options.getTarget().streams() ? List.of(443, 6443) : List.of(443));
    endpoints.forEach(endpoint -> ports.addAll(Ports.of(endpoint)));
    return ports.stream().<Object>map(port -> map("protocol", "TCP", "port", port)).toList();
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
