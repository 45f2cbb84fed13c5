package dhara.parity.platform;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.platform.enrich.Enrich;
import dhara.pipelines.platform.enrich.Inquiry;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.transforms.call.CallRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Searches all recorded calls for the newest one about each event. */
@AutoService(Oracle.class)
public final class EnrichOracle implements Oracle {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String analysis() {
    return "enrich";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(List.of(), List.of("--fallback=guest={\"tier\":\"none\"}"));
  }

  @Override
  public long testEvents() {
    return 400;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions options) {
    String fallback = options.as(Enrich.Options.class).getFallback();
    List<CallRecord> calls = inputs.of("recorded", CallRecord.class);
    List<String> enriched = new ArrayList<>();
    for (Inquiry inquiry : inputs.of("inquiries", Inquiry.class)) {
      CallRecord newest = null;
      for (CallRecord call : calls) {
        if (call.event().equals(inquiry.id())
            && call.at().equals(inquiry.at())
            && (newest == null || newest.revision() < call.revision())) {
          newest = call;
        }
      }
      String outcome = newest == null ? "UNRECORDED" : newest.outcome().name();
      boolean said = outcome.equals("FOUND") || outcome.equals("UNKNOWN");
      int body = fallback.indexOf('=');
      String otherwise = body < 0 ? null : fallback.substring(body + 1);
      ObjectNode answer =
          JSON.createObjectNode()
              .put("event", inquiry.id())
              .put("window_start", Box.text(inquiry.at()))
              .put("window_end", Box.text(inquiry.at().plusMillis(1)))
              .put("key", inquiry.key())
              .put("outcome", outcome)
              .put("body", said ? newest.body() : otherwise)
              .put("fallback", said ? null : body < 0 ? fallback : fallback.substring(0, body));
      enriched.add(answer.toString());
    }
    return Map.of("enriched", enriched, "calls", List.of());
  }
}
