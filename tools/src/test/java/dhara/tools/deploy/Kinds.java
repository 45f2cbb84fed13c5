package dhara.tools.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/**
 * Checks documents against what their kinds may hold, without a cluster: a FlinkDeployment against
 * the schema that Flink's operator installs, everything else against the classes of a client of
 * Kubernetes. A field that a kind does not have is an error.
 */
final class Kinds {

  private static final String DEPLOYMENT = "FlinkDeployment";
  private static final String SCHEMA = "/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";

  private static final Map<String, Class<?>> CORE =
      Map.of(
          "v1/ServiceAccount", ServiceAccount.class,
          "v1/ConfigMap", ConfigMap.class,
          "rbac.authorization.k8s.io/v1/Role", Role.class,
          "rbac.authorization.k8s.io/v1/RoleBinding", RoleBinding.class,
          "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
          "batch/v1/Job", Job.class);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The classes of the client keep fields that they do not know; this reader refuses them. */
  private static final ObjectMapper STRICT =
      new ObjectMapper().setAnnotationIntrospector(new WithoutAnySetters());

  private static final JsonSchema OPERATORS = schema();

  private Kinds() {}

  private static final class WithoutAnySetters extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(Annotated any) {
      return false;
    }
  }

  /** What is wrong with a document; empty if nothing is. */
  static List<String> faults(Map<?, ?> document) {
    String kind = document.get("apiVersion") + "/" + document.get("kind");
    if (DEPLOYMENT.equals(document.get("kind"))) {
      List<String> faults =
          new ArrayList<>(
              OPERATORS.validate(JSON.valueToTree(document)).stream()
                  .map(ValidationMessage::getMessage)
                  .toList());
      faults.addAll(
          faults(
              "podTemplate", PodTemplateSpec.class, Deployed.at(document, "spec", "podTemplate")));
      return faults;
    } else if (!CORE.containsKey(kind)) {
      return List.of(kind + " is not known");
    }
    return faults(kind, CORE.get(kind), document);
  }

  private static List<String> faults(String what, Class<?> type, Object yaml) {
    try {
      Object unused = STRICT.convertValue(yaml, type);
      return List.of();
    } catch (IllegalArgumentException e) {
      return List.of(what + ": " + e.getMessage());
    }
  }

  /** The schema of the operator, in which objects have no other fields than it names. */
  private static JsonSchema schema() {
    try (InputStream in = Kinds.class.getResourceAsStream(SCHEMA)) {
      Map<?, ?> definition = new Yaml().load(in);
      JsonNode schema =
          JSON.valueToTree(
              Deployed.at(definition, "spec", "versions", 0, "schema", "openAPIV3Schema"));
      ObjectNode fields = (ObjectNode) schema.get("properties");
      fields.putObject("apiVersion").put("const", "flink.apache.org/v1beta1");
      fields.putObject("kind").put("const", DEPLOYMENT);
      fields.putObject("metadata").put("type", "object");
      close(schema);
      return JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(schema);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && schema.path("properties").isObject()
        && !schema.has("additionalProperties")
        && !schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      object.put("additionalProperties", false);
    }
    schema.forEach(Kinds::close);
  }
}
