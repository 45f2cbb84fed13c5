package dhara.runners.dataflow;

import com.google.api.client.json.GenericJson;
import com.google.api.client.json.JsonFactory;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.dataflow.model.ContainerSpec;
import com.google.api.services.dataflow.model.Job;
import com.google.api.services.dataflow.model.LaunchFlexTemplateParameter;
import com.google.api.services.dataflow.model.LaunchFlexTemplateRequest;
import com.google.api.services.dataflow.model.LaunchFlexTemplateResponse;
import com.google.api.services.dataflow.model.ParameterMetadata;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/**
 * The REST services of Google that a launch asks, on the loopback interface: Dataflow, Pub/Sub,
 * BigQuery and Cloud Storage. Requests are read with the APIs' own model classes, and what these do
 * not know is refused.
 */
final class Google implements AutoCloseable {

  static final String PROJECT = "dhara-templates";
  static final String REGION = "asia-south1";
  static final String DATASET = "shop";

  private static final JsonFactory JSON = GsonFactory.getDefaultInstance();

  private final HttpServer server;
  private final Map<String, ContainerSpec> templates = new ConcurrentHashMap<>();
  private final Map<String, Table> tables = new ConcurrentHashMap<>();
  private final List<Job> jobs = new CopyOnWriteArrayList<>();
  private final List<LaunchFlexTemplateParameter> launches = new CopyOnWriteArrayList<>();

  private Google(HttpServer server) {
    this.server = server;
  }

  static Google start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Google google = new Google(server);
    server.createContext("/", google::answer);
    server.start();
    return google;
  }

  /** Where it is: with a slash at the end. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** Puts a specification file into a storage of its own. */
  void store(String gcsPath, ContainerSpec template) {
    templates.put(gcsPath, template);
  }

  List<Job> jobs() {
    return jobs;
  }

  List<LaunchFlexTemplateParameter> launches() {
    return launches;
  }

  Map<String, Table> tables() {
    return tables;
  }

  /** A refusal, as the services word it. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body;
      int status = 200;
      try {
        body =
            answer(
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath(),
                text(exchange));
      } catch (Refused e) {
        status = e.status;
        body =
            "{\"error\":{\"code\":%d,\"message\":\"%s\",\"errors\":[{\"reason\":\"%s\"}]}}"
                .formatted(
                    status,
                    e.getMessage().replace("\"", "'"),
                    status == 404 ? "notFound" : "invalid");
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String text(HttpExchange exchange) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    byte[] bytes =
        zipped
            ? new GZIPInputStream(exchange.getRequestBody()).readAllBytes()
            : exchange.getRequestBody().readAllBytes();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String answer(String request, String body) throws Refused {
    String project = "/projects/" + PROJECT;
    String region = project + "/locations/" + REGION;
    String dataset = "/bigquery/v2" + project + "/datasets/" + DATASET;
    if (request.equals("POST /v1b3" + region + "/flexTemplates:launch")) {
      return launched(strict(body, LaunchFlexTemplateRequest.class));
    } else if (request.equals("POST /v1b3" + region + "/jobs")) {
      Job job = strict(body, Job.class);
      jobs.add(job);
      return text(job.clone().setId("job-" + jobs.size()));
    } else if (request.matches("GET /v1" + project + "/subscriptions/[a-z-]+-sub")) {
      return "{\"name\":\"x\",\"ackDeadlineSeconds\":10}";
    } else if (request.matches("GET /storage/v1/b/[a-z-]+")) {
      return "{\"name\":\"x\"}";
    } else if (request.equals("GET " + dataset)) {
      return "{\"datasetReference\":{\"datasetId\":\"" + DATASET + "\"}}";
    } else if (request.equals("POST " + dataset + "/tables")) {
      Table table = strict(body, Table.class);
      tables.put(table.getTableReference().getTableId(), table);
      return text(table);
    } else if (request.startsWith("GET " + dataset + "/tables/")) {
      Table table = tables.get(request.substring(request.lastIndexOf('/') + 1));
      if (table != null) {
        return text(table);
      }
    }
    throw new Refused(404, "Not found: " + request);
  }

  /** What the service checks before it starts an image. */
  private String launched(LaunchFlexTemplateRequest request) throws Refused {
    LaunchFlexTemplateParameter launch = request.getLaunchParameter();
    ContainerSpec template = templates.get(launch.getContainerSpecGcsPath());
    if (template == null) {
      throw new Refused(404, "no template at " + launch.getContainerSpecGcsPath());
    }
    List<ParameterMetadata> known = template.getMetadata().getParameters();
    for (ParameterMetadata parameter : known) {
      String value = launch.getParameters().get(parameter.getName());
      if (value == null && !Boolean.TRUE.equals(parameter.getIsOptional())) {
        throw new Refused(
            400, "The template parameters are invalid: " + parameter.getName() + ": Missing");
      } else if (value != null && !parameter.getRegexes().stream().allMatch(value::matches)) {
        throw new Refused(
            400,
            "The template parameters are invalid: " + parameter.getName() + ": Unmatched " + value);
      }
    }
    for (String name : launch.getParameters().keySet()) {
      if (known.stream().noneMatch(parameter -> parameter.getName().equals(name))) {
        throw new Refused(
            400, "The template parameters are invalid: " + name + ": Unrecognized parameter");
      }
    }
    launches.add(launch);
    return text(
        new LaunchFlexTemplateResponse()
            .setJob(new Job().setId("launch-" + launches.size()).setName(launch.getJobName())));
  }

  /**
   * Reads JSON as a model class, and refuses what the class does not know.
   *
   * @throws AssertionError naming the field
   */
  static <T extends GenericJson> T strict(String json, Class<T> type) {
    T read;
    try {
      read = JSON.createJsonParser(json).parse(type);
    } catch (IOException e) {
      throw new UncheckedIOException(type.getSimpleName() + " cannot be read from " + json, e);
    }
    read.setFactory(JSON);
    refuseUnknown(type.getSimpleName(), read);
    return read;
  }

  private static void refuseUnknown(String path, Object value) {
    if (value instanceof GenericJson object) {
      if (!object.getUnknownKeys().isEmpty()) {
        throw new AssertionError(path + " has no " + object.getUnknownKeys().keySet());
      }
      object.forEach((name, each) -> refuseUnknown(path + "." + name, each));
    } else if (value instanceof List<?> list) {
      list.forEach(each -> refuseUnknown(path + "[]", each));
    }
  }

  private static String text(GenericJson object) {
    try {
      return JSON.toString(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
