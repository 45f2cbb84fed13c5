package dhara.reconcile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowJson;
import dhara.formats.RecordFields;
import dhara.transforms.aggregate.Answer;
import java.io.IOException;
import java.io.StringWriter;
import org.apache.beam.sdk.transforms.DoFn;

/** Converts answers to the rows that sinks would write. */
final class RowsFn<K extends Record, V extends Record> extends DoFn<Answer<K, V>, AnswerRow> {

  private static final long serialVersionUID = 1L;

  private static final JsonFactory JSON = new JsonFactory();

  private final String output;
  private final RecordFields<K> key;
  private final RecordFields<V> value;
  private final Canonical canonical;

  RowsFn(String output, RecordFields<K> key, RecordFields<V> value, Canonical canonical) {
    this.output = output;
    this.key = key;
    this.value = value;
    this.canonical = canonical;
  }

  @ProcessElement
  public void process(@Element Answer<K, V> answer, OutputReceiver<AnswerRow> out)
      throws IOException {
    out.output(
        new AnswerRow(
            output,
            canonical.key(object(key, answer.key())),
            answer.start(),
            answer.end(),
            answer.revision(),
            0,
            answer.isWithdrawn() ? null : canonical.value(object(value, answer.value()))));
  }

  private static <R extends Record> ObjectNode object(RecordFields<R> fields, R record)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      fields.writeJson(record, json);
      json.writeEndObject();
    }
    return (ObjectNode) RowJson.value(text.toString());
  }
}
