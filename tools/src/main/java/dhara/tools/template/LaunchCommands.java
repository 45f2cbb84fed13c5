package dhara.tools.template;

import dhara.pipelines.Input;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shell commands that upload a Flex Template and launch it. The user replaces the words in
 * capitals.
 *
 * @param template what is launched
 * @param storage the folder in Cloud Storage that its specification lies in
 */
public record LaunchCommands(FlexTemplate template, String storage) {

  private static final String NEXT = " \\\n  ";
  private static final String FILES = "gs://BUCKET/%s/*.jsonl";

  /** Puts the specification into Cloud Storage. */
  public String copy(String file) {
    return "gcloud storage cp " + file + " " + specification();
  }

  /** Launches a stream: a subscription for each input, tables for the answers. */
  public String stream() {
    return run("-stream", "pubsub://PROJECT/%s-sub", List.of("enable-streaming-engine"));
  }

  /** Launches a backfill: files for each input, the same tables. */
  public String backfill() {
    return run("-backfill", FILES, List.of());
  }

  private String run(String suffix, String source, List<String> flags) {
    List<Input<?>> inputs = template.analysis().inputs();
    String name = template.analysis().name();
    String events =
        inputs.size() == 1
            ? source.formatted(inputs.get(0).name())
            : inputs.stream()
                .map(
                    input ->
                        input.name()
                            + "="
                            // A subscription cannot be read from its beginning, which a reference
                            // needs.
                            + (input.isReference() ? FILES : source).formatted(input.name()))
                .collect(Collectors.joining(" "));
    String answers = "bigquery://PROJECT/DATASET/" + name.replace('-', '_');
    return "gcloud dataflow flex-template run "
        + name
        + suffix
        + NEXT
        + "--project=PROJECT --region=REGION"
        + NEXT
        + "--template-file-gcs-location="
        + specification()
        + NEXT
        + "--temp-location=gs://BUCKET/temp --staging-location=gs://BUCKET/staging"
        + flags.stream().map(flag -> NEXT + "--" + flag).collect(Collectors.joining())
        + NEXT
        + "--parameters='^~^events="
        + events
        + "~answers="
        + answers
        + "'";
  }

  private String specification() {
    return storage + "/" + template.analysis().name() + ".json";
  }
}
