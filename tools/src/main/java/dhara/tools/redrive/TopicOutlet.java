package dhara.tools.redrive;

import dhara.connectors.kafka.TopicWriter;
import java.util.List;
import java.util.Map;

/**
 * Sends events to a topic, and waits for the brokers after each batch. The header {@value #ATTEMPT}
 * of a record tells how often its bytes were sent.
 */
final class TopicOutlet implements Outlet {

  static final String ATTEMPT = "redrive-attempt";

  private final TopicWriter topic;

  TopicOutlet(TopicWriter topic) {
    this.topic = topic;
  }

  @Override
  public Map<String, String> send(List<Outgoing> letters) {
    for (Outgoing each : letters) {
      byte[] key = each.mended().key();
      int partition = key == null ? 0 : TopicWriter.partition(key, topic.partitions());
      Map<String, String> headers = Map.of(ATTEMPT, Integer.toString(each.attempt()));
      for (long copy = 0; copy < each.letter().count(); copy++) {
        topic.send(partition, key, each.mended().bytes(), headers);
      }
    }
    topic.finish();
    return Map.of();
  }

  @Override
  public void finish() {
    topic.finish();
  }

  @Override
  public long arrived() {
    return topic.acknowledged();
  }

  @Override
  public void close() {
    topic.close();
  }
}
