package dhara.connectors.kafka.offsets;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.Aside;
import dhara.connectors.ResultSet;
import dhara.connectors.WrittenRow;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * The records of a topic that a stream found late, by partition and offset, from its late output. A
 * backfill of the topic without them reads exactly the records that the stream's answers cover.
 */
public final class LateRecords implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final Pattern POSITION =
      Pattern.compile("partition=(\\d{1,9}) offset=(\\d{1,18})");

  /** A key that is in no block. */
  private static final KV<Long, Long> OF_ANOTHER_INPUT = KV.of(-1L, -1L);

  private final PCollectionView<Map<Long, Iterable<Long>>> offsets;

  private LateRecords(PCollectionView<Map<Long, Iterable<Long>>> offsets) {
    this.offsets = offsets;
  }

  /**
   * Reads a late output.
   *
   * @param late the late output of a stream: its rows, or a folder that has them in {@code late}
   * @param input the input; late events of other inputs are skipped
   * @param source the topic of the input, as late events name it
   * @param name the prefix of the step names
   * @throws dhara.options.BadOption if it is no late output
   */
  public static LateRecords read(
      ResultSet late, String input, String source, Pipeline pipeline, String name) {
    KvCoder<Long, Long> coder = KvCoder.of(VarLongCoder.of(), VarLongCoder.of());
    String found = late.namesOutputs() && late.names().contains(Aside.LATE) ? Aside.LATE : "";
    PCollection<KV<Long, Long>> positions;
    if (late.names().contains(found)) {
      positions =
          late.read(
              pipeline,
              name + ": late records",
              Map.of(found, Aside.LATE),
              row -> position(row, input, source),
              coder);
    } else if (late.names().contains(Aside.LEDGER)) {
      // A stream wrote here and found nothing late, so it created no folder.
      positions = pipeline.apply(name + ": late records", Create.empty(coder));
    } else {
      throw late.endpoint().bad("has no late events; name a stream's late output");
    }
    return new LateRecords(positions.apply(name + ": late offsets", View.asMultimap()));
  }

  private static KV<Long, Long> position(WrittenRow row, String input, String source) {
    JsonNode position = row.columns().path("position");
    if (!row.columns().has("late_millis")) {
      throw row.unreadable("it is no late event; name a stream's late output: TOPIC-late, DIR");
    } else if (!row.columns().path("input").asText().equals(input)) {
      return OF_ANOTHER_INPUT;
    } else if (!row.columns().path("source").asText().equals(source)) {
      throw row.unreadable(
          "it came late in " + row.columns().path("source") + ", not in " + source);
    }
    Matcher matcher = POSITION.matcher(position.asText());
    if (!matcher.matches()) {
      throw row.unreadable("its position is none of a topic: " + position);
    }
    long offset = Long.parseLong(matcher.group(2));
    return KV.of(block(Integer.parseInt(matcher.group(1)), offset), offset);
  }

  /** The position of a record in dead letters and late events, which {@link #POSITION} reads. */
  public static String position(int partition, long offset) {
    return "partition=" + partition + " offset=" + offset;
  }

  /** Offsets of a partition are looked up by block; a range spans a few blocks. */
  private static final long BLOCK = 1 << 16;

  private static long block(int partition, long offset) {
    return ((long) partition << 40) | (offset / BLOCK);
  }

  /** The side input that {@link #in} reads. */
  public PCollectionView<?> view() {
    return offsets;
  }

  /** The offsets in a range. */
  public Set<Long> in(KafkaRange range, DoFn<KafkaRange, ?>.ProcessContext context) {
    Map<Long, Iterable<Long>> all = context.sideInput(offsets);
    Set<Long> in = new HashSet<>();
    for (long at = range.from() / BLOCK * BLOCK; at < range.until(); at += BLOCK) {
      for (long offset : all.getOrDefault(block(range.partition(), at), Set.<Long>of())) {
        if (offset >= range.from() && offset < range.until()) {
          in.add(offset);
        }
      }
    }
    return in;
  }
}
