package dhara.connectors.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFormat;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import dhara.connectors.files.text.CsvRows;
import dhara.connectors.files.text.Lines;
import dhara.connectors.files.text.Records;
import dhara.files.Listing;
import dhara.files.OutputFolder;
import dhara.formats.CsvFormat;
import dhara.records.RecordCoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;

/**
 * Rows that {@link FilesSink} has written: JSON lines, CSV with a header, or Avro, in a folder or
 * its sub-folders. Files have no order, so if two rows with the same key, window and revision
 * differ, it is undecidable which one counts. The folder of an unfinished backfill is refused,
 * unless {@code unfinished=true} asks for the rows so far.
 */
final class FolderResults implements ResultSet {

  private static final Set<String> PARAMETERS = Set.of("format", "unfinished");
  private static final Set<String> FORMATS = Set.of("jsonl", "csv", "avro");
  private static final long SEGMENT_BYTES = 32L << 20;

  /** The longest row: it must fit into one array. */
  private static final int LONGEST = 1 << 28;

  /** The approximate compression ratio. */
  private static final long COMPRESSED = 6;

  private final Endpoint endpoint;
  private final NavigableMap<String, List<Metadata>> files;

  private FolderResults(Endpoint endpoint, NavigableMap<String, List<Metadata>> files) {
    this.endpoint = endpoint;
    this.files = files;
  }

  static FolderResults of(Endpoint endpoint) {
    endpoint.allow(PARAMETERS);
    String format = endpoint.parameter("format", "jsonl");
    if (!FORMATS.contains(format)) {
      throw endpoint.bad("format=" + format + " is not known; it is jsonl, csv or avro");
    }
    if (endpoint.path().isEmpty()) {
      throw endpoint.bad("names no folder, e.g. files:/data/out");
    }
    NavigableMap<String, List<Metadata>> files = new TreeMap<>();
    try {
      Set<String> folders = new TreeSet<>();
      for (Metadata file : Listing.of(endpoint.path())) {
        if (!file.resourceId().isDirectory()) {
          files.computeIfAbsent("", name -> new ArrayList<>()).add(file);
          folders.add(file.resourceId().getCurrentDirectory().toString());
        }
      }
      String folder = endpoint.path().replaceFirst("/+$", "");
      if (files.isEmpty() && !folder.matches(".*[*?\\[{].*")) {
        below(folder, files, folders);
      }
      if (!Boolean.parseBoolean(endpoint.parameter("unfinished", "false"))) {
        checkFinished(endpoint, folders);
      }
    } catch (IOException e) {
      throw endpoint.bad("cannot be listed: " + e.getMessage(), e);
    }
    return new FolderResults(endpoint, files);
  }

  /** Refuses an unfinished backfill, because its rows do not show that some are missing. */
  private static void checkFinished(Endpoint endpoint, Set<String> folders) throws IOException {
    for (String folder : folders) {
      Optional<String> why = OutputFolder.unfinished(folder);
      if (why.isPresent()) {
        throw endpoint.bad(
            why.get() + "; run it again, or read what is there all the same: ?unfinished=true");
      }
    }
  }

  /**
   * Finds the non-empty folders below a folder.
   *
   * @param folders receives the folders that hold something
   */
  private static void below(
      String folder, NavigableMap<String, List<Metadata>> files, Set<String> folders)
      throws IOException {
    String root = FileSystems.matchNewResource(folder, true).toString();
    Set<String> seen = new HashSet<>();
    for (String glob : List.of(folder + "/*", folder + "/**")) {
      for (Metadata file : Listing.of(glob)) {
        String name = file.resourceId().toString();
        if (file.resourceId().isDirectory() || !seen.add(name)) {
          continue;
        }
        String[] path = name.substring(root.length()).split("[/\\\\]", -1);
        boolean whole = path[path.length - 1].equals(OutputFolder.SUCCESS);
        if (!shown(Arrays.copyOf(path, path.length - 1))) {
          continue;
        }
        folders.add(file.resourceId().getCurrentDirectory().toString());
        if (whole || shown(path)) {
          List<Metadata> rows =
              files.computeIfAbsent(path.length == 1 ? "" : path[0], any -> new ArrayList<>());
          if (!whole) {
            rows.add(file); // a complete folder without rows is an output without answers
          }
        }
      }
    }
  }

