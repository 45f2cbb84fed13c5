package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Inputs;
import dhara.testkit.Shapes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The events with which a replay closes the windows of all others. Their own windows are not
 * compared, except windows that never end: these hold them too.
 */
final class Closing {

  private Closing() {}

  /**
   * Adds the closing events of a replay if they count.
   *
   * @param options those of the stream, which decide about its windows
   */
  static Inputs counted(
      EmbeddedKafka kafka,
      Analysis<?> analysis,
      List<String> options,
      Map<Input<?>, String> topics,
      Inputs inputs)
      throws BadEvent {
    if (!Shapes.of(analysis, options).contains("ever")) {
      return inputs;
    }
    Map<String, List<? extends Record>> all = new LinkedHashMap<>(inputs.events());
    for (Input<?> input : analysis.inputs()) {
      List<Record> events = new ArrayList<>(inputs.of(input));
      EventParser<? extends Record> parser = JsonFormat.of(input.type(), Mapping.none()).parser();
      for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topics.get(input))) {
        byte[] bytes = record.value();
        if (bytes != null && new String(bytes, UTF_8).contains("\"id\":\"closing-")) {
          events.add(parser.parse(bytes, 0, bytes.length));
        }
      }
      all.put(input.name(), events);
    }
    return new Inputs(all);
  }
}
