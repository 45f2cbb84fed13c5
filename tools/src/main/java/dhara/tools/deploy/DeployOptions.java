package dhara.tools.deploy;

import dhara.options.AtLeast;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** The options of {@code deploy}, in addition to those of the analysis. */
public interface DeployOptions extends PipelineOptions {

  @Description(
      "What it is deployed to: flink-operator, a stream on Flink's Kubernetes operator; or spark,"
          + " a backfill as a Job of Kubernetes, e.g. --target=flink-operator")
  @Validation.Required
  DeployTarget getTarget();

  void setTarget(DeployTarget value);

  @Description(
      "The image, by its name in the registry, e.g."
          + " --image=registry.example.com/dhara-flink:1.0")
  @Validation.Required
  String getImage();

  void setImage(String value);

  @Description("The folder that the files are written to, e.g. --out=deploy/order-metrics")
  @Validation.Required
  String getOut();

  void setOut(String value);

  @Description("Write over files that are there, e.g. --replace=true")
  @Default.Boolean(false)
  boolean getReplace();

  void setReplace(boolean value);

  @Description(
      "The name of the job and of everything that belongs to it; by default that of the analysis,"
          + " e.g. --name=order-metrics-october")
  String getName();

  void setName(String value);

  @Description("The namespace of Kubernetes, e.g. --namespace=streams")
  @Default.String("default")
  String getNamespace();

  void setNamespace(String value);

  @Description(
      "How many workers share the work, each on a core: subtasks of Flink, threads of Spark, e.g."
          + " --workers=4")
  @Default.Integer(2)
  @AtLeast(1)
  int getWorkers();

  void setWorkers(int value);

  @Description("Cores of a pod of Flink's workers, and so its slots, e.g. --podCpus=2")
  @Default.Integer(2)
  @AtLeast(1)
  int getPodCpus();

  void setPodCpus(int value);

  @Description("Memory of a pod of workers, in MiB, e.g. --podMemory=4096")
  @Default.Integer(4096)
  @AtLeast(1024)
  int getPodMemory();

  void setPodMemory(int value);

  @Description(
      "Where Flink keeps checkpoints, savepoints and the state of high availability: storage that"
          + " all pods reach, e.g. --storage=s3://my-bucket/dhara")
  String getStorage();

  void setStorage(String value);

  @Description(
      "A PersistentVolumeClaim that is there, and the folder at which pods see it, for files of"
          + " events and answers, e.g. --volume=archive:/data")
  String getVolume();

  void setVolume(String value);

  @Description(
      "The Secret that holds what env:NAME and file:/etc/dhara/secrets/NAME refer to, by NAME; by"
          + " default that of the job with -secrets after it, e.g. --secretName=kafka-login")
  String getSecretName();

  void setSecretName(String value);

  @Description(
      "Further variables that pods get from the Secret, for libraries, e.g."
          + " --secretVariables=AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY")
  List<String> getSecretVariables();

  void setSecretVariables(List<String> value);

  @Description(
      "Partitions of the topics that it writes, where ?partitions= does not say; by default as"
          + " many as workers, e.g. --topicPartitions=6")
  @AtLeast(1)
  Integer getTopicPartitions();

  void setTopicPartitions(Integer value);

  @Description(
      "Copies of each record of the topics that it writes; one may be out of reach while records"
          + " are still accepted, e.g. --topicReplicas=3")
  @Default.Integer(3)
  @AtLeast(1)
  int getTopicReplicas();

  void setTopicReplicas(int value);
}
