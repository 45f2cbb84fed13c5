package dhara.tools.deploy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a job is deployed to. */
public enum DeployTarget {
  /** A stream, as a FlinkDeployment of Flink's Kubernetes operator. */
  FLINK_OPERATOR("flink-operator", "flink", "deployment.yaml"),

  /** A backfill, as a Job of Kubernetes whose pod runs Spark. */
  SPARK("spark", "spark", "job.yaml");

  /** Why an option must not be given, by its name. */
  private static final Map<String, String> OF_FLINK =
      Map.of(
          "flinkMaster", "the JobManager starts the command itself",
          "attachedMode", "the JobManager starts the command itself",
          "flinkConfDir", "flinkConfiguration in deployment.yaml is Flink's configuration",
          "checkpoints", "--storage says where checkpoints are kept",
          "parallelism", "--workers says it",
          "stateBackend", "state is kept in RocksDB",
          "stateBackendStoragePath", "--storage says where checkpoints are kept",
          "resume",
              "the operator resumes the job; initialSavepointPath in deployment.yaml is for"
                  + " the first start",
          "savepointPath",
              "the operator resumes the job; initialSavepointPath in deployment.yaml"
                  + " is for the first start",
          "metricsPort", "metrics are on port 9249 of every pod");

  private static final Map<String, String> OF_SPARK =
      Map.of("sparkMaster", "--workers says how many cores Spark uses");

  private static final Map<String, String> OF_BOTH =
      Map.of(
          "runner", "--target chooses it",
          "jobName", "--name is the name of the job, too",
          "filesToStage", "the image holds the classes",
          "wait", "the target decides it");

  private final String label;
  private final String engine;
  private final String manifest;

  DeployTarget(String label, String engine, String manifest) {
    this.label = label;
    this.engine = engine;
    this.manifest = manifest;
  }

  /** Its engine's name. */
  String engine() {
    return engine;
  }

  /** Whether it runs streams; otherwise it runs backfills. */
  boolean streams() {
    return this == FLINK_OPERATOR;
  }

  /** The file of the job itself. */
  String manifest() {
    return manifest;
  }

  /** Why an option must not be given, by its name: the deployment decides it. */
  Map<String, String> decided() {
    Map<String, String> decided = new TreeMap<>(OF_BOTH);
    decided.putAll(streams() ? OF_FLINK : OF_SPARK);
    return decided;
  }

  /** The options that the deployment sets. */
  List<String> arguments(String name, int workers) {
    return streams()
        ? List.of("--jobName=" + name, "--flinkMaster=[auto]", "--wait=false")
        : List.of("--jobName=" + name, "--sparkMaster=local[" + workers + "]");
  }

  /** The options of {@code deploy} that are for the other target. */
  Set<String> foreign() {
    return streams() ? Set.of() : Set.of("storage", "podCpus");
  }

  @Override
  public String toString() {
    return label;
  }
}
