package dhara.tools.template;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/** The options of {@code template}. */
public interface TemplateOptions extends PipelineOptions {

  @Description(
      "The image that launches the analysis, by its name in the registry, e.g."
          + " --image=asia-south1-docker.pkg.dev/my-project/dhara/order-metrics:1")
  @Validation.Required
  String getImage();

  void setImage(String value);

  @Description("The folder that ANALYSIS.json is written to, e.g. --out=target/templates")
  @Default.String(".")
  String getOut();

  void setOut(String value);

  @Description(
      "The Cloud Storage folder of the template, for the printed commands, e.g."
          + " --storage=gs://my-bucket/templates")
  @Default.String("gs://BUCKET/templates")
  String getStorage();

  void setStorage(String value);
}
