package dhara.connectors.files;

import dhara.connectors.Endpoint;
import dhara.connectors.ResultSet;
import dhara.connectors.WrittenRow;
import dhara.files.Listing;
import dhara.files.OutputFolder;
import dhara.records.RecordCoder;
import java.io.IOException;
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
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
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

  /** The approximate compression ratio. */
  private static final long COMPRESSED = 6;

  private final Endpoint endpoint;
  private final NavigableMap<String, List<Metadata>> files;

  private FolderResults(Endpoint endpoint, NavigableMap<String, List<Metadata>> files) {
    this.endpoint = endpoint;
    this.files = files;
  }

  static FolderResults of(Endpoint endpoint) {
    check(endpoint);
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

  /**
   * Checks an endpoint without a look at its files.
   *
   * @throws dhara.options.BadOption if it is malformed or has unknown parameters
   */
  static void check(Endpoint endpoint) {
    endpoint.allow(PARAMETERS);
    String format = endpoint.parameter("format", "jsonl");
    if (!FORMATS.contains(format)) {
      throw endpoint.bad("format=" + format + " is not known; it is jsonl, csv or avro");
    }
    if (endpoint.path().isEmpty()) {
      throw endpoint.bad("names no folder, e.g. files:/data/out");
    }
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
        boolean packed =
            FolderPart.compressed(file.resourceId().toString()) || format(file).equals("avro");
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

  /**
   * The parts of the files with rows of a name, in the order of the files' names.
   *
   * @param called the name that the rows get
   */
  List<FolderPart> parts(String name, String called) {
    List<Metadata> sorted = new ArrayList<>(files.getOrDefault(name, List.of()));
    sorted.sort(Comparator.comparing(file -> file.resourceId().toString()));
    List<FolderPart> parts = new ArrayList<>();
    for (Metadata file : sorted) {
      String uri = file.resourceId().toString();
      String format = format(file);
      boolean divisible =
          format.equals("jsonl") && !FolderPart.compressed(uri) && file.isReadSeekEfficient();
      long from = 0;
      do {
        long to = divisible ? Math.min(from + SEGMENT_BYTES, file.sizeBytes()) : Long.MAX_VALUE;
        parts.add(new FolderPart(called, uri, from, to, format));
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
    List<FolderPart> parts = new ArrayList<>();
    names.forEach((name, called) -> parts.addAll(parts(name, called)));
    return pipeline
        .apply(step + ".Parts", Create.of(parts).withCoder(RecordCoder.of(FolderPart.class)))
        .apply(step + ".Spread", Reshuffle.viaRandomKey())
        .apply(step + ".Read", ParDo.of(new ReadFn<>(reader)))
        .setCoder(coder);
  }

  /** Reads parts of files and converts their rows. */
  private static final class ReadFn<T> extends DoFn<FolderPart, T> {

    private static final long serialVersionUID = 1L;

    private final WrittenRow.Reader<T> reader;
    private final Counter read = Metrics.counter("dhara", "read");

    ReadFn(WrittenRow.Reader<T> reader) {
      this.reader = reader;
    }

    @ProcessElement
    public void process(@Element FolderPart part, OutputReceiver<T> out) throws IOException {
      part.read(
          row -> {
            read.inc();
            T value = reader.read(row);
            if (value != null) {
              out.output(value);
            }
          });
    }
  }
}
