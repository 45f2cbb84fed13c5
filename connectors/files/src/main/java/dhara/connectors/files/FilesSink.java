package dhara.connectors.files;

import dhara.connectors.Endpoint;
import dhara.connectors.RowFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.extensions.avro.schemas.utils.AvroUtils;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PDone;
import org.joda.time.Duration;

/**
 * Writes rows to files: JSON lines, CSV with a header, or Avro. Rows with a {@code BigDecimal} are
 * refused as Avro, because an Avro decimal has one scale for all rows, and each {@code BigDecimal}
 * has its own.
 *
 * <p>Data: rows → files {@code DIR/NAME-….jsonl}. Time: a backfill writes at its end, a stream
 * every ten seconds of wall clock, on which only the division into files depends. State: rows not
 * yet written. Failure: a file is written under a temporary name and then renamed; a killed run
 * leaves no incomplete file under a final name. Files cannot be changed, so all revisions are kept:
 * the highest revision of a key and window is the answer, or withdraws it. A withdrawal has {@code
 * withdrawn} true and no columns of the value. In CSV and Avro, a stream's answers have that column
 * in each row; a bounded run withdraws nothing.
 */
public final class FilesSink<T> extends PTransform<PCollection<T>, PDone> {

  private static final long serialVersionUID = 1L;

  private static final Set<String> PARAMETERS = Set.of("format", "shards");
  private static final Duration FLUSH = Duration.standardSeconds(10);

  private final transient Endpoint endpoint;
  private final String folder;
  private final String rowsName;
  private final String format;
  private final int shards;
  private final RowFormat<T> rows;

  private FilesSink(Endpoint endpoint, String name, RowFormat<T> rows) {
    this.endpoint = endpoint.allow(PARAMETERS);
    this.rowsName = name;
    this.rows = rows;
    this.format = endpoint.parameter("format", "jsonl");
    if (!Set.of("jsonl", "csv", "avro").contains(format)) {
      throw endpoint.bad("format=" + format + " is not known; it is jsonl, csv or avro");
    }
    if (format.equals("avro") && !rows.decimals().isEmpty()) {
      throw endpoint.bad(
          "format=avro has no decimals of any scale, as there are in "
              + String.join(", ", rows.decimals())
              + "; write format=jsonl or format=csv");
    }
    String count = endpoint.parameter("shards", "0");
    if (!count.matches("\\d{1,4}")) {
      throw endpoint.bad("shards=" + count + " is not a number of files, e.g. shards=4");
    }
    this.shards = Integer.parseInt(count);
    if (endpoint.path().isEmpty()) {
      throw endpoint.bad("names no folder, e.g. files:/data/out");
    }
    this.folder = folder(endpoint, name);
  }

  /** The folder of the output with this name. */
  static String folder(Endpoint endpoint, String name) {
    return endpoint.path().replaceFirst("/+$", "") + "/" + name;
  }

  /** Rows into files {@code DIR/NAME/NAME-….FORMAT}. */
  public static <T> FilesSink<T> of(Endpoint endpoint, String name, RowFormat<T> rows) {
    return new FilesSink<>(endpoint, name, rows);
  }

  /** The folder that the files are in. */
  String folder() {
    return folder;
  }

  @Override
  public PDone expand(PCollection<T> elements) {
    if (elements.isBounded() == IsBounded.BOUNDED) {
      return elements
          .apply("Window", Window.into(new GlobalWindows()))
          .apply(
              "Write",
              BackfillFiles.of(files(false), folder, rowsName, "." + format).withShards(shards));
    }
    // A restarted stream must not overwrite the files of the one before.
    String prefix = rowsName + "-" + RUN.format(Instant.now());
    elements
        .apply(
            "Window",
            Window.<T>into(new GlobalWindows())
                .triggering(
                    Repeatedly.forever(
                        AfterProcessingTime.pastFirstElementInPane().plusDelayOf(FLUSH)))
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply(
            "Write",
            FileIO.<T>write()
                .via(files(rows.withdraws()))
                .to(folder)
                .withNumShards(shards > 0 ? shards : 1)
                .withNaming(FileIO.Write.defaultNaming(prefix, "." + format)));
    return PDone.in(elements.getPipeline());
  }

  /**
   * The writer of a file of rows.
   *
   * @param marked whether rows have the column {@code withdrawn}
   */
  FileIO.Sink<T> files(boolean marked) {
    return new NamedFailures<>(
        format.equals("avro") ? new AvroFile<>(rows, marked) : new TextFile<>(rows, format, marked),
        endpoint.option() + ": cannot write to " + folder);
  }

  private static final DateTimeFormatter RUN =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS").withZone(ZoneOffset.UTC);

  /** Adds the path to failures, because the error of a full disk has none. */
  private static final class NamedFailures<T> implements FileIO.Sink<T> {

    private static final long serialVersionUID = 1L;

    private final FileIO.Sink<T> sink;
    private final String what;

    NamedFailures(FileIO.Sink<T> sink, String what) {
      this.sink = sink;
      this.what = what;
    }

    @Override
    public void open(WritableByteChannel channel) throws IOException {
      try {
        sink.open(channel);
      } catch (IOException e) {
        throw named(e);
      }
    }

    @Override
    public void write(T element) throws IOException {
      try {
        sink.write(element);
      } catch (IOException e) {
        throw named(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        sink.flush();
      } catch (IOException e) {
        throw named(e);
      }
    }

    private IOException named(IOException e) {
      IOException named = new IOException(what + ": " + e.getMessage());
      named.addSuppressed(e);
      return named;
    }
  }

  /** Lines of JSON or CSV. */
  private static final class TextFile<T> implements FileIO.Sink<T> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final boolean csv;
    private final boolean marked;
    private transient OutputStream out;

    TextFile(RowFormat<T> rows, String format, boolean marked) {
      this.rows = rows;
      this.marked = marked;
      this.csv = format.equals("csv");
    }

    @Override
    public void open(WritableByteChannel channel) throws IOException {
      out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      if (csv) {
        String columns = String.join(",", rows.columns());
        line(
            (marked ? columns + "," + RowFormat.WITHDRAWN : columns)
                .getBytes(StandardCharsets.UTF_8));
      }
    }

    @Override
    public void write(T element) throws IOException {
      line(csv ? rows.csv(element, marked).getBytes(StandardCharsets.UTF_8) : rows.json(element));
    }

    private void line(byte[] bytes) throws IOException {
      out.write(bytes);
      out.write('\n');
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }

  /** An Avro container file with the schema of the rows. */
  private static final class AvroFile<T> implements FileIO.Sink<T> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final boolean marked;
    private transient Schema schema;
    private transient DataFileWriter<GenericRecord> out;

    AvroFile(RowFormat<T> rows, boolean marked) {
      this.rows = rows;
      this.marked = marked;
    }

    @Override
    public void open(WritableByteChannel channel) throws IOException {
      schema = marked ? rows.markedSchema() : rows.schema();
      out = new DataFileWriter<>(new GenericDatumWriter<>());
      out.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
      out.create(AvroUtils.toAvroSchema(schema), Channels.newOutputStream(channel));
    }

    @Override
    public void write(T element) throws IOException {
      out.append(AvroUtils.toGenericRecord(rows.row(element, schema)));
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }
}
