package dhara.connectors.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import java.io.IOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Converts a record of {@link KafkaSink} back into a row; a tombstone has the columns of its key.
 */
final class TopicRow {

  private static final String REVISION = "revision";

  private TopicRow() {}

  /**
   * The row of a record.
   *
   * @param name the name of the rows
   * @throws IllegalStateException if it is no row; see {@link WrittenRow#unreadable}
   */
  static WrittenRow of(KafkaAddress address, String name, ConsumerRecord<byte[], byte[]> record) {
    String place =
        address.source() + " partition=" + record.partition() + " offset=" + record.offset();
    boolean tombstone = record.value() == null;
    byte[] json = tombstone ? record.key() : record.value();
    if (json == null) {
      throw WrittenRow.unreadable(place, "it has neither key nor value", null);
    }
    try {
      ObjectNode columns = RowJson.object(json, 0, json.length);
      if (tombstone) {
        KafkaSink.Tombstone.revision(record).ifPresent(revision -> columns.put(REVISION, revision));
      }
      return new WrittenRow(name, columns, tombstone, record.offset(), place);
    } catch (IOException e) {
      throw WrittenRow.unreadable(
          place, (tombstone ? "the key of a tombstone " : "it ") + e.getMessage(), e);
    }
  }
}