  /**
   * Names of unfinished files, and of files that engines write beside results, begin with a dot or
   * underscore.
   */
  private static boolean shown(String... path) {
    for (String part : path) {
      if (part.startsWith(".") || part.startsWith("_")) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public NavigableSet<String> names() {
    return new TreeSet<>(files.keySet());
  }

  @Override
  public boolean namesOutputs() {
    return true;
  }

  @Override
  public boolean textual(Iterable<String> names) {
    for (String name : names) {
      for (Metadata file : files.getOrDefault(name, List.of())) {
        if (format(file).equals("csv")) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public long bytes(Iterable<String> names) {
    long bytes = 0;
    for (String name : names) {
      for (Metadata file : files.getOrDefault(name, List.of())) {
        boolean packed = compressed(file.resourceId().toString()) || format(file).equals("avro");
        bytes += file.sizeBytes() * (packed ? COMPRESSED : 1);
      }
    }
    return bytes;
  }

  private String format(Metadata file) {
    String name = file.resourceId().toString().replaceFirst("\\.(gz|bz2|zst|zip|deflate)$", "");
    String ending = name.substring(name.lastIndexOf('.') + 1);
    String format = endpoint.parameter("format", ending.equals("json") ? "jsonl" : ending);
    if (!FORMATS.contains(format)) {
      throw endpoint.bad(
          file.resourceId() + " ends in neither .jsonl, .csv nor .avro; remove it, or say format=");
    }
    return format;
  }

  private static boolean compressed(String file) {
    return Compression.detect(file) != Compression.UNCOMPRESSED;
  }

  /**
   * A part of a file.
   *
   * @param name the name of its rows
   * @param file its URI
   * @param start a row that starts at or after this byte…
   * @param end …and before this one belongs to the part
   * @param format jsonl, csv or avro
   */
  record Part(String name, String file, long start, long end, String format) {

    /** Opens it one byte before its start, so that the reader finds where its first line begins. */
    InputStream open() throws IOException {
      ReadableByteChannel channel =
          FileSystems.open(FileSystems.matchSingleFileSpec(file).resourceId());
      if (compressed(file)) {
        return Channels.newInputStream(Compression.detect(file).readDecompressed(channel));
      }
      if (start > 0) {
        ((SeekableByteChannel) channel).position(start - 1);
      }
      return Channels.newInputStream(channel);
    }

    WrittenRow row(ObjectNode columns, String place) {
      JsonNode mark = columns.remove(RowFormat.WITHDRAWN); // in CSV it is text
      boolean withdrawn = mark != null && mark.asBoolean();
      return new WrittenRow(name, columns, withdrawn, 0, place); // files have no order
    }
  }

  private List<Part> parts(String name, String called) {
    List<Metadata> sorted = new ArrayList<>(files.getOrDefault(name, List.of()));
    sorted.sort(Comparator.comparing(file -> file.resourceId().toString()));
    List<Part> parts = new ArrayList<>();
    for (Metadata file : sorted) {
      String uri = file.resourceId().toString();
      String format = format(file);
      boolean divisible = format.equals("jsonl") && !compressed(uri) && file.isReadSeekEfficient();
      long from = 0;
      do {
        long to = divisible ? Math.min(from + SEGMENT_BYTES, file.sizeBytes()) : Long.MAX_VALUE;
        parts.add(new Part(called, uri, from, to, format));
        from = to;
      } while (divisible && from < file.sizeBytes());
    }
    return parts;
  }

  @Override
  public <T> PCollection<T> read(
      Pipeline pipeline,
      String step,
      Map<String, String> names,
      WrittenRow.Reader<T> reader,
      Coder<T> coder) {
    List<Part> parts = new ArrayList<>();
    names.forEach((name, called) -> parts.addAll(parts(name, called)));
    return pipeline
        .apply(step + ".Parts", Create.of(parts).withCoder(RecordCoder.of(Part.class)))
        .apply(step + ".Spread", Reshuffle.viaRandomKey())
        .apply(step + ".Read", ParDo.of(new ReadFn<>(reader)))
        .setCoder(coder);
  }

  /** Reads parts of files and converts their rows. */
  private static final class ReadFn<T> extends DoFn<Part, T> {

    private static final long serialVersionUID = 1L;

    private final WrittenRow.Reader<T> reader;
    private final Counter read = Metrics.counter("dhara", "read");

    ReadFn(WrittenRow.Reader<T> reader) {
      this.reader = reader;
    }

    @ProcessElement
    public void process(@Element Part part, OutputReceiver<T> out) throws IOException {
      try (InputStream in = part.open()) {
        switch (part.format) {
          case "jsonl" -> json(part, in, out);
          case "csv" -> csv(part, in, out);
          default -> avro(part, in, out);
        }
      } catch (IOException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        IOException broken = new IOException("cannot read " + part.file + " to its end: " + why);
        broken.addSuppressed(e);
        throw broken;
      }
    }

    private void output(WrittenRow row, OutputReceiver<T> out) {
      read.inc();
      T value = reader.read(row);
      if (value != null) {
        out.output(value);
      }
    }

    private void json(Part part, InputStream in, OutputReceiver<T> out) throws IOException {
      Lines lines = new Lines(in, compressed(part.file) ? 0 : Math.max(0, part.start - 1), LONGEST);
      while (lines.next()) {
        if (lines.start() < part.start || lines.length() == 0) {
          continue; // the rest of a line that the part before has read, or a blank one
        }
        if (lines.start() >= part.end) {
          break;
        }
        String place = place(part, lines.start());
        ObjectNode columns;
        try {
          columns = RowJson.object(whole(lines, place), lines.offset(), lines.length());
        } catch (IOException e) {
          throw WrittenRow.unreadable(place, "it " + e.getMessage(), e);
        }
        output(part.row(columns, place), out);
      }
    }

    private static String place(Part part, long position) {
      return part.file + " byte=" + position;
    }

    private static byte[] whole(Records lines, String place) {
      if (lines.cut()) {
        throw WrittenRow.unreadable(place, "it is longer than " + LONGEST + " bytes", null);
      }
      return lines.bytes();
    }

    private void csv(Part part, InputStream in, OutputReceiver<T> out) throws IOException {
      CsvRows rows = new CsvRows(in, 0, LONGEST, ',');
      List<String> columns = null;
      while (rows.next()) {
        long start = rows.start();
        String place = place(part, start);
        String line = text(rows, place);
        if (line.isEmpty()) {
          continue;
        }
        List<String> cells;
        try {
          cells = columns == null ? CsvFormat.columns(line, ',') : CsvFormat.cells(line, ',');
        } catch (IllegalArgumentException e) {
          throw WrittenRow.unreadable(place, e.getMessage(), e);
        }
        if (columns == null) {
          columns = cells;
        } else if (cells.size() != columns.size()) {
          throw WrittenRow.unreadable(
              place, "it has " + cells.size() + " cells, the header " + columns.size(), null);
        } else {
          ObjectNode row = RowJson.object();
          for (int i = 0; i < cells.size(); i++) {
            row.put(columns.get(i), cells.get(i).isEmpty() ? null : cells.get(i));
          }
          output(part.row(row, place), out);
        }
      }
    }

    private static String text(Records lines, String place) {
      return new String(
          whole(lines, place), lines.offset(), lines.length(), StandardCharsets.UTF_8);
    }

    private void avro(Part part, InputStream in, OutputReceiver<T> out) throws IOException {
      try (var rows = new DataFileStream<GenericRecord>(in, new GenericDatumReader<>())) {
        for (long number = 0; rows.hasNext(); number++) {
          String place = part.file + " row=" + number;
          output(part.row(AvroRows.object(rows.next(), place), place), out);
        }
      } catch (RuntimeException e) {
        if (e.getCause() instanceof IOException io) {
          throw io; // Avro wraps a truncation between two rows so
        }
        throw e;
      }
    }
  }
}
