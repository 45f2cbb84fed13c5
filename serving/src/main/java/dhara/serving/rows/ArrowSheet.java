package dhara.serving.rows;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Rows as a stream of Arrow's IPC format, as {@code pyarrow.ipc.open_stream} reads it.
 *
 * <p>It writes the messages with the generated classes of arrow-format, because the vectors of
 * arrow-java need a JVM that opens {@code java.nio} to them ({@code --add-opens}).
 */
public final class ArrowSheet implements Sheet {

  public static final String TYPE = "application/vnd.apache.arrow.stream";

  /** Rows in one batch. */
  private static final int BATCH = 65_536;

  /** Before each message: its length follows. */
  private static final int CONTINUES = 0xFFFFFFFF;

  /** Messages and buffers begin at multiples of this. */
  private static final int ALIGNED = 8;

  /** What a value takes that is no text, about. */
  private static final int SMALL = 16;

  private final List<SheetColumn> columns;
  private final List<List<? extends @Nullable Object>> rows = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private long size;

  public ArrowSheet(List<SheetColumn> columns) {
    this.columns = List.copyOf(columns);
  }

  @Override
  public void row(List<? extends @Nullable Object> values) {
    rows.add(values);
    for (Object value : values) {
      size += value instanceof String text ? text.length() : SMALL;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public byte[] bytes() {
    List<ArrowType> types = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      int column = i;
      types.add(
          ArrowType.of(
              columns.get(i).type(),
              () ->
                  rows.stream().map(row -> (BigDecimal) row.get(column)).filter(Objects::nonNull)));
    }
    schema(types);
    for (int from = 0; from < rows.size(); from += BATCH) {
      batch(types, rows.subList(from, Math.min(rows.size(), from + BATCH)));
    }
    write(CONTINUES);
    write(0);
    return out.toByteArray();
  }

  private void schema(List<ArrowType> types) {
    FlatBufferBuilder flat = new FlatBufferBuilder();
    int[] fields = new int[types.size()];
    for (int i = 0; i < fields.length; i++) {
      int name = flat.createString(columns.get(i).name());
      int children = Field.createChildrenVector(flat, new int[0]);
      int type = types.get(i).write(flat);
      fields[i] = Field.createField(flat, name, true, types.get(i).tag(), type, 0, children, 0);
    }
    int schema =
        Schema.createSchema(flat, Endianness.Little, Schema.createFieldsVector(flat, fields), 0, 0);
    message(flat, MessageHeader.Schema, schema, new byte[0]);
  }

  private void batch(List<ArrowType> types, List<List<? extends @Nullable Object>> batch) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    List<long[]> buffers = new ArrayList<>();
    long[] nulls = new long[types.size()];
    for (int i = 0; i < types.size(); i++) {
      int column = i;
      List<@Nullable Object> values = new ArrayList<>(batch.size());
      batch.forEach(row -> values.add(row.get(column)));
      nulls[i] = values.stream().filter(Objects::isNull).count();
      for (byte[] buffer : types.get(i).buffers(values)) {
        buffers.add(new long[] {body.size(), buffer.length});
        body.writeBytes(buffer);
        body.writeBytes(new byte[padding(buffer.length)]);
      }
    }
    FlatBufferBuilder flat = new FlatBufferBuilder();
    RecordBatch.startNodesVector(flat, nulls.length);
    for (int i = nulls.length - 1; i >= 0; i--) {
      FieldNode.createFieldNode(flat, batch.size(), nulls[i]);
    }
    int nodes = flat.endVector();
    RecordBatch.startBuffersVector(flat, buffers.size());
    for (int i = buffers.size() - 1; i >= 0; i--) {
      Buffer.createBuffer(flat, buffers.get(i)[0], buffers.get(i)[1]);
    }
    int spans = flat.endVector();
    int record = RecordBatch.createRecordBatch(flat, batch.size(), nodes, spans, 0, 0);
    message(flat, MessageHeader.RecordBatch, record, body.toByteArray());
  }

  private void message(FlatBufferBuilder flat, byte type, int header, byte[] body) {
    flat.finish(Message.createMessage(flat, MetadataVersion.V5, type, header, body.length, 0));
    byte[] metadata = flat.sizedByteArray();
    write(CONTINUES);
    write(metadata.length + padding(metadata.length));
    out.writeBytes(metadata);
    out.writeBytes(new byte[padding(metadata.length)]);
    out.writeBytes(body);
  }

  private void write(int number) {
    out.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
  }

  private static int padding(int length) {
    return Math.floorMod(-length, ALIGNED);
  }

  /** The unscaled value of a decimal as bytes of a fixed width, least first. */
  static byte[] littleEndian(BigInteger unscaled, int width) {
    byte[] big = unscaled.toByteArray();
    byte[] little = new byte[width];
    byte sign = (byte) (unscaled.signum() < 0 ? -1 : 0);
    for (int i = 0; i < width; i++) {
      little[i] = i < big.length ? big[big.length - 1 - i] : sign;
    }
    return little;
  }
}
